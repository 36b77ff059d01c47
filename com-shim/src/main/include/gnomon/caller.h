// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Who calls: contract 7, the second layer behind the roles of COM+.
#pragma once

#include <string>
#include <vector>

#include "gnomon/settings.h"
#include "gnomon/sync.h"
#include "gnomon/token.h"
#include "gnomon/win.h"

namespace gnomon {

/** Who called a method, as far as COM tells. */
struct Caller {
    /** What CoImpersonateClient answered. RPC_E_CALL_COMPLETE is a call from the same process, without RPC: the caller is this process. */
    HRESULT impersonated = S_OK;
    /** Zero, or why the caller's token could not be opened or given back. */
    DWORD error = ERROR_SUCCESS;
    TokenFacts token;
    /** One of RPC_C_AUTHN_LEVEL_; zero if COM does not say. */
    DWORD authentication = 0;
    /** Whether it is known to be SYSTEM or an administrator. */
    bool privileged = false;
};

/** How COM tells who called; tests put their own here. */
struct CallerSource {
    HRESULT (*impersonate)() noexcept;
    /** Who the impersonated caller is; reverts before it returns. */
    Caller (*caller)() noexcept;
    bool (*processIsPrivileged)() noexcept;
};

extern const CallerSource kComCaller;

/**
 * Who called the current method. Nothing is remembered from one call to the next, and no file is opened while the caller is
 * impersonated.
 */
Caller askCaller(const CallerSource& source) noexcept;

/** S_OK if the caller is SYSTEM or an administrator, else E_ACCESSDENIED and why. Whoever is not known is neither. */
HRESULT checkCaller(const Caller& caller, std::wstring& why);

/** Account and levels of a caller, or why they are not known; the same for the same account and levels. */
std::wstring callerText(const Caller& caller);

/** The callers that the event log was told of, each once in the life of this process. */
class CallersTold {
public:
    /** Whether a caller with this text was not told yet; it then counts as told. After sixteen nobody is new. */
    bool isNew(const std::wstring& text);

private:
    static constexpr std::size_t kMost = 16;

    Mutex mutex_;
    std::vector<std::wstring> told_;
};

}  // namespace gnomon
