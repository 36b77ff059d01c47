// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Writing of registry keys that can be taken back.
#pragma once

#include <string>
#include <vector>

#include "gnomon/handles.h"

namespace gnomon {

/**
 * Writes values below HKEY_LOCAL_MACHINE and remembers what was there before. Unless keep() is called, the destructor brings that back, last
 * change first: keys that this object made are deleted, values that it changed get their old content. What others wrote is not touched.
 */
class KeyWriter {
public:
    KeyWriter() = default;
    ~KeyWriter();
    KeyWriter(const KeyWriter&) = delete;
    KeyWriter& operator=(const KeyWriter&) = delete;

    /** Makes the keys of {@code path} that do not exist and writes a text; a null name is the key's default value. */
    LSTATUS text(const std::wstring& path, const wchar_t* name, const std::wstring& value, DWORD type = REG_SZ);
    LSTATUS number(const std::wstring& path, const wchar_t* name, DWORD value);
    void keep() noexcept { undo_.clear(); }

private:
    struct Step {
        std::wstring path;
        bool madeKey = false;
        std::wstring name;
        bool hadValue = false;
        DWORD type = 0;
        std::vector<BYTE> before;
    };

    LSTATUS value(const std::wstring& path, const wchar_t* name, DWORD type, const BYTE* bytes, DWORD size);
    LSTATUS make(const std::wstring& path, RegistryKey& key);
    static void undo(const Step& step) noexcept;

    std::vector<Step> undo_;
};

}  // namespace gnomon
