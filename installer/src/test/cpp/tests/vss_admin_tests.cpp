// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// IVssAdmin of the double, and where its providers lie.
#include "world.h"

#include <vsadmin.h>

namespace gnomon::doubles::test {

namespace {

constexpr GUID kCoordinator = {0xe579ab5f, 0x1cc4, 0x44b4, {0xbe, 0xd9, 0xde, 0x09, 0x91, 0xff, 0x06, 0x23}};
constexpr GUID kId = {0xd0000001, 0x0001, 0x4f0f, {0x8f, 0x0f, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0xf1}};
constexpr GUID kClass = {0xd0000001, 0x0002, 0x4f0f, {0x8f, 0x0f, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0xf2}};
constexpr GUID kVersion = {0xd0000001, 0x0003, 0x4f0f, {0x8f, 0x0f, 0xf0, 0xf0, 0xf0, 0xf0, 0xf0, 0xf3}};
const std::wstring kKey = L"SYSTEM\\CurrentControlSet\\Services\\VSS\\Providers\\" + guidWithBraces(kId);

ComPtr<IVssAdmin> newAdmin() {
    ComPtr<IVssAdmin> admin;
    REQUIRE(SUCCEEDED(CoCreateInstance(kCoordinator, nullptr, CLSCTX_ALL, __uuidof(IVssAdmin), admin.putVoid())));
    return admin;
}

HRESULT add(IVssAdmin& admin, const wchar_t* name = L"A provider", VSS_PROVIDER_TYPE type = VSS_PROV_SOFTWARE) {
    std::wstring given = name;
    std::wstring version = L"1.2";
    return admin.RegisterProvider(kId, kClass, given.data(), type, version.data(), kVersion);
}

struct Gone {
    ~Gone() { registry::deleteTree(kKey); }
};

}  // namespace

TEST_CASE("a provider is registered in the layout of Windows, once") {
    const Clean clean;
    const Gone gone;
    const ComPtr<IVssAdmin> admin = newAdmin();
    REQUIRE(add(*admin.get()) == S_OK);
    CHECK(registry::text(kKey, nullptr).value_or(L"") == L"A provider");
    CHECK(registry::number(kKey, L"Type").value_or(0) == 2);
    CHECK(registry::text(kKey, L"Version").value_or(L"") == L"1.2");
    CHECK(registry::text(kKey, L"VersionId").value_or(L"") == guidWithBraces(kVersion));
    CHECK(registry::text(kKey + L"\\CLSID", nullptr).value_or(L"") == guidWithBraces(kClass));
    CHECK(add(*newAdmin().get()) == VSS_E_PROVIDER_ALREADY_REGISTERED);
    CHECK(admin->UnregisterProvider(kId) == S_OK);
    CHECK_FALSE(registry::exists(kKey));
    CHECK(admin->UnregisterProvider(kId) == VSS_E_PROVIDER_NOT_REGISTERED);
}

TEST_CASE("a registration without name or id, or of another type, is refused") {
    const Clean clean;
    const Gone gone;
    const ComPtr<IVssAdmin> admin = newAdmin();
    CHECK(add(*admin.get(), L"") == E_INVALIDARG);
    CHECK(add(*admin.get(), L"A provider", VSS_PROV_HARDWARE) == E_INVALIDARG);
    CHECK(add(*admin.get(), L"A provider", VSS_PROV_SYSTEM) == E_INVALIDARG);
    std::wstring name = L"A provider";
    CHECK(admin->RegisterProvider(GUID{}, kClass, name.data(), VSS_PROV_SOFTWARE, name.data(), kVersion) == E_INVALIDARG);
    CHECK_FALSE(registry::exists(kKey));
}

TEST_CASE("providers are listed, the system's and somebody else's among them") {
    const Clean clean;
    const Gone gone;
    const ComPtr<IVssAdmin> admin = newAdmin();
    REQUIRE(add(*admin.get()) == S_OK);
    ComPtr<IVssEnumObject> list;
    REQUIRE(admin->QueryProviders(list.put()) == S_OK);
    int others = 0;
    int ours = 0;
    VSS_OBJECT_PROP item{};
    ULONG fetched = 0;
    while (list->Next(1, &item, &fetched) == S_OK) {
        CHECK(item.Type == VSS_OBJECT_PROVIDER);
        const TaskString name(item.Obj.Prov.m_pwszProviderName);
        const TaskString version(item.Obj.Prov.m_pwszProviderVersion);
        if (item.Obj.Prov.m_ProviderId != kId) {
            ++others;
            continue;
        }
        ++ours;
        CHECK(std::wstring(name.get()) == L"A provider");
        CHECK(std::wstring(version.get()) == L"1.2");
        CHECK(item.Obj.Prov.m_ClassId == kClass);
        CHECK(item.Obj.Prov.m_ProviderVersionId == kVersion);
        CHECK(item.Obj.Prov.m_eProviderType == VSS_PROV_SOFTWARE);
    }
    CHECK(ours == 1);
    CHECK(others >= 2);
    CHECK(fetched == 0);
}

}  // namespace gnomon::doubles::test
