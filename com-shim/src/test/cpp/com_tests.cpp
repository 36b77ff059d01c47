// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// The DLL as COM sees it: entry points, class factory, identity, unloading, registration.
#include "gnomon/identities.h"
#include "gnomon/registration.h"
#include "world.h"

#include "../../main/cpp/register/key_writer.h"

namespace gnomon::test {

namespace {

const CLSID kClass = toWindows(guidOf(GNOMON_VSS_CLASS_ID));
const IID kHardware = toWindows(guidOf("9593a157-44e9-4344-bbeb-44fbf9b06b10"));
const IID kHardwareEx = toWindows(guidOf("7f5ba925-cdb1-4d11-a71f-339eb7e709fd"));
const IID kFileShare = toWindows(guidOf("c8636060-7c2e-11df-8c4a-0800200c9a66"));

class Dll {
public:
    Dll() : module_(LoadLibraryW(L"gnomon-vss.dll")) { REQUIRE(module_ != nullptr); }
    ~Dll() { FreeLibrary(module_); }
    Dll(const Dll&) = delete;
    Dll& operator=(const Dll&) = delete;

    template <class Function>
    Function entry(const char* name) const {
        const FARPROC found = GetProcAddress(module_, name);
        REQUIRE((found != nullptr));
        return reinterpret_cast<Function>(reinterpret_cast<void*>(found));
    }
    HRESULT getClassObject(REFCLSID id, REFIID iid, void** object) const {
        return entry<HRESULT(WINAPI*)(REFCLSID, REFIID, void**)>("DllGetClassObject")(id, iid, object);
    }
    HRESULT canUnload() const { return entry<HRESULT(WINAPI*)()>("DllCanUnloadNow")(); }
    HRESULT install(BOOL on) const { return entry<HRESULT(WINAPI*)(BOOL, PCWSTR)>("DllInstall")(on, nullptr); }
    HRESULT registerServer() const { return entry<HRESULT(WINAPI*)()>("DllRegisterServer")(); }
    HRESULT unregisterServer() const { return entry<HRESULT(WINAPI*)()>("DllUnregisterServer")(); }
    HMODULE module() const { return module_; }

private:
    HMODULE module_;
};

std::wstring classKey() { return L"SOFTWARE\\Classes\\CLSID\\" + registryText(guidOf(GNOMON_VSS_CLASS_ID)); }

bool keyExists(const std::wstring& path) {
    RegistryKey key;
    return RegOpenKeyExW(HKEY_LOCAL_MACHINE, path.c_str(), 0, KEY_READ | KEY_WOW64_64KEY, key.put()) == ERROR_SUCCESS;
}

}  // namespace

TEST_CASE("classIsActivatedByComAfterDllInstallAndGoneAfterItsReverse") {
    const Dll dll;
    REQUIRE(dll.install(TRUE) == S_OK);
    CHECK(readRegistryText(HKEY_LOCAL_MACHINE, (classKey() + L"\\InprocServer32").c_str(), L"ThreadingModel") == L"Both");
    {
        ComPtr<IVssSoftwareSnapshotProvider> provider;
        REQUIRE(CoCreateInstance(kClass, nullptr, CLSCTX_INPROC_SERVER, __uuidof(IVssSoftwareSnapshotProvider), provider.putVoid()) == S_OK);
        CHECK(dll.canUnload() == S_FALSE);
        FakeService service;
        service.on("IsVolumeSupported", ok(R"({"supported":true})"));
        BOOL supported = FALSE;
        CHECK(provider->IsVolumeSupported(volumeName(), &supported) == S_OK);
        CHECK(supported == TRUE);
        provider.reset();
        CHECK(service.disconnected());
    }
    CHECK(dll.canUnload() == S_OK);
    REQUIRE(dll.install(FALSE) == S_OK);
    CHECK_FALSE(keyExists(classKey()));
    CHECK(dll.install(FALSE) == S_OK);
}

TEST_CASE("unloadingLeavesNothingBehindAndTheDllCanBeLoadedAgain") {
    for (int i = 0; i < 20; ++i) {
        FakeService service;
        const Dll dll;
        ComPtr<IClassFactory> factory;
        REQUIRE(dll.getClassObject(kClass, __uuidof(IClassFactory), factory.putVoid()) == S_OK);
        ComPtr<IVssProviderNotifications> provider;
        REQUIRE(factory->CreateInstance(nullptr, __uuidof(IVssProviderNotifications), provider.putVoid()) == S_OK);
        CHECK(provider->OnLoad(nullptr) == S_OK);
    }
    // COM keeps what it loaded for other tests until it is told; threads of the module hold it until they have ended.
    CoFreeUnusedLibrariesEx(0, 0);
    const Stopwatch watch;
    while (GetModuleHandleW(L"gnomon-vss.dll") != nullptr && watch.millis() < 5000) Sleep(10);
    CHECK(GetModuleHandleW(L"gnomon-vss.dll") == nullptr);
}

TEST_CASE("classFactoryRefusesAggregationAndForeignClasses") {
    const Dll dll;
    void* object = &object;
    CHECK(dll.getClassObject(kHardware, __uuidof(IClassFactory), &object) == CLASS_E_CLASSNOTAVAILABLE);
    CHECK(object == nullptr);
    CHECK(dll.getClassObject(kClass, kHardware, &object) == E_NOINTERFACE);
    ComPtr<IClassFactory> factory;
    REQUIRE(dll.getClassObject(kClass, __uuidof(IClassFactory), factory.putVoid()) == S_OK);
    object = &object;
    CHECK(factory->CreateInstance(factory.get(), __uuidof(IUnknown), &object) == CLASS_E_NOAGGREGATION);
    CHECK(object == nullptr);
    CHECK(factory->CreateInstance(nullptr, kFileShare, &object) == E_NOINTERFACE);
    CHECK(object == nullptr);
}

TEST_CASE("serverLocksFactoriesAndEnumeratorsKeepTheModule") {
    FakeService service;
    service.on("Query", ok(R"({"snapshots":[]})"));
    const Dll dll;
    CHECK(dll.canUnload() == S_OK);
    ComPtr<IClassFactory> factory;
    REQUIRE(dll.getClassObject(kClass, __uuidof(IClassFactory), factory.putVoid()) == S_OK);
    CHECK(dll.canUnload() == S_FALSE);
    CHECK(factory->LockServer(TRUE) == S_OK);
    ComPtr<IVssSoftwareSnapshotProvider> provider;
    REQUIRE(factory->CreateInstance(nullptr, __uuidof(IVssSoftwareSnapshotProvider), provider.putVoid()) == S_OK);
    ComPtr<IVssEnumObject> list;
    REQUIRE(provider->Query(GUID_NULL, VSS_OBJECT_NONE, VSS_OBJECT_SNAPSHOT, list.put()) == S_OK);
    provider.reset();
    CHECK(factory->LockServer(FALSE) == S_OK);
    factory.reset();
    CHECK(dll.canUnload() == S_FALSE);
    list.reset();
    CHECK(dll.canUnload() == S_OK);
}

TEST_CASE("interfacesOfOneObjectShareOneIdentity") {
    const Object object;
    ComPtr<IUnknown> one;
    ComPtr<IUnknown> two;
    ComPtr<IUnknown> three;
    CHECK(object.copies->QueryInterface(__uuidof(IUnknown), one.putVoid()) == S_OK);
    CHECK(object.sets->QueryInterface(__uuidof(IUnknown), two.putVoid()) == S_OK);
    CHECK(object.notifications->QueryInterface(__uuidof(IUnknown), three.putVoid()) == S_OK);
    CHECK(one.get() == two.get());
    CHECK(one.get() == three.get());
    for (const IID& iid : {kHardware, kHardwareEx, kFileShare}) {
        void* none = &none;
        CHECK(object.sets->QueryInterface(iid, &none) == E_NOINTERFACE);
        CHECK(none == nullptr);
    }
    CHECK(object.copies->QueryInterface(kHardware, nullptr) == E_POINTER);
}

TEST_CASE("registrationThatFailsLeavesTheRegistryAsItWas") {
    // Here is no VSS coordinator, so the last step fails.
    const Dll dll;
    const std::wstring events = L"SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\" GNOMON_WIDE(GNOMON_VSS_EVENT_SOURCE);
    CHECK(dll.registerServer() == REGDB_E_CLASSNOTREG);
    CHECK_FALSE(keyExists(classKey()));
    CHECK_FALSE(keyExists(events));
    CHECK_FALSE(keyExists(L"SOFTWARE\\Classes\\" GNOMON_WIDE(GNOMON_VSS_PROG_ID)));

    // What another call had written stays, with its content.
    REQUIRE(dll.install(TRUE) == S_OK);
    {
        KeyWriter keys;
        REQUIRE(keys.text(classKey() + L"\\InprocServer32", L"ThreadingModel", L"Apartment") == ERROR_SUCCESS);
        keys.keep();
    }
    CHECK(dll.registerServer() == REGDB_E_CLASSNOTREG);
    CHECK(readRegistryText(HKEY_LOCAL_MACHINE, (classKey() + L"\\InprocServer32").c_str(), L"ThreadingModel") == L"Apartment");
    CHECK_FALSE(keyExists(events));
    CHECK(dll.unregisterServer() == S_OK);
    CHECK_FALSE(keyExists(classKey()));
}

TEST_CASE("dllCarriesVersionTypeLibraryAndMessages") {
    const Dll dll;
    CHECK(FindResourceW(dll.module(), MAKEINTRESOURCEW(1), L"TYPELIB") != nullptr);
    CHECK(FindResourceW(dll.module(), MAKEINTRESOURCEW(1), RT_VERSION) != nullptr);
    wchar_t text[600] = {};
    const DWORD length = FormatMessageW(FORMAT_MESSAGE_FROM_HMODULE | FORMAT_MESSAGE_IGNORE_INSERTS, dll.module(), GNOMON_EVENT_UNREACHABLE,
                                        0x409, text, 600, nullptr);
    CHECK(length > 0);
    CHECK(std::wstring(text).find(L"gnomon service start") != std::wstring::npos);

    wchar_t path[600] = {};
    GetModuleFileNameW(dll.module(), path, 600);
    ComPtr<ITypeLib> library;
    REQUIRE(LoadTypeLibEx(path, REGKIND_NONE, library.put()) == S_OK);
    ComPtr<ITypeInfo> info;
    REQUIRE(library->GetTypeInfoOfGuid(kClass, info.put()) == S_OK);
    TYPEATTR* attributes = nullptr;
    REQUIRE(info->GetTypeAttr(&attributes) == S_OK);
    CHECK(attributes->typekind == TKIND_COCLASS);
    info->ReleaseTypeAttr(attributes);
}

}  // namespace gnomon::test
