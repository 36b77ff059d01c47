// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "registry.h"

namespace gnomon::doubles {

namespace {

/** Throws unless {@code status} is success; a key or value that is not there is success to those who say so. */
bool check(LSTATUS status) {
    if (status == ERROR_FILE_NOT_FOUND) return false;
    if (status != ERROR_SUCCESS) throw Failure{HRESULT_FROM_WIN32(static_cast<DWORD>(status))};
    return true;
}

RegistryKey make(const std::wstring& path) {
    RegistryKey key;
    if (!check(RegCreateKeyExW(HKEY_LOCAL_MACHINE, path.c_str(), 0, nullptr, 0, KEY_ALL_ACCESS | KEY_WOW64_64KEY, nullptr, key.put(), nullptr))) {
        throw Failure{E_UNEXPECTED};
    }
    return key;
}

RegistryKey open(const std::wstring& path, REGSAM access) {
    RegistryKey key;
    check(RegOpenKeyExW(HKEY_LOCAL_MACHINE, path.c_str(), 0, access | KEY_WOW64_64KEY, key.put()));
    return key;
}

}  // namespace

namespace registry {

bool exists(const std::wstring& path) { return static_cast<bool>(open(path, KEY_READ)); }

std::optional<std::wstring> text(const std::wstring& path, const wchar_t* name) {
    DWORD bytes = 0;
    constexpr DWORD kKinds = RRF_RT_REG_SZ | RRF_RT_REG_EXPAND_SZ | RRF_NOEXPAND;
    if (!check(RegGetValueW(HKEY_LOCAL_MACHINE, path.c_str(), name, kKinds, nullptr, nullptr, &bytes))) return std::nullopt;
    std::wstring content(bytes / sizeof(wchar_t), L'\0');
    if (!check(RegGetValueW(HKEY_LOCAL_MACHINE, path.c_str(), name, kKinds, nullptr, content.data(), &bytes))) return std::nullopt;
    content.resize(bytes / sizeof(wchar_t) - 1);
    return content;
}

std::optional<DWORD> number(const std::wstring& path, const wchar_t* name) {
    DWORD content = 0;
    DWORD bytes = sizeof(content);
    constexpr DWORD kKinds = RRF_RT_REG_DWORD;
    if (!check(RegGetValueW(HKEY_LOCAL_MACHINE, path.c_str(), name, kKinds, nullptr, &content, &bytes))) return std::nullopt;
    return content;
}

void make(const std::wstring& path) { doubles::make(path); }

void setText(const std::wstring& path, const wchar_t* name, const std::wstring& content) {
    const DWORD bytes = static_cast<DWORD>((content.size() + 1) * sizeof(wchar_t));
    check(RegSetValueExW(doubles::make(path).get(), name, 0, REG_SZ, reinterpret_cast<const BYTE*>(content.c_str()), bytes));
}

void setNumber(const std::wstring& path, const wchar_t* name, DWORD content) {
    check(RegSetValueExW(doubles::make(path).get(), name, 0, REG_DWORD, reinterpret_cast<const BYTE*>(&content), sizeof(content)));
}

std::vector<std::wstring> children(const std::wstring& path) {
    std::vector<std::wstring> names;
    const RegistryKey key = open(path, KEY_READ);
    if (!key) return names;
    for (DWORD index = 0; ; ++index) {
        // The registry's own limit of a key's name is 255 characters.
        wchar_t name[256];
        DWORD length = 256;
        const LSTATUS status = RegEnumKeyExW(key.get(), index, name, &length, nullptr, nullptr, nullptr, nullptr);
        if (status == ERROR_NO_MORE_ITEMS) return names;
        check(status);
        names.emplace_back(name, length);
    }
}

void deleteTree(const std::wstring& path) {
    const std::size_t end = path.rfind(L'\\');
    const RegistryKey parent = open(path.substr(0, end), KEY_ALL_ACCESS);
    if (parent) check(RegDeleteTreeW(parent.get(), path.substr(end + 1).c_str()));
}

void deleteValue(const std::wstring& path, const wchar_t* name) {
    const RegistryKey key = open(path, KEY_ALL_ACCESS);
    if (key) check(RegDeleteValueW(key.get(), name));
}

}  // namespace registry

std::string utf8(const std::wstring& text) {
    const int length = WideCharToMultiByte(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), nullptr, 0, nullptr, nullptr);
    std::string result(static_cast<std::size_t>(length), '\0');
    WideCharToMultiByte(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), result.data(), length, nullptr, nullptr);
    return result;
}

std::wstring wide(const std::string& text) {
    const int length = MultiByteToWideChar(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), nullptr, 0);
    std::wstring result(static_cast<std::size_t>(length), L'\0');
    MultiByteToWideChar(CP_UTF8, 0, text.data(), static_cast<int>(text.size()), result.data(), length);
    return result;
}

std::wstring guidWithBraces(const GUID& guid) {
    wchar_t text[40] = {};
    StringFromGUID2(guid, text, 40);
    return text;
}

std::wstring newGuid() {
    GUID guid{};
    if (FAILED(CoCreateGuid(&guid))) throw Failure{E_UNEXPECTED};
    return guidWithBraces(guid);
}

bool same(const std::wstring& one, const std::wstring& other) {
    return CompareStringOrdinal(one.c_str(), -1, other.c_str(), -1, TRUE) == CSTR_EQUAL;
}

}  // namespace gnomon::doubles
