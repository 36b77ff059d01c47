// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Who a token stands for.
#pragma once

#include <string>

#include "gnomon/win.h"

namespace gnomon {

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
