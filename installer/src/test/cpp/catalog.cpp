// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "catalog.h"

namespace gnomon::doubles {

const std::vector<Member>& Catalog::members() {
    static const std::vector<Member> all = {
        member(L"GetCollection", 1, DISPATCH_METHOD, &Catalog::GetCollection),
        member(L"MajorVersion", 3, DISPATCH_PROPERTYGET, &Catalog::get_MajorVersion),
        member(L"MinorVersion", 4, DISPATCH_PROPERTYGET, &Catalog::get_MinorVersion),
        member(L"InstallComponent", 7, DISPATCH_METHOD, &Catalog::InstallComponent),
        member(L"ShutdownApplication", 8, DISPATCH_METHOD, &Catalog::ShutdownApplication),
        member(L"CreateServiceForApplication", 33, DISPATCH_METHOD, &Catalog::CreateServiceForApplication),
        member(L"DeleteServiceForApplication", 34, DISPATCH_METHOD, &Catalog::DeleteServiceForApplication),
        member(L"Is64BitCatalogServer", 50, DISPATCH_PROPERTYGET, &Catalog::get_Is64BitCatalogServer),
    };
    return all;
}

STDMETHODIMP Catalog::GetCollection(BSTR name, IDispatch** collection) {
    return traced(kCatalogName, L"Catalog.GetCollection", {said(name)}, [&] {
        if (collection == nullptr) return E_POINTER;
        *collection = nullptr;
        const CollectionSchema* const wanted = schemaOf(said(name));
        if (wanted == nullptr) return E_INVALIDARG;
        // The others belong to an application or a role and are reached from there.
        if (wanted->collection != Collection::Applications && wanted->collection != Collection::ErrorInfo) return E_INVALIDARG;
        *collection = new CatalogCollection(session_, *wanted, kApplications, L"");
        return S_OK;
    });
}

STDMETHODIMP Catalog::get_MajorVersion(LONG* version) {
    return traced(kCatalogName, L"Catalog.get_MajorVersion", {}, [&] {
        if (version == nullptr) return E_POINTER;
        *version = 1;
        return S_OK;
    });
}

STDMETHODIMP Catalog::get_MinorVersion(LONG* version) {
    return traced(kCatalogName, L"Catalog.get_MinorVersion", {}, [&] {
        if (version == nullptr) return E_POINTER;
        *version = 0;
        return S_OK;
    });
}

STDMETHODIMP Catalog::InstallComponent(BSTR application, BSTR dll, BSTR library, BSTR proxy) {
    return traced(kCatalogName, L"Catalog.InstallComponent", {said(application), said(dll), said(library), said(proxy)}, [&] {
        session_->errors.clear();
        return installComponent(*session_, doubles::store::application(application), said(dll), said(library), said(proxy));
    });
}

STDMETHODIMP Catalog::ShutdownApplication(BSTR application) {
    return traced(kCatalogName, L"Catalog.ShutdownApplication", {said(application)},
                  [&] { return stopService(doubles::store::application(application)); });
}

STDMETHODIMP Catalog::CreateServiceForApplication(BSTR application, BSTR service, BSTR start, BSTR errors, BSTR dependencies, BSTR account,
                                                  BSTR password, VARIANT_BOOL desktop) {
    const Arguments arguments = {said(application), said(service), said(start), said(errors), said(dependencies), said(account), said(password),
                                 desktop == VARIANT_FALSE ? L"false" : L"true"};
    return traced(kCatalogName, L"Catalog.CreateServiceForApplication", arguments, [&] {
        return createService(doubles::store::application(application), said(service), said(start), said(errors), said(dependencies), said(account),
                             said(password));
    });
}

STDMETHODIMP Catalog::DeleteServiceForApplication(BSTR application) {
    return traced(kCatalogName, L"Catalog.DeleteServiceForApplication", {said(application)},
                  [&] { return deleteService(doubles::store::application(application)); });
}

STDMETHODIMP Catalog::get_Is64BitCatalogServer(VARIANT_BOOL* is64Bit) {
    return traced(kCatalogName, L"Catalog.get_Is64BitCatalogServer", {}, [&] {
        if (is64Bit == nullptr) return E_POINTER;
        *is64Bit = VARIANT_TRUE;
        return S_OK;
    });
}

}  // namespace gnomon::doubles
