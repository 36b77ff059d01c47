// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "com.h"

namespace gnomon::conformance {

/**
 * Serves the in-process class of a provider to other processes until this one is ended, as a COM+ application would: one process for
 * all objects. For systems without COM+. Wine's own dllhost.exe is of no use: it serves one object and stays for ever.
 * Throws a Failure if the class cannot be served.
 */
[[noreturn]] void serveClass(const CLSID& clsid);

}  // namespace gnomon::conformance
