// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// What administrators set under HKLM\SOFTWARE\Gnomon\Vss (docs/vss-protocol.md). Read at each connect, never while writes are held.
#pragma once

#include <optional>
#include <string>

#include "gnomon/win.h"

namespace gnomon {

enum class Transport { Pipe, Tcp };

/** What to do with a caller that is neither SYSTEM nor an administrator. */
enum class CallerCheck { Enforce, Report };

struct Settings {
    Transport transport = Transport::Pipe;
    /** Full path of the service's vss-channel.json, for TCP. */
    std::wstring channelFile;
    std::wstring pipePath;
};

/** The settings as they are now; where a value is missing or none of the documented ones, its default. */
Settings loadSettings();

CallerCheck loadCallerCheck() noexcept;

/** A text of the registry; nothing if it is not there or no text. */
std::optional<std::wstring> readRegistryText(HKEY root, const wchar_t* key, const wchar_t* name);

}  // namespace gnomon
