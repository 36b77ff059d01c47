// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// The catalog is as strict as the real one, or stricter.
#include "world.h"

namespace gnomon::doubles::test {

TEST_CASE("unsaved changes are seen by nobody else") {
    const Clean clean;
    const Object catalog = newCatalog();
    const Object all = applications(catalog);
    CHECK(countOf(all) == 0);
    const Object added = all.object(L"Add");
    CHECK(added.put(L"Name", L"one") == S_OK);
    CHECK(countOf(all) == 1);
    CHECK(countOf(applications(newCatalog())) == 0);
    all.call(L"Populate");
    CHECK(countOf(all) == 0);
    CHECK(all.call(L"SaveChanges").number() == 0);
    CHECK(countOf(applications(newCatalog())) == 0);
}

TEST_CASE("what is saved has the values that were set, and the defaults of the reference") {
    const Clean clean;
    const Object all = applications(newCatalog());
    const Object added = all.object(L"Add");
    CHECK(added.put(L"Name", L"one") == S_OK);
    CHECK(added.put(L"ApplicationAccessChecksEnabled", true) == S_OK);
    CHECK(added.put(L"Authentication", 6) == S_OK);
    CHECK(added.put(L"AuthenticationCapability", 2) == S_OK);
    CHECK(all.call(L"SaveChanges").number() == 1);
    const Object again = applications(newCatalog());
    REQUIRE(countOf(again) == 1);
    const Object saved = again.object(L"Item", {0});
    CHECK(saved.call(L"Name").text() == L"one");
    CHECK(saved.call(L"Key").text() == saved.get(L"ID").text());
    CHECK(saved.get(L"ApplicationAccessChecksEnabled").flag());
    CHECK(saved.get(L"Authentication").number() == 6);
    CHECK(saved.get(L"AuthenticationCapability").number() == 2);
    CHECK(saved.get(L"ImpersonationLevel").number() == 3);
    CHECK(saved.get(L"Activation").number() == 1);
    CHECK(saved.get(L"ShutdownAfter").number() == 3);
    CHECK(saved.get(L"AccessChecksLevel").number() == 1);
    CHECK_FALSE(saved.get(L"RunForever").flag());
}

TEST_CASE("a property that does not exist, is read-only, or is of another type is refused") {
    const Clean clean;
    const Object added = applications(newCatalog()).object(L"Add");
    CHECK(added.put(L"Autentication", 6) == E_INVALIDARG);
    CHECK(added.tryCall(DISPATCH_PROPERTYGET, L"Value", {L"Autentication"}) == E_INVALIDARG);
    CHECK(added.put(L"ServiceName", L"x") == E_INVALIDARG);
    CHECK(added.tryCall(DISPATCH_PROPERTYGET, L"Value", {L"Password"}) == E_INVALIDARG);
    CHECK(added.put(L"Authentication", L"6") == DISP_E_TYPEMISMATCH);
    CHECK(added.put(L"Name", 6) == DISP_E_TYPEMISMATCH);
    CHECK(added.put(L"RunForever", 2) == DISP_E_TYPEMISMATCH);
    CHECK(added.put(L"RunForever", 1) == S_OK);
    CHECK(added.get(L"RunForever").flag());
}

TEST_CASE("a value outside its enumeration fails the save, and ErrorInfo says which") {
    const Clean clean;
    const Object catalog = newCatalog();
    const Object all = applications(catalog);
    const Object added = all.object(L"Add");
    CHECK(added.put(L"Name", L"one") == S_OK);
    CHECK(added.put(L"ImpersonationLevel", 9) == S_OK);
    CHECK(all.tryCall(DISPATCH_METHOD, L"SaveChanges", {}) == codeOf(COMAdminErrObjectErrors));
    CHECK(errorsOf(catalog) == std::vector<HRESULT>{E_INVALIDARG});
    const Object errors = all.object(L"GetCollection", {L"ErrorInfo", L""});
    errors.call(L"Populate");
    REQUIRE(countOf(errors) == 1);
    CHECK(errors.object(L"Item", {0}).get(L"MajorRef").text() == L"ImpersonationLevel");
    CHECK(countOf(applications(newCatalog())) == 0);
}

TEST_CASE("members have the names and arguments of comadmin.h") {
    const Clean clean;
    const Object catalog = newCatalog();
    CHECK(catalog.tryCall(DISPATCH_METHOD, L"GetCollections", {L"Applications"}) == DISP_E_UNKNOWNNAME);
    CHECK(catalog.tryCall(DISPATCH_METHOD, L"getcollection", {L"Applications"}) == S_OK);
    CHECK(catalog.tryCall(DISPATCH_METHOD, L"GetCollection", {}) == DISP_E_BADPARAMCOUNT);
    CHECK(catalog.tryCall(DISPATCH_METHOD, L"GetCollection", {1}) == DISP_E_TYPEMISMATCH);
    CHECK(catalog.tryCall(DISPATCH_PROPERTYGET, L"GetCollection", {L"Applications"}) == DISP_E_MEMBERNOTFOUND);
    CHECK(catalog.tryCall(DISPATCH_METHOD, L"GetCollection", {L"Application"}) == E_INVALIDARG);
    CHECK(catalog.tryCall(DISPATCH_METHOD, L"GetCollection", {L"Roles"}) == E_INVALIDARG);
    const Object all = applications(catalog);
    CHECK(all.tryCall(DISPATCH_PROPERTYGET, L"Item", {0}) == E_INVALIDARG);
    CHECK(all.tryCall(DISPATCH_METHOD, L"Remove", {0}) == E_INVALIDARG);
    CHECK(all.object(L"Add").tryCall(DISPATCH_METHOD, L"Value", {L"Name"}) == DISP_E_MEMBERNOTFOUND);
    ComPtr<ICOMAdminCatalog2> second;
    CHECK(catalog.raw()->QueryInterface(__uuidof(ICOMAdminCatalog2), second.putVoid()) == S_OK);
    CHECK(second->StopRouter() == E_NOTIMPL);
}

TEST_CASE("roles belong to a saved application, users to a saved role") {
    const Clean clean;
    const Object catalog = newCatalog();
    const Object all = applications(catalog);
    const Object added = all.object(L"Add");
    CHECK(added.put(L"Name", L"one") == S_OK);
    const Var key = added.call(L"Key");
    CHECK(all.tryCall(DISPATCH_METHOD, L"GetCollection", {L"Roles", key}) == codeOf(COMAdminErrObjectParentMissing));
    all.call(L"SaveChanges");
    CHECK(all.tryCall(DISPATCH_METHOD, L"GetCollection", {L"UsersInRole", key}) == E_INVALIDARG);
    const Object roles = all.object(L"GetCollection", {L"Roles", key});
    const Object role = roles.object(L"Add");
    CHECK(role.put(L"Name", L"Administrators") == S_OK);
    CHECK(role.put(L"Description", L"who may") == S_OK);
    CHECK(roles.tryCall(DISPATCH_METHOD, L"GetCollection", {L"UsersInRole", L"Administrators"}) == codeOf(COMAdminErrObjectParentMissing));
    CHECK(roles.call(L"SaveChanges").number() == 1);
    const Object users = roles.object(L"GetCollection", {L"UsersInRole", role.call(L"Key")});
    CHECK(users.object(L"Add").put(L"User", L".\\Administrators") == S_OK);
    CHECK(users.object(L"Add").put(L"User", L"SYSTEM") == S_OK);
    CHECK(users.call(L"SaveChanges").number() == 2);
    CHECK(users.object(L"Add").put(L"User", L"nobody of this name") == S_OK);
    CHECK(users.tryCall(DISPATCH_METHOD, L"SaveChanges", {}) == codeOf(COMAdminErrObjectErrors));
    CHECK(errorsOf(catalog) == std::vector<HRESULT>{codeOf(COMAdminErrInvalidUserids)});
    users.call(L"Populate");
    CHECK(countOf(users) == 2);
    CHECK(roles.object(L"Add").put(L"Name", L"Administrators") == S_OK);
    CHECK(roles.tryCall(DISPATCH_METHOD, L"SaveChanges", {}) == codeOf(COMAdminErrObjectErrors));
    CHECK(errorsOf(catalog) == std::vector<HRESULT>{codeOf(COMAdminErrRoleExists)});
}

TEST_CASE("removing counts when it is saved, and takes along what belongs to the application") {
    const Clean clean;
    const Object catalog = newCatalog();
    const std::wstring id = savedApplication(catalog, L"one");
    savedApplication(catalog, L"two");
    CHECK(registry::text(L"SOFTWARE\\Classes\\AppID\\" + id, nullptr).value_or(L"") == L"one");
    const Object all = applications(catalog);
    for (int index = countOf(all) - 1; index >= 0; --index) {
        if (all.object(L"Item", {index}).call(L"Name").text() == L"one") all.call(L"Remove", {index});
    }
    CHECK(countOf(all) == 1);
    CHECK(countOf(applications(newCatalog())) == 2);
    CHECK(all.call(L"SaveChanges").number() == 1);
    CHECK(countOf(applications(newCatalog())) == 1);
    CHECK_FALSE(registry::exists(L"SOFTWARE\\Classes\\AppID\\" + id));
}

}  // namespace gnomon::doubles::test
