// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Services of applications: real ones, in the service manager of the machine.
#include <cwchar>

#include "comadmin_codes.h"
#include "store.h"

namespace gnomon::doubles {

namespace {

struct Word {
    const wchar_t* text;
    DWORD value;
};

constexpr Word kStarts[] = {
    {L"SERVICE_AUTO_START", SERVICE_AUTO_START}, {L"SERVICE_DEMAND_START", SERVICE_DEMAND_START}, {L"SERVICE_DISABLED", SERVICE_DISABLED}};
constexpr Word kErrors[] = {{L"SERVICE_ERROR_IGNORE", SERVICE_ERROR_IGNORE}, {L"SERVICE_ERROR_NORMAL", SERVICE_ERROR_NORMAL},
                            {L"SERVICE_ERROR_SEVERE", SERVICE_ERROR_SEVERE}, {L"SERVICE_ERROR_CRITICAL", SERVICE_ERROR_CRITICAL}};

template <std::size_t Count>
DWORD valueOf(const Word (&words)[Count], const std::wstring& text) {
    for (const Word& word : words) {
        if (text == word.text) return word.value;
    }
    throw Failure{E_INVALIDARG};
}

[[noreturn]] void failLast() { throw Failure{HRESULT_FROM_WIN32(GetLastError())}; }

ServiceHandle manager() {
    ServiceHandle handle(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_ALL_ACCESS));
    if (!handle) failLast();
    return handle;
}

std::wstring serviceOf(const std::wstring& application) { return registry::text(store::pathOf(application), L"ServiceName").value_or(L""); }

/** The name of the account for the service manager. None given means Local Service; only these two need no password. */
std::wstring accountOf(const std::wstring& given) {
    if (given.empty()) return L"NT AUTHORITY\\LocalService";
    if (same(given, L".\\localsystem") || same(given, L"LocalSystem")) return L"LocalSystem";
    return given;
}

}  // namespace

HRESULT createService(const std::wstring& application, const std::wstring& service, const std::wstring& start, const std::wstring& errors,
                      const std::wstring& dependencies, const std::wstring& account, const std::wstring& password) {
    if (service.empty() || !dependencies.empty()) return E_INVALIDARG;
    if (!serviceOf(application).empty()) return HRESULT_FROM_WIN32(ERROR_SERVICE_EXISTS);
    wchar_t system[MAX_PATH] = {};
    GetSystemDirectoryW(system, MAX_PATH);
    const std::wstring command = std::wstring(system) + L"\\dllhost.exe /Processid:" + application;
    const ServiceHandle handle(CreateServiceW(manager().get(), service.c_str(), service.c_str(), SERVICE_ALL_ACCESS, SERVICE_WIN32_OWN_PROCESS,
                                              valueOf(kStarts, start), valueOf(kErrors, errors), command.c_str(), nullptr, nullptr, nullptr,
                                              accountOf(account).c_str(), password.empty() ? nullptr : password.c_str()));
    if (!handle) failLast();
    registry::setText(store::appIdKey(application), L"LocalService", service);
    registry::setText(store::pathOf(application), L"ServiceName", service);
    return S_OK;
}

HRESULT deleteService(const std::wstring& application) {
    const std::wstring service = serviceOf(application);
    if (service.empty()) return codeOf(COMAdminErrServiceNotInstalled);
    const ServiceHandle handle(OpenServiceW(manager().get(), service.c_str(), DELETE));
    if (!handle || !DeleteService(handle.get())) failLast();
    registry::deleteValue(store::appIdKey(application), L"LocalService");
    registry::setText(store::pathOf(application), L"ServiceName", L"");
    return S_OK;
}

HRESULT stopService(const std::wstring& application) {
    const std::wstring service = serviceOf(application);
    if (service.empty()) return S_OK;
    const ServiceHandle handle(OpenServiceW(manager().get(), service.c_str(), SERVICE_STOP));
    SERVICE_STATUS status{};
    if (handle && !ControlService(handle.get(), SERVICE_CONTROL_STOP, &status) && GetLastError() != ERROR_SERVICE_NOT_ACTIVE) failLast();
    return S_OK;
}

}  // namespace gnomon::doubles
