// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Registration against a coordinator of VSS that this process plays.
#include <cstring>
#include <cwchar>

#include "gnomon/identities.h"
#include "gnomon/registration.h"
#include "gnomon/settings.h"
#include "world.h"

#include <vsadmin.h>

namespace gnomon::test {

namespace {

const CLSID kCoordinator = toWindows(guidOf("e579ab5f-1cc4-44b4-bed9-de0991ff0623"));

wchar_t* taskText(const wchar_t* text) {
    const std::size_t bytes = (std::wcslen(text) + 1) * sizeof(wchar_t);
    return static_cast<wchar_t*>(std::memcpy(CoTaskMemAlloc(bytes), text, bytes));
}

/** Lists one provider. */
class ProviderList final : public IVssEnumObject {
public:
    STDMETHODIMP QueryInterface(REFIID, void**) override { return E_NOINTERFACE; }
    STDMETHODIMP_(ULONG) AddRef() override { return 2; }
    STDMETHODIMP_(ULONG) Release() override { return 1; }
    STDMETHODIMP Next(ULONG, VSS_OBJECT_PROP* items, ULONG* fetched) override {
        *fetched = given ? 0 : 1;
        if (!given) {
            items[0].Type = VSS_OBJECT_PROVIDER;
            items[0].Obj.Prov = provider;
            items[0].Obj.Prov.m_pwszProviderName = taskText(L"a provider");
            items[0].Obj.Prov.m_pwszProviderVersion = taskText(L"1.0");
        }
        given = true;
        return *fetched == 1 ? S_OK : S_FALSE;
    }
    STDMETHODIMP Skip(ULONG) override { return S_OK; }
    STDMETHODIMP Reset() override { return S_OK; }
    STDMETHODIMP Clone(IVssEnumObject**) override { return E_FAIL; }

    VSS_PROVIDER_PROP provider{};
    bool given = false;
};

/** The coordinator, as far as registration needs it; its class is registered while it lives. */
class Coordinator final : public IVssAdmin, public IClassFactory {
public:
    Coordinator() {
        REQUIRE(CoRegisterClassObject(kCoordinator, static_cast<IClassFactory*>(this), CLSCTX_INPROC_SERVER, REGCLS_MULTIPLEUSE, &cookie_) == S_OK);
    }
    ~Coordinator() { CoRevokeClassObject(cookie_); }
    Coordinator(const Coordinator&) = delete;
    Coordinator& operator=(const Coordinator&) = delete;

    STDMETHODIMP QueryInterface(REFIID iid, void** object) override {
        *object = nullptr;
        if (iid == __uuidof(IVssAdmin)) *object = static_cast<IVssAdmin*>(this);
        if (iid == __uuidof(IUnknown) || iid == __uuidof(IClassFactory)) *object = static_cast<IClassFactory*>(this);
        return *object == nullptr ? E_NOINTERFACE : S_OK;
    }
    STDMETHODIMP_(ULONG) AddRef() override { return 2; }
    STDMETHODIMP_(ULONG) Release() override { return 1; }
    STDMETHODIMP CreateInstance(IUnknown*, REFIID iid, void** object) override { return QueryInterface(iid, object); }
    STDMETHODIMP LockServer(BOOL) override { return S_OK; }

    STDMETHODIMP RegisterProvider(VSS_ID id, CLSID classId, VSS_PWSZ name, VSS_PROVIDER_TYPE type, VSS_PWSZ, VSS_ID versionId) override {
        ++registered;
        list.provider.m_ProviderId = id;
        CHECK(fromWindows(id) == guidOf(GNOMON_VSS_PROVIDER_ID));
        CHECK(fromWindows(classId) == guidOf(GNOMON_VSS_CLASS_ID));
        CHECK(fromWindows(versionId) == guidOf(GNOMON_VSS_VERSION_ID));
        CHECK(type == VSS_PROV_SOFTWARE);
        CHECK(std::wstring(name) == L"Gnomon VSS provider");
        return registerResult;
    }
    STDMETHODIMP UnregisterProvider(VSS_ID id) override {
        CHECK(fromWindows(id) == guidOf(GNOMON_VSS_PROVIDER_ID));
        return ++unregistered <= inUse ? VSS_E_PROVIDER_IN_USE : unregisterResult;
    }
    STDMETHODIMP QueryProviders(IVssEnumObject** providers) override {
        list.given = false;
        *providers = &list;
        return S_OK;
    }
    STDMETHODIMP AbortAllSnapshotsInProgress() override { return E_NOTIMPL; }

