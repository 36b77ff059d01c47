// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "store.h"

#include "comadmin_codes.h"

namespace gnomon::doubles {

HRESULT Session::fail(const std::wstring& name, HRESULT code, const std::wstring& major, const std::wstring& minor) {
    errors.push_back(ErrorLine{name, code, major, minor});
    return codeOf(COMAdminErrObjectErrors);
}

namespace store {

std::wstring encoded(const std::wstring& key) {
    std::wstring name;
    for (const wchar_t c : key) {
        if (c == L'\\') {
            name += L"%5C";
        } else if (c == L'%') {
            name += L"%25";
        } else {
            name += c;
        }
    }
    return name;
}

Values load(const std::wstring& path, const CollectionSchema& schema) {
    Values values = defaultsOf(schema);
    for (const Property& property : schema.properties) {
        if (property.kind == Kind::Text) {
            values[property.name].text = registry::text(path, property.name).value_or(property.standard.text);
        } else {
            values[property.name].number = static_cast<LONG>(registry::number(path, property.name).value_or(static_cast<DWORD>(property.standard.number)));
        }
    }
    return values;
}

void save(const std::wstring& path, const CollectionSchema& schema, const Values& values) {
    for (const Property& property : schema.properties) {
        const Value& value = values.at(property.name);
        // Nobody can read it, so nobody needs it.
        if (property.access == Access::WriteOnly) continue;
        if (property.kind == Kind::Text) {
            registry::setText(path, property.name, value.text);
        } else {
            registry::setNumber(path, property.name, static_cast<DWORD>(value.number));
        }
    }
}

std::wstring application(const wchar_t* idOrName) {
    const std::wstring wanted = idOrName == nullptr ? L"" : idOrName;
    for (const std::wstring& id : registry::children(kApplications)) {
        if (same(id, wanted) || same(registry::text(pathOf(id), L"Name").value_or(L""), wanted)) return id;
    }
    throw Failure{codeOf(COMAdminErrObjectDoesNotExist)};
}

void applicationSaved(const std::wstring& application, const Values& values) {
    registry::setText(appIdKey(application), nullptr, values.at(L"Name").text);
}

void applicationRemoved(const std::wstring& application) {
    for (const std::wstring& classId : registry::children(pathOf(application) + L"\\Components")) componentRemoved(application, classId);
    registry::deleteTree(appIdKey(application));
}

/** What the component's DllRegisterServer wrote stays: no script calls DllUnregisterServer by way of COM+. */
void componentRemoved(const std::wstring& application, const std::wstring& classId) {
    const std::wstring key = classKey(classId);
    if (!same(registry::text(key, L"AppID").value_or(L""), application)) return;
    registry::deleteValue(key, L"AppID");
    registry::deleteTree(key + L"\\LocalServer32");
}

}  // namespace store

}  // namespace gnomon::doubles
