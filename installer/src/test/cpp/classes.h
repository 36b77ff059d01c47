// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// The classes of this DLL and what of Windows they need around them.
#pragma once

#include <string>

#include "gnomon/win.h"

namespace gnomon::doubles {

/** Makes an object of the class; CLASS_E_CLASSNOTAVAILABLE if it is none of ours. */
HRESULT makeFactory(REFCLSID classId, REFIID iid, void** object);

/** Registers both classes, a service named VSS that never starts, and two other providers, of which one is the system's. */
void registerClasses(const std::wstring& dll);
void unregisterClasses();

}  // namespace gnomon::doubles
