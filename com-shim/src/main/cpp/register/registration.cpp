// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "gnomon/registration.h"

#include <new>

#include "gnomon/identities.h"
#include "gnomon/win_guid.h"
#include "key_writer.h"

namespace gnomon {

namespace {

constexpr Guid kClassId = guidOf(GNOMON_VSS_CLASS_ID);
// 64-bit Windows takes native providers only: a 32-bit one would be registered where VSS cannot load it.
constexpr HRESULT kNotNative = static_cast<HRESULT>(0x80070000L | ERROR_EXE_MACHINE_TYPE_MISMATCH);

std::wstring classKey() { return L"SOFTWARE\\Classes\\CLSID\\" + registryText(kClassId); }
std::wstring progIdKey() { return L"SOFTWARE\\Classes\\" GNOMON_WIDE(GNOMON_VSS_PROG_ID); }
std::wstring eventKey() {
    return L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\" GNOMON_WIDE(GNOMON_VSS_EVENT_SOURCE);
}

/** Full path of the module, however long; empty on failure. */
std::wstring pathOf(HMODULE module) {
    std::wstring path(512, L'\0');
    while (path.size() <= 65536) {
        const DWORD length = GetModuleFileNameW(module, path.data(), static_cast<DWORD>(path.size()));
        if (length == 0) return std::wstring();
        if (length < path.size()) {
            path.resize(length);
            return path;
        }
        path.resize(path.size() * 2);
    }
    return std::wstring();
}

bool isEmulated() noexcept {
    BOOL emulated = FALSE;
    return IsWow64Process(GetCurrentProcess(), &emulated) != FALSE && emulated != FALSE;
}

LSTATUS writeClass(KeyWriter& keys, const std::wstring& path) {
    const std::wstring name = GNOMON_WIDE(GNOMON_VSS_PROVIDER_NAME);
    const std::wstring server = classKey() + L"\\InprocServer32";
    LSTATUS status = keys.text(classKey(), nullptr, name);
    if (status == ERROR_SUCCESS) status = keys.text(server, nullptr, path);
    if (status == ERROR_SUCCESS) status = keys.text(server, L"ThreadingModel", L"Both");
    if (status == ERROR_SUCCESS) status = keys.text(classKey() + L"\\ProgID", nullptr, GNOMON_WIDE(GNOMON_VSS_PROG_ID));
    if (status == ERROR_SUCCESS) status = keys.text(progIdKey(), nullptr, name);
    if (status == ERROR_SUCCESS) status = keys.text(progIdKey() + L"\\CLSID", nullptr, registryText(kClassId));
    return status;
}

LSTATUS writeEventSource(KeyWriter& keys, const std::wstring& path) {
    LSTATUS status = keys.text(eventKey(), L"EventMessageFile", path, REG_EXPAND_SZ);
    if (status != ERROR_SUCCESS) return status;
    return keys.number(eventKey(), L"TypesSupported", EVENTLOG_ERROR_TYPE | EVENTLOG_WARNING_TYPE | EVENTLOG_INFORMATION_TYPE);
}

/** Runs a step of registration; exceptions become E_OUTOFMEMORY, of which there are no others. */
template <class Body>
HRESULT step(Body&& body) noexcept {
    try {
        return body();
    } catch (...) {
        return E_OUTOFMEMORY;
    }
}

/** Deletes a key with what is below it; success if there is none. */
LSTATUS deleteTree(const std::wstring& path) {
    const std::size_t end = path.rfind(L'\\');
    RegistryKey parent;
    LSTATUS status = RegOpenKeyExW(HKEY_LOCAL_MACHINE, path.substr(0, end).c_str(), 0,
                                   DELETE | KEY_ENUMERATE_SUB_KEYS | KEY_QUERY_VALUE | KEY_SET_VALUE | KEY_WOW64_64KEY, parent.put());
    if (status == ERROR_SUCCESS) status = RegDeleteTreeW(parent.get(), path.substr(end + 1).c_str());
    return status == ERROR_FILE_NOT_FOUND ? ERROR_SUCCESS : status;
}

}  // namespace

HRESULT registerClass(HMODULE module) noexcept {
    if (isEmulated()) return kNotNative;
    return step([module] {
        const std::wstring path = pathOf(module);
        if (path.empty()) return HRESULT_FROM_WIN32(GetLastError());
        KeyWriter keys;
        const LSTATUS status = writeClass(keys, path);
        if (status == ERROR_SUCCESS) keys.keep();
        return HRESULT_FROM_WIN32(static_cast<DWORD>(status));
    });
}

HRESULT unregisterClass() noexcept {
    return step([] {
        const LSTATUS first = deleteTree(progIdKey());
        const LSTATUS second = deleteTree(classKey());
        return HRESULT_FROM_WIN32(static_cast<DWORD>(first != ERROR_SUCCESS ? first : second));
    });
}

HRESULT registerAll(HMODULE module) noexcept {
    if (isEmulated()) return kNotNative;
    return step([module] {
        const std::wstring path = pathOf(module);
        if (path.empty()) return HRESULT_FROM_WIN32(GetLastError());
        KeyWriter keys;
        LSTATUS status = writeClass(keys, path);
        if (status == ERROR_SUCCESS) status = writeEventSource(keys, path);
        if (status != ERROR_SUCCESS) return HRESULT_FROM_WIN32(static_cast<DWORD>(status));
        bool added = false;
        const HRESULT result = registerProvider(added);
        // It is the last step: if it fails there is nothing of it to take back.
        if (SUCCEEDED(result)) keys.keep();
        return result;
    });
}

HRESULT unregisterAll() noexcept {
    const HRESULT provider = unregisterProvider();
    // While VSS still names the class it must exist, or every backup of the machine stumbles over it.
    if (FAILED(provider)) return provider;
    const HRESULT source = step([] { return HRESULT_FROM_WIN32(static_cast<DWORD>(deleteTree(eventKey()))); });
    const HRESULT classes = unregisterClass();
    return FAILED(source) ? source : classes;
}

}  // namespace gnomon
