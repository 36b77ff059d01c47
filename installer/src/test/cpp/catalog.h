// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// COMAdmin.COMAdminCatalog: the top of the COM+ catalog.
#pragma once

#include "not_played.h"

namespace gnomon::doubles {

class Catalog final : public NotPlayed<Dispatching<Catalog, ICOMAdminCatalog2, ICOMAdminCatalog>> {
public:
    static const std::vector<Member>& members();

    STDMETHODIMP GetCollection(BSTR name, IDispatch** collection) override;
    STDMETHODIMP get_MajorVersion(LONG* version) override;
    STDMETHODIMP get_MinorVersion(LONG* version) override;
    STDMETHODIMP InstallComponent(BSTR application, BSTR dll, BSTR library, BSTR proxy) override;
    STDMETHODIMP ShutdownApplication(BSTR application) override;
    STDMETHODIMP CreateServiceForApplication(BSTR application, BSTR service, BSTR start, BSTR errors, BSTR dependencies, BSTR account,
                                             BSTR password, VARIANT_BOOL desktop) override;
    STDMETHODIMP DeleteServiceForApplication(BSTR application) override;
    STDMETHODIMP get_Is64BitCatalogServer(VARIANT_BOOL* is64Bit) override;

private:
    friend class Dispatching<Catalog, ICOMAdminCatalog2, ICOMAdminCatalog>;
    ~Catalog() = default;

    const std::shared_ptr<Session> session_ = std::make_shared<Session>();
};

}  // namespace gnomon::doubles
