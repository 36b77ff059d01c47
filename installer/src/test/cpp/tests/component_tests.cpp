// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// Components and services of applications.
#include "world.h"

namespace gnomon::doubles::test {

namespace {

HRESULT install(const Object& catalog, const wchar_t* application, const std::wstring& dll, const wchar_t* library = L"") {
    return catalog.tryCall(DISPATCH_METHOD, L"InstallComponent", {application, dll, library, L""});
}

HRESULT makeService(const Object& catalog, const wchar_t* start, const wchar_t* account = L".\\localsystem") {
    return catalog.tryCall(DISPATCH_METHOD, L"CreateServiceForApplication",
                           {L"one", kServiceName, start, L"SERVICE_ERROR_NORMAL", L"", account, L"", false});
}

/** Start type and account of the test's service; empty if there is no such service. */
std::wstring serviceSettings() {
    const ServiceHandle manager(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_ALL_ACCESS));
    const ServiceHandle service(OpenServiceW(manager.get(), kServiceName, SERVICE_QUERY_CONFIG));
    if (!service) return L"";
    alignas(QUERY_SERVICE_CONFIGW) BYTE buffer[8192];
    DWORD needed = 0;
    auto* const config = reinterpret_cast<QUERY_SERVICE_CONFIGW*>(buffer);
    REQUIRE(QueryServiceConfigW(service.get(), config, sizeof(buffer), &needed) != FALSE);
    return std::to_wstring(config->dwStartType) + L" " + config->lpServiceStartName;
}

}  // namespace

TEST_CASE("installing a component registers it and names the application in its class key") {
    const Clean clean;
    const Object catalog = newCatalog();
    const std::wstring id = savedApplication(catalog, L"one");
    const std::wstring dll = besideUs(L"component-whole.dll");
    REQUIRE(install(catalog, L"one", dll) == S_OK);
    CHECK(registry::text(kComponentKey + L"\\InprocServer32", nullptr).value_or(L"") == dll);
    CHECK(registry::text(kComponentKey, L"AppID").value_or(L"") == id);
    CHECK(registry::text(kComponentKey + L"\\LocalServer32", nullptr).value_or(L"").find(L"dllhost.exe /ProcessID:" + id) != std::wstring::npos);
    const Object components = applications(catalog).object(L"GetCollection", {L"Components", id});
    components.call(L"Populate");
    REQUIRE(countOf(components) == 1);
    CHECK(components.object(L"Item", {0}).call(L"Key").text() == kComponentClass);
    CHECK(components.tryCall(DISPATCH_METHOD, L"Add", {}) == codeOf(COMAdminErrNotChangeable));
    CHECK(install(catalog, L"one", dll) == codeOf(COMAdminErrObjectErrors));
    CHECK(errorsOf(catalog) == std::vector<HRESULT>{codeOf(COMAdminErrAlreadyInstalled)});
    components.call(L"Remove", {0});
    CHECK(components.call(L"SaveChanges").number() == 1);
    CHECK(registry::text(kComponentKey + L"\\InprocServer32", nullptr).value_or(L"") == dll);
    CHECK_FALSE(registry::text(kComponentKey, L"AppID").has_value());
    CHECK_FALSE(registry::exists(kComponentKey + L"\\LocalServer32"));
    CHECK(install(catalog, id.c_str(), dll) == S_OK);
}

TEST_CASE("a component that cannot be installed says why in ErrorInfo") {
    const Clean clean;
    const Object catalog = newCatalog();
    CHECK(install(catalog, L"one", besideUs(L"component-whole.dll")) == codeOf(COMAdminErrObjectDoesNotExist));
    savedApplication(catalog, L"one");
    const auto fails = [&](const std::wstring& dll, const wchar_t* library, HRESULT expected) {
        CHECK(install(catalog, L"one", dll, library) == codeOf(COMAdminErrObjectErrors));
        CHECK(errorsOf(catalog) == std::vector<HRESULT>{expected});
        CHECK_FALSE(registry::exists(kComponentKey));
    };
    fails(besideUs(L"component-bare.dll"), L"", codeOf(COMAdminErrCompFileNotInstallable));
    fails(besideUs(L"component-whole.dll"), besideUs(L"component-bare.dll").c_str(), codeOf(COMAdminErrCompFileBadTLB));
    fails(besideUs(L"component-failing.dll"), L"", codeOf(COMAdminErrDllRegisterServer));
    fails(besideUs(L"component-none.dll"), L"", codeOf(COMAdminErrCompFileDoesNotExist));
    fails(L"component-whole.dll", L"", codeOf(COMAdminErrBadPath));
}

TEST_CASE("a type library beside the DLL will do") {
    const Clean clean;
    const Object catalog = newCatalog();
    savedApplication(catalog, L"one");
    CHECK(install(catalog, L"one", besideUs(L"component-bare.dll"), besideUs(L"component.tlb").c_str()) == S_OK);
}

TEST_CASE("the service of an application is a service of the machine") {
    const Clean clean;
    const Object catalog = newCatalog();
    CHECK(makeService(catalog, L"SERVICE_DEMAND_START") == codeOf(COMAdminErrObjectDoesNotExist));
    const std::wstring id = savedApplication(catalog, L"one");
    CHECK(catalog.tryCall(DISPATCH_METHOD, L"DeleteServiceForApplication", {L"one"}) == codeOf(COMAdminErrServiceNotInstalled));
    CHECK(makeService(catalog, L"demand") == E_INVALIDARG);
    CHECK(serviceSettings().empty());
    REQUIRE(makeService(catalog, L"SERVICE_DEMAND_START") == S_OK);
    CHECK(serviceSettings() == std::to_wstring(SERVICE_DEMAND_START) + L" LocalSystem");
    CHECK(registry::text(L"SOFTWARE\\Classes\\AppID\\" + id, L"LocalService").value_or(L"") == kServiceName);
    CHECK(applications(catalog).object(L"Item", {0}).get(L"ServiceName").text() == kServiceName);
    CHECK(makeService(catalog, L"SERVICE_DEMAND_START") == HRESULT_FROM_WIN32(ERROR_SERVICE_EXISTS));
    CHECK(catalog.tryCall(DISPATCH_METHOD, L"ShutdownApplication", {L"one"}) == S_OK);
    CHECK(catalog.tryCall(DISPATCH_METHOD, L"DeleteServiceForApplication", {L"one"}) == S_OK);
    CHECK(serviceSettings().empty());
    REQUIRE(makeService(catalog, L"SERVICE_AUTO_START", L"") == S_OK);
    CHECK(serviceSettings().find(L"LocalService") != std::wstring::npos);
}

TEST_CASE("the service does not go with its application") {
    const Clean clean;
    const Object catalog = newCatalog();
    savedApplication(catalog, L"one");
    REQUIRE(makeService(catalog, L"SERVICE_DEMAND_START") == S_OK);
    const Object all = applications(catalog);
    all.call(L"Remove", {0});
    all.call(L"SaveChanges");
    CHECK_FALSE(serviceSettings().empty());
}

}  // namespace gnomon::doubles::test
