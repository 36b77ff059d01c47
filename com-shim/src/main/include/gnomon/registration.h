// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Registration of the class and of the provider (contract 6.2 and 6.3).
#pragma once

#include "gnomon/win.h"

namespace gnomon {

/** Writes the class's keys; what this call had written is undone if it fails. Refused where the module is not native. */
HRESULT registerClass(HMODULE module) noexcept;
/** Deletes the class's keys; success also if there are none. */
HRESULT unregisterClass() noexcept;

/** Class, event source and provider; what this call did is undone if it fails. Refused where the module is not native. */
HRESULT registerAll(HMODULE module) noexcept;
/** Provider first, while its class still exists; then event source and class. */
HRESULT unregisterAll() noexcept;

/**
 * Registers with VSS. Success also if exactly this class and version of it is registered already; {@code added} tells whether this call
 * did it.
 */
HRESULT registerProvider(bool& added) noexcept;
/** Success also if VSS does not know the provider, or there is no VSS here. */
HRESULT unregisterProvider() noexcept;

}  // namespace gnomon