    HRESULT registerResult = S_OK;
    HRESULT unregisterResult = S_OK;
    int inUse = 0;
    int registered = 0;
    int unregistered = 0;
    ProviderList list;

private:
    DWORD cookie_ = 0;
};

bool classIsThere() {
    const std::wstring key = L"SOFTWARE\\Classes\\CLSID\\" + registryText(guidOf(GNOMON_VSS_CLASS_ID)) + L"\\InprocServer32";
    return readRegistryText(HKEY_LOCAL_MACHINE, key.c_str(), L"ThreadingModel").has_value();
}

bool sourceIsThere() {
    RegistryKey key;
    return RegOpenKeyExW(HKEY_LOCAL_MACHINE, L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\" GNOMON_WIDE(GNOMON_VSS_EVENT_SOURCE), 0,
                         KEY_QUERY_VALUE, key.put()) == ERROR_SUCCESS;
}

}  // namespace

TEST_CASE("providerIsRegisteredWithItsClassAndUnregisteredBeforeIt") {
    Coordinator vss;
    CHECK(registerAll(GetModuleHandleW(nullptr)) == S_OK);
    CHECK(vss.registered == 1);
    CHECK(classIsThere());
    CHECK(sourceIsThere());
    // In use: tried again, and given up with the class in place, because VSS still names it.
    vss.inUse = 100;
    CHECK(unregisterAll() == VSS_E_PROVIDER_IN_USE);
    CHECK(vss.unregistered == 5);
    CHECK(classIsThere());
    vss.inUse = vss.unregistered + 1;
    CHECK(unregisterAll() == S_OK);
    CHECK_FALSE(classIsThere());
    CHECK_FALSE(sourceIsThere());
    vss.unregisterResult = VSS_E_PROVIDER_NOT_REGISTERED;
    CHECK(unregisterAll() == S_OK);
}

TEST_CASE("alreadyRegisteredIsSuccessForThisClassAndVersionOnly") {
    Coordinator vss;
    vss.registerResult = VSS_E_PROVIDER_ALREADY_REGISTERED;
    vss.list.provider.m_ClassId = toWindows(guidOf(GNOMON_VSS_CLASS_ID));
    vss.list.provider.m_ProviderVersionId = toWindows(guidOf(GNOMON_VSS_LIBRARY_ID));
    CHECK(registerAll(GetModuleHandleW(nullptr)) == VSS_E_PROVIDER_ALREADY_REGISTERED);
    CHECK_FALSE(classIsThere());
    CHECK_FALSE(sourceIsThere());
    vss.list.provider.m_ProviderVersionId = toWindows(guidOf(GNOMON_VSS_VERSION_ID));
    vss.list.provider.m_ClassId = toWindows(guidOf(GNOMON_VSS_LIBRARY_ID));
    CHECK(registerAll(GetModuleHandleW(nullptr)) == VSS_E_PROVIDER_ALREADY_REGISTERED);
    vss.list.provider.m_ClassId = toWindows(guidOf(GNOMON_VSS_CLASS_ID));
    MallocSpy spy;
    const long before = spy.live();
    CHECK(registerAll(GetModuleHandleW(nullptr)) == S_OK);
    CHECK(spy.live() == before);
    CHECK(classIsThere());
    // A second call that fails leaves what the first one wrote.
    vss.registerResult = E_ACCESSDENIED;
    CHECK(registerAll(GetModuleHandleW(nullptr)) == E_ACCESSDENIED);
    CHECK(classIsThere());
    CHECK(sourceIsThere());
    CHECK(unregisterAll() == S_OK);
}

}  // namespace gnomon::test
