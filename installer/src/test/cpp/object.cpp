// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "collection.h"

namespace gnomon::doubles {

const std::vector<Member>& CatalogObject::members() {
    static const std::vector<Member> all = {
        doubles::member(L"Value", 1, DISPATCH_PROPERTYGET, &CatalogObject::get_Value),
        doubles::member(L"Value", 1, DISPATCH_PROPERTYPUT, &CatalogObject::put_Value),
        doubles::member(L"Key", 2, DISPATCH_PROPERTYGET, &CatalogObject::get_Key),
        doubles::member(L"Name", 3, DISPATCH_PROPERTYGET, &CatalogObject::get_Name),
        doubles::member(L"IsPropertyReadOnly", 4, DISPATCH_METHOD, &CatalogObject::IsPropertyReadOnly),
        doubles::member(L"Valid", 5, DISPATCH_PROPERTYGET, &CatalogObject::get_Valid),
        doubles::member(L"IsPropertyWriteOnly", 6, DISPATCH_METHOD, &CatalogObject::IsPropertyWriteOnly),
    };
    return all;
}

/** Microsoft's pages name no code for a property that does not exist; E_INVALIDARG is what methods of the catalog share. */
const Property& CatalogObject::property(const wchar_t* name) const {
    const Property* const found = name == nullptr ? nullptr : schema_.find(name);
    if (found == nullptr) throw Failure{E_INVALIDARG};
    return *found;
}

STDMETHODIMP CatalogObject::get_Value(BSTR name, VARIANT* value) {
    return traced(kCatalogName, member(L"get_Value"), {said(name)}, [&] {
        if (value == nullptr) return E_POINTER;
        VariantInit(value);
        const Property& wanted = property(name);
        if (wanted.access == Access::WriteOnly) return E_INVALIDARG;
        write(entry_->values[wanted.name], wanted, *value);
        return S_OK;
    });
}

STDMETHODIMP CatalogObject::put_Value(BSTR name, VARIANT value) {
    return traced(kCatalogName, member(L"put_Value"), {said(name), said(value)}, [&] {
        const Property& wanted = property(name);
        // A key names its object from the first save on.
        const bool fixed = !entry_->savedKey.empty() && same(wanted.name, schema_.key);
        if (wanted.access == Access::ReadOnly || fixed) return E_INVALIDARG;
        Value read;
        if (!doubles::read(value, wanted, read)) return DISP_E_TYPEMISMATCH;
        entry_->values[wanted.name] = read;
        entry_->changed = true;
        return S_OK;
    });
}

STDMETHODIMP CatalogObject::get_Key(VARIANT* key) {
    return traced(kCatalogName, member(L"get_Key"), {}, [&] {
        if (key == nullptr) return E_POINTER;
        write(entry_->values[schema_.key], property(schema_.key), *key);
        return S_OK;
    });
}

STDMETHODIMP CatalogObject::get_Name(VARIANT* name) {
    return traced(kCatalogName, member(L"get_Name"), {}, [&] {
        if (name == nullptr) return E_POINTER;
        write(entry_->values[schema_.shown], property(schema_.shown), *name);
        return S_OK;
    });
}

STDMETHODIMP CatalogObject::IsPropertyReadOnly(BSTR name, VARIANT_BOOL* readOnly) {
    return traced(kCatalogName, member(L"IsPropertyReadOnly"), {said(name)}, [&] {
        if (readOnly == nullptr) return E_POINTER;
        *readOnly = property(name).access == Access::ReadOnly ? VARIANT_TRUE : VARIANT_FALSE;
        return S_OK;
    });
}

STDMETHODIMP CatalogObject::get_Valid(VARIANT_BOOL* valid) {
    return traced(kCatalogName, member(L"get_Valid"), {}, [&] {
        if (valid == nullptr) return E_POINTER;
        *valid = entry_->removed ? VARIANT_FALSE : VARIANT_TRUE;
        return S_OK;
    });
}

STDMETHODIMP CatalogObject::IsPropertyWriteOnly(BSTR name, VARIANT_BOOL* writeOnly) {
    return traced(kCatalogName, member(L"IsPropertyWriteOnly"), {said(name)}, [&] {
        if (writeOnly == nullptr) return E_POINTER;
        *writeOnly = property(name).access == Access::WriteOnly ? VARIANT_TRUE : VARIANT_FALSE;
        return S_OK;
    });
}

}  // namespace gnomon::doubles
