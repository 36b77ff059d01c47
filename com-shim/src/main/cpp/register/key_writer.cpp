// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "key_writer.h"

namespace gnomon {

KeyWriter::~KeyWriter() {
    for (auto step = undo_.rbegin(); step != undo_.rend(); ++step) undo(*step);
}

void KeyWriter::undo(const Step& step) noexcept {
    if (step.madeKey) {
        // Not the tree: what somebody else put below it meanwhile stays.
        RegDeleteKeyExW(HKEY_LOCAL_MACHINE, step.path.c_str(), KEY_WOW64_64KEY, 0);
        return;
    }
    RegistryKey key;
    if (RegOpenKeyExW(HKEY_LOCAL_MACHINE, step.path.c_str(), 0, KEY_SET_VALUE | KEY_WOW64_64KEY, key.put()) != ERROR_SUCCESS) return;
    if (step.hadValue) {
        RegSetValueExW(key.get(), step.name.c_str(), 0, step.type, step.before.data(), static_cast<DWORD>(step.before.size()));
    } else {
        RegDeleteValueW(key.get(), step.name.c_str());
    }
}

LSTATUS KeyWriter::text(const std::wstring& path, const wchar_t* name, const std::wstring& content, DWORD type) {
    const DWORD size = static_cast<DWORD>((content.size() + 1) * sizeof(wchar_t));
    return value(path, name, type, reinterpret_cast<const BYTE*>(content.c_str()), size);
}

LSTATUS KeyWriter::number(const std::wstring& path, const wchar_t* name, DWORD content) {
    return value(path, name, REG_DWORD, reinterpret_cast<const BYTE*>(&content), sizeof(content));
}

/** Makes the keys one level after the other, so that each one made is known. */
LSTATUS KeyWriter::make(const std::wstring& path, RegistryKey& key) {
    for (std::size_t end = path.find(L'\\'); ; end = path.find(L'\\', end + 1)) {
        const std::wstring part = path.substr(0, end);
        DWORD disposition = 0;
        constexpr REGSAM kAccess64 = KEY_QUERY_VALUE | KEY_SET_VALUE | KEY_WOW64_64KEY;
        const LSTATUS status =
            RegCreateKeyExW(HKEY_LOCAL_MACHINE, part.c_str(), 0, nullptr, 0, kAccess64, nullptr, key.put(), &disposition);
        if (status != ERROR_SUCCESS) return status;
        if (disposition == REG_CREATED_NEW_KEY) {
            Step step;
            step.path = part;
            step.madeKey = true;
            undo_.push_back(std::move(step));
        }
        if (end == std::wstring::npos) return ERROR_SUCCESS;
    }
}

LSTATUS KeyWriter::value(const std::wstring& path, const wchar_t* name, DWORD type, const BYTE* bytes, DWORD size) {
    RegistryKey key;
    LSTATUS status = make(path, key);
    if (status != ERROR_SUCCESS) return status;
    Step step;
    step.path = path;
    step.name = name == nullptr ? L"" : name;
    DWORD before = 0;
    if (RegQueryValueExW(key.get(), name, nullptr, &step.type, nullptr, &before) == ERROR_SUCCESS) {
        step.before.resize(before);
        status = RegQueryValueExW(key.get(), name, nullptr, &step.type, step.before.data(), &before);
        if (status != ERROR_SUCCESS) return status;
        step.hadValue = true;
    }
    status = RegSetValueExW(key.get(), name, 0, type, bytes, size);
    if (status == ERROR_SUCCESS) undo_.push_back(std::move(step));
    return status;
}

}  // namespace gnomon
