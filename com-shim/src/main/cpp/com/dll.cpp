// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// The module's entry points and its class factory.
#include <cwchar>
#include <new>

#include "gnomon/identities.h"
#include "gnomon/provider.h"
#include "gnomon/registration.h"
#include "gnomon/win_guid.h"

#if defined(__GLIBCXX__)
namespace __gnu_cxx {
/** Frees the memory that the C++ library keeps for exceptions when there is none left; for whoever ends before the process does. */
void __freeres();
}  // namespace __gnu_cxx
#endif

namespace {

using namespace gnomon;

/** What the C++ library in this module took when it was loaded, 71 KiB, and would not give back: a host may load us again and again. */
void freeLibraryMemory() noexcept {
#if defined(__GLIBCXX__)
    __gnu_cxx::__freeres();
#endif
}

HMODULE thisModule = nullptr;

class Factory final : public IClassFactory {
public:
    Factory() = default;
    Factory(const Factory&) = delete;
    Factory& operator=(const Factory&) = delete;

    STDMETHODIMP QueryInterface(REFIID iid, void** object) override {
        if (object == nullptr) return E_POINTER;
        *object = nullptr;
        if (iid != __uuidof(IUnknown) && iid != __uuidof(IClassFactory)) return E_NOINTERFACE;
        *object = static_cast<IClassFactory*>(this);
        references_.add();
        return S_OK;
    }
    STDMETHODIMP_(ULONG) AddRef() override { return references_.add(); }
    STDMETHODIMP_(ULONG) Release() override {
        const ULONG left = references_.remove();
        if (left == 0) delete this;
        return left;
    }

    STDMETHODIMP CreateInstance(IUnknown* outer, REFIID iid, void** object) override {
        if (object == nullptr) return E_POINTER;
        *object = nullptr;
        return outer != nullptr ? CLASS_E_NOAGGREGATION : Provider::create(iid, object);
    }
    STDMETHODIMP LockServer(BOOL lock) override {
        if (lock) {
            ModuleLock::count().fetch_add(1);
        } else {
            ModuleLock::count().fetch_sub(1);
        }
        return S_OK;
    }

private:
    ~Factory() = default;

    RefCount references_;
};

}  // namespace

BOOL WINAPI DllMain(HINSTANCE module, DWORD reason, LPVOID processEnds) {
    if (reason == DLL_PROCESS_ATTACH) {
        // Thread notifications stay on: the C++ library in this module frees what it keeps for a thread with them.
        thisModule = module;
    } else if (reason == DLL_PROCESS_DETACH && processEnds == nullptr) {
        // Threads of ours hold the module, so none is left. When the process ends they may have died anywhere: then nothing is touched.
        Runtime::destroy();
        freeLibraryMemory();
    }
    return TRUE;
}

STDAPI DllGetClassObject(REFCLSID classId, REFIID iid, void** object) {
    if (object == nullptr) return E_POINTER;
    *object = nullptr;
    if (fromWindows(classId) != guidOf(GNOMON_VSS_CLASS_ID)) return CLASS_E_CLASSNOTAVAILABLE;
    auto* factory = new (std::nothrow) Factory();
    if (factory == nullptr) return E_OUTOFMEMORY;
    const HRESULT result = factory->QueryInterface(iid, object);
    factory->Release();
    return result;
}

STDAPI DllCanUnloadNow() { return ModuleLock::count().load() == 0 ? S_OK : S_FALSE; }

STDAPI DllRegisterServer() { return registerAll(thisModule); }

STDAPI DllUnregisterServer() { return unregisterAll(); }

/** The class's keys alone, for hosts without a VSS coordinator: regsvr32 /n /i gnomon-vss.dll, and /u with it to delete them. */
STDAPI DllInstall(BOOL install, PCWSTR) { return install ? registerClass(thisModule) : unregisterClass(); }
