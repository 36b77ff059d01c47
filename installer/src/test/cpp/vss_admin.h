// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// IVssAdmin of the VSS coordinator, with its list of providers where Windows has it: HKLM\SYSTEM\CurrentControlSet\Services\VSS\Providers.
#pragma once

#include "com_object.h"
#include "gnomon/win.h"

#include <vsadmin.h>

#include "registry.h"

namespace gnomon::doubles {

inline constexpr char kVssName[] = "VssAdmin";
inline constexpr wchar_t kVssService[] = L"SYSTEM\\CurrentControlSet\\Services\\VSS";

class VssAdmin final : public IVssAdmin {
public:
    VssAdmin() = default;
    VssAdmin(const VssAdmin&) = delete;
    VssAdmin& operator=(const VssAdmin&) = delete;

    STDMETHODIMP QueryInterface(REFIID iid, void** object) override;
    STDMETHODIMP_(ULONG) AddRef() override;
    STDMETHODIMP_(ULONG) Release() override;
    STDMETHODIMP RegisterProvider(VSS_ID id, CLSID classId, VSS_PWSZ name, VSS_PROVIDER_TYPE type, VSS_PWSZ version, VSS_ID versionId) override;
    STDMETHODIMP UnregisterProvider(VSS_ID id) override;
    STDMETHODIMP QueryProviders(IVssEnumObject** providers) override;
    STDMETHODIMP AbortAllSnapshotsInProgress() override;

private:
    ~VssAdmin() = default;

    References references_;
};

/** Writes a provider's keys, of which QueryProviders reads them. */
void writeProvider(const GUID& id, const GUID& classId, const std::wstring& name, DWORD type, const std::wstring& version, const GUID& versionId);

}  // namespace gnomon::doubles
