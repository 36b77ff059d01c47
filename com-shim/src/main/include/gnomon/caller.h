// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Who calls: contract 7, the second layer behind the roles of COM+.
#pragma once

#include <string>

#include "gnomon/settings.h"
#include "gnomon/win.h"

namespace gnomon {

/** How COM tells who called; tests put their own here. */
struct CallerSource {
    HRESULT (*impersonate)() noexcept;
    /** Whether the impersonated caller is SYSTEM or an administrator; reverts before it returns. */
    bool (*callerIsPrivileged)() noexcept;
    bool (*processIsPrivileged)() noexcept;
};

extern const CallerSource kComCaller;

/**
 * S_OK if the caller of the current method is SYSTEM or an administrator, else E_ACCESSDENIED and why.
 *
 * RPC_E_CALL_COMPLETE is a call from the same process, without RPC: the caller is this process. Any other failure to find out is a no.
 * Nothing is remembered from one call to the next, and no file is opened while the caller is impersonated.
 */
HRESULT checkCaller(const CallerSource& source, std::wstring& why);

}  // namespace gnomon
