// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Entry points of gnomon-doubles.dll.
#include <new>

#include "classes.h"
#include "com_object.h"
#include "registry.h"

namespace {

HMODULE thisModule = nullptr;

template <class Body>
HRESULT guarded(Body&& body) noexcept {
    try {
        return body();
    } catch (const gnomon::doubles::Failure& failure) {
        return failure.result;
    } catch (const std::bad_alloc&) {
        return E_OUTOFMEMORY;
    } catch (...) {
        return E_UNEXPECTED;
    }
}

}  // namespace

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID) {
    if (reason == DLL_PROCESS_ATTACH) thisModule = module;
    return TRUE;
}

STDAPI DllGetClassObject(REFCLSID classId, REFIID iid, void** object) {
    if (object == nullptr) return E_POINTER;
    *object = nullptr;
    return guarded([&] { return gnomon::doubles::makeFactory(classId, iid, object); });
}

STDAPI DllCanUnloadNow() { return gnomon::doubles::moduleUses().load() == 0 ? S_OK : S_FALSE; }

STDAPI DllRegisterServer() {
    return guarded([] {
        wchar_t path[MAX_PATH] = {};
        const DWORD length = GetModuleFileNameW(thisModule, path, MAX_PATH);
        if (length == 0 || length == MAX_PATH) return E_UNEXPECTED;
        gnomon::doubles::registerClasses(path);
        return S_OK;
    });
}

STDAPI DllUnregisterServer() {
    return guarded([] {
        gnomon::doubles::unregisterClasses();
        return S_OK;
    });
}
