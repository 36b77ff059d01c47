// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Threads of a DLL that may be unloaded: each holds a reference to the module until its last instruction.
#pragma once

#include "gnomon/handles.h"

namespace gnomon {

using ThreadBody = void (*)(void* argument) noexcept;

/** Starts a thread that runs {@code body}; the empty handle if Windows cannot. */
Handle startThread(ThreadBody body, void* argument) noexcept;

}  // namespace gnomon
