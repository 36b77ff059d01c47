// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "gnomon/settings.h"

#include <vector>

#include "gnomon/handles.h"
#include "gnomon/identities.h"

namespace gnomon {

namespace {


constexpr const wchar_t* kKey = GNOMON_WIDE(GNOMON_VSS_SETTINGS_KEY);

std::optional<std::wstring> setting(const wchar_t* name) { return readRegistryText(HKEY_LOCAL_MACHINE, kKey, name); }

/** A pipe's name may hold everything but a backslash. */
bool isPipeName(const std::wstring& name) { return !name.empty() && name.size() <= 200 && name.find(L'\\') == std::wstring::npos; }

}  // namespace

std::optional<std::wstring> readRegistryText(HKEY root, const wchar_t* key, const wchar_t* name) {
    RegistryKey opened;
    if (RegOpenKeyExW(root, key, 0, KEY_QUERY_VALUE | KEY_WOW64_64KEY, opened.put()) != ERROR_SUCCESS) return std::nullopt;
    // 64 KiB is more than any path of Windows.
    std::vector<wchar_t> buffer(32768);
    DWORD bytes = static_cast<DWORD>(buffer.size() * sizeof(wchar_t));
    DWORD type = 0;
    const LSTATUS status = RegQueryValueExW(opened.get(), name, nullptr, &type, reinterpret_cast<BYTE*>(buffer.data()), &bytes);
    if (status != ERROR_SUCCESS || type != REG_SZ) return std::nullopt;
    std::wstring text(buffer.data(), bytes / sizeof(wchar_t));
    while (!text.empty() && text.back() == L'\0') text.pop_back();
    return text;
}

Settings loadSettings() {
    Settings settings;
    if (setting(L"Channel") == L"tcp") settings.transport = Transport::Tcp;
    settings.channelFile = setting(L"ChannelFile").value_or(std::wstring());
    std::wstring name = setting(L"PipeName").value_or(std::wstring());
    if (!isPipeName(name)) name = GNOMON_WIDE(GNOMON_VSS_PIPE_NAME);
    settings.pipePath = L"\\\\.\\pipe\\" + name;
    return settings;
}

CallerCheck loadCallerCheck() noexcept {
    try {
        return setting(L"CallerCheck") == L"report" ? CallerCheck::Report : CallerCheck::Enforce;
    } catch (...) {
        return CallerCheck::Enforce;
    }
}

}  // namespace gnomon
