// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// A component to be installed into an application: it writes its class key, and can be asked for a class object.
#include "gnomon/win.h"

namespace {

constexpr wchar_t kClassKey[] = L"SOFTWARE\\Classes\\CLSID\\{D0000000-0002-4F0F-8F0F-F0F0F0F0F0F2}";

HMODULE thisModule = nullptr;

#ifndef COMPONENT_failing
bool set(const wchar_t* path, const wchar_t* content) {
    HKEY key = nullptr;
    if (RegCreateKeyExW(HKEY_LOCAL_MACHINE, path, 0, nullptr, 0, KEY_ALL_ACCESS, nullptr, &key, nullptr) != ERROR_SUCCESS) return false;
    const DWORD bytes = static_cast<DWORD>((lstrlenW(content) + 1) * sizeof(wchar_t));
    const LSTATUS status = RegSetValueExW(key, nullptr, 0, REG_SZ, reinterpret_cast<const BYTE*>(content), bytes);
    RegCloseKey(key);
    return status == ERROR_SUCCESS;
}
#endif

/** A class object that makes nothing. */
class Factory final : public IClassFactory {
public:
    STDMETHODIMP QueryInterface(REFIID, void** object) override {
        *object = this;
        return S_OK;
    }
    STDMETHODIMP_(ULONG) AddRef() override { return 2; }
    STDMETHODIMP_(ULONG) Release() override { return 1; }
    STDMETHODIMP CreateInstance(IUnknown*, REFIID, void** object) override {
        *object = nullptr;
        return E_NOINTERFACE;
    }
    STDMETHODIMP LockServer(BOOL) override { return S_OK; }
};

}  // namespace

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID) {
    if (reason == DLL_PROCESS_ATTACH) thisModule = module;
    return TRUE;
}

STDAPI DllGetClassObject(REFCLSID, REFIID, void** object) {
    static Factory factory;
    *object = &factory;
    return S_OK;
}

STDAPI DllCanUnloadNow() { return S_OK; }

STDAPI DllRegisterServer() {
#ifdef COMPONENT_failing
    static_cast<void>(kClassKey);
    return E_ACCESSDENIED;
#else
    wchar_t path[MAX_PATH] = {};
    GetModuleFileNameW(thisModule, path, MAX_PATH);
    wchar_t server[200] = {};
    lstrcpyW(server, kClassKey);
    lstrcatW(server, L"\\InprocServer32");
    return set(kClassKey, L"A component of the tests") && set(server, path) ? S_OK : E_UNEXPECTED;
#endif
}
