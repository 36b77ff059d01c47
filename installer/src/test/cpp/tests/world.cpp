// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "world.h"

#include <algorithm>

namespace gnomon::doubles::test {

HRESULT Object::tryCall(WORD kind, const wchar_t* name, std::initializer_list<Var> arguments, Var* result) const {
    DISPID id = DISPID_UNKNOWN;
    std::wstring copy = name;
    wchar_t* names = copy.data();
    const HRESULT found = object_->GetIDsOfNames(GUID{}, &names, 1, LOCALE_USER_DEFAULT, &id);
    if (FAILED(found)) return found;
    std::vector<VARIANT> reversed;
    for (const Var& argument : arguments) reversed.insert(reversed.begin(), argument.get());
    DISPID put = DISPID_PROPERTYPUT;
    DISPPARAMS given{reversed.data(), kind == DISPATCH_PROPERTYPUT ? &put : nullptr, static_cast<UINT>(reversed.size()),
                     kind == DISPATCH_PROPERTYPUT ? 1u : 0u};
    EXCEPINFO exception{};
    Var ignored;
    const HRESULT called =
        object_->Invoke(id, GUID{}, LOCALE_USER_DEFAULT, kind, &given, (result == nullptr ? ignored : *result).put(), &exception, nullptr);
    SysFreeString(exception.bstrSource);
    SysFreeString(exception.bstrDescription);
    return called == DISP_E_EXCEPTION ? exception.scode : called;
}

Var Object::call(const wchar_t* name, std::initializer_list<Var> arguments) const {
    Var result;
    const HRESULT called = tryCall(DISPATCH_METHOD | DISPATCH_PROPERTYGET, name, arguments, &result);
    CAPTURE(utf8(name));
    CAPTURE(static_cast<unsigned long>(called));
    REQUIRE(SUCCEEDED(called));
    return result;
}

Object Object::object(const wchar_t* name, std::initializer_list<Var> arguments) const {
    const Var result = call(name, arguments);
    REQUIRE(result.get().vt == VT_DISPATCH);
    return Object(ComPtr<IDispatch>::share(result.get().pdispVal));
}

Var Object::get(const wchar_t* property) const { return call(L"Value", {property}); }

HRESULT Object::put(const wchar_t* property, const Var& value) const { return tryCall(DISPATCH_PROPERTYPUT, L"Value", {property, value}); }

Object newCatalog() {
    CLSID id{};
    REQUIRE(SUCCEEDED(CLSIDFromProgID(L"COMAdmin.COMAdminCatalog", &id)));
    ComPtr<IDispatch> catalog;
    REQUIRE(SUCCEEDED(CoCreateInstance(id, nullptr, CLSCTX_ALL, __uuidof(IDispatch), catalog.putVoid())));
    return Object(std::move(catalog));
}

Object applications(const Object& catalog) {
    Object all = catalog.object(L"GetCollection", {L"Applications"});
    all.call(L"Populate");
    return all;
}

std::wstring savedApplication(const Object& catalog, const wchar_t* name) {
    const Object all = applications(catalog);
    const Object added = all.object(L"Add");
    REQUIRE(added.put(L"Name", name) == S_OK);
    CHECK(all.call(L"SaveChanges").number() == 1);
    return added.call(L"Key").text();
}

int countOf(const Object& collection) { return collection.call(L"Count").number(); }

std::vector<HRESULT> errorsOf(const Object& catalog) {
    const Object errors = catalog.object(L"GetCollection", {L"ErrorInfo"});
    errors.call(L"Populate");
    std::vector<HRESULT> codes;
    for (int index = 0; index < countOf(errors); ++index) codes.push_back(errors.object(L"Item", {index}).get(L"ErrorCode").number());
    return codes;
}

void Clean::clean() {
    for (const wchar_t* setting : {L"FailAt", L"Log"}) registry::deleteValue(kTestKey, setting);
    registry::deleteTree(std::wstring(kTestKey) + L"\\Calls");
    const std::wstring all = std::wstring(kTestKey) + L"\\ComPlus\\Applications";
    for (const std::wstring& id : registry::children(all)) {
        registry::deleteTree(all + L"\\" + id);
        registry::deleteTree(L"SOFTWARE\\Classes\\AppID\\" + id);
    }
    registry::deleteTree(kComponentKey);
    registry::deleteTree(L"SOFTWARE\\Classes\\TypeLib\\{D0000000-0001-4F0F-8F0F-F0F0F0F0F0F1}");
    const ServiceHandle manager(OpenSCManagerW(nullptr, nullptr, SC_MANAGER_ALL_ACCESS));
    const ServiceHandle service(OpenServiceW(manager.get(), kServiceName, DELETE));
    if (service) DeleteService(service.get());
}

std::wstring besideUs(const wchar_t* file) {
    wchar_t path[MAX_PATH] = {};
    GetModuleFileNameW(nullptr, path, MAX_PATH);
    const std::wstring whole = path;
    return whole.substr(0, whole.rfind(L'\\') + 1) + file;
}

}  // namespace gnomon::doubles::test
