// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "classes.h"

#include "catalog.h"
#include "vss_admin.h"

namespace gnomon::doubles {

namespace {

using Make = IUnknown* (*)();

struct Class {
    GUID id;
    const wchar_t* progId;
    const wchar_t* name;
    Make make;
};

const Class kClassTable[] = {
    {{0xf618c514, 0xdfb8, 0x11d1, {0xa2, 0xcf, 0x00, 0x80, 0x5f, 0xc7, 0x92, 0x35}}, L"COMAdmin.COMAdminCatalog", L"COM+ catalog (test double)",
     []() -> IUnknown* { return new Catalog(); }},
    {{0xe579ab5f, 0x1cc4, 0x44b4, {0xbe, 0xd9, 0xde, 0x09, 0x91, 0xff, 0x06, 0x23}}, nullptr, L"VSS coordinator (test double)",
     []() -> IUnknown* { return new VssAdmin(); }},
};

// The provider that every Windows has (contract 1.1), and one of somebody else.
constexpr GUID kSystemProvider = {0xb5946137, 0x7b9f, 0x4925, {0xaf, 0x80, 0x51, 0xab, 0xd6, 0x0b, 0x20, 0xd5}};
constexpr GUID kSystemClass = {0x65ee1dba, 0x8ff4, 0x4a58, {0xac, 0x1c, 0x34, 0x70, 0xee, 0x2f, 0x37, 0x6a}};
constexpr GUID kSystemVersion = {0x00000001, 0x0000, 0x0000, {0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x07}};
constexpr GUID kForeignProvider = {0xf0f0f0f0, 0x0001, 0x4f0f, {0x8f, 0x0f, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0x01}};
constexpr GUID kForeignClass = {0xf0f0f0f0, 0x0002, 0x4f0f, {0x8f, 0x0f, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0x02}};
constexpr GUID kForeignVersion = {0xf0f0f0f0, 0x0003, 0x4f0f, {0x8f, 0x0f, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0x03}};

class Factory final : public IClassFactory {
public:
    explicit Factory(Make make) : make_(make) {}
    Factory(const Factory&) = delete;
    Factory& operator=(const Factory&) = delete;

    STDMETHODIMP QueryInterface(REFIID iid, void** object) override {
        if (object == nullptr) return E_POINTER;
        const bool known = iid == __uuidof(IUnknown) || iid == __uuidof(IClassFactory);
        *object = known ? this : nullptr;
        if (known) AddRef();
        return known ? S_OK : E_NOINTERFACE;
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
        if (outer != nullptr) return CLASS_E_NOAGGREGATION;
        const ComPtr<IUnknown> made(make_());
        return made->QueryInterface(iid, object);
    }
    STDMETHODIMP LockServer(BOOL lock) override {
        moduleUses() += lock ? 1 : -1;
        return S_OK;
    }

private:
    ~Factory() = default;

    References references_;
    const Make make_;
};

/** A service like Windows' own in all that the installer asks: it is there. Its program is not. */
void makeVssService() {
    const ServiceHandle manager(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_ALL_ACCESS));
    if (!manager) throw Failure{HRESULT_FROM_WIN32(GetLastError())};
    const ServiceHandle service(CreateServiceW(manager.get(), L"VSS", L"Volume Shadow Copy", SERVICE_ALL_ACCESS, SERVICE_WIN32_OWN_PROCESS,
                                               SERVICE_DEMAND_START, SERVICE_ERROR_NORMAL, L"C:\\windows\\system32\\vssvc.exe", nullptr, nullptr, nullptr,
                                               L"LocalSystem", nullptr));
    if (!service && GetLastError() != ERROR_SERVICE_EXISTS) throw Failure{HRESULT_FROM_WIN32(GetLastError())};
}

}  // namespace

HRESULT makeFactory(REFCLSID classId, REFIID iid, void** object) {
    for (const Class& known : kClassTable) {
        if (known.id != classId) continue;
        const ComPtr<IClassFactory> factory(new Factory(known.make));
        return factory->QueryInterface(iid, object);
    }
    return CLASS_E_CLASSNOTAVAILABLE;
}

void registerClasses(const std::wstring& dll) {
    for (const Class& known : kClassTable) {
        const std::wstring key = store::classKey(guidWithBraces(known.id));
        registry::setText(key, nullptr, known.name);
        registry::setText(key + L"\\InprocServer32", nullptr, dll);
        registry::setText(key + L"\\InprocServer32", L"ThreadingModel", L"Both");
        if (known.progId == nullptr) continue;
        registry::setText(key + L"\\ProgID", nullptr, known.progId);
        registry::setText(kClasses + L"\\" + known.progId + L"\\CLSID", nullptr, guidWithBraces(known.id));
    }
    makeVssService();
    writeProvider(kSystemProvider, kSystemClass, L"Microsoft Software Shadow Copy provider 1.0", 1, L"1.0.0.7", kSystemVersion);
    writeProvider(kForeignProvider, kForeignClass, L"Somebody else's provider", 2, L"3.1", kForeignVersion);
    registry::make(kApplications);
}

void unregisterClasses() {
    for (const Class& known : kClassTable) {
        registry::deleteTree(store::classKey(guidWithBraces(known.id)));
        if (known.progId != nullptr) registry::deleteTree(kClasses + L"\\" + known.progId);
    }
    registry::deleteTree(kTestKey);
}

}  // namespace gnomon::doubles
