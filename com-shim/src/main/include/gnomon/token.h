// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Who a token stands for.
#pragma once

#include <string>

#include "gnomon/win.h"

namespace gnomon {

/** What an access token says of its account, and of what may be done with it. */
struct TokenFacts {
    alignas(SID) BYTE account[SECURITY_MAX_SID_SIZE] = {};
    SECURITY_IMPERSONATION_LEVEL level = SecurityAnonymous;
};

/** Reads an impersonation token (TOKEN_QUERY). Zero, or an error. */
DWORD readToken(HANDLE token, TokenFacts& facts) noexcept;

/**
 * The account as its SID and, for those that Windows brings, its name. That of a user would say whose backup it is, and a domain
 * controller may have to be asked for it.
 */
std::wstring accountText(const TokenFacts& facts);

/** Whether {@code token} (TOKEN_QUERY, and TOKEN_DUPLICATE for a process's) is SYSTEM or has Administrators enabled. No on any failure. */
bool isSystemOrAdministrator(HANDLE token) noexcept;

/** The same of the token of this process. */
bool processIsSystemOrAdministrator() noexcept;

/**
 * Whether the program at the other end of a pipe is the service: its process is that of the installed Gnomon service or, where
 * none is installed, its token is SYSTEM or has Administrators enabled. A name alone proves nothing: anybody may have made that pipe first.
 */
bool isTrustedServer(HANDLE pipe, std::wstring& why);

}  // namespace gnomon
