// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// IVssAdmin: VSS's own list of providers, which is never written by hand.
#include <algorithm>

#include "gnomon/handles.h"
#include "gnomon/identities.h"
#include "gnomon/registration.h"
#include "gnomon/version.h"
#include "gnomon/win_guid.h"

#include <vsadmin.h>

namespace gnomon {

namespace {

constexpr int kAttempts = 5;
constexpr DWORD kPauseMillis = 1000;
constexpr GUID kCoordinator = {0xe579ab5f, 0x1cc4, 0x44b4, {0xbe, 0xd9, 0xde, 0x09, 0x91, 0xff, 0x06, 0x23}};

/** COM on this thread, in whatever apartment it may be already. */
class ComUse {
public:
    ComUse() noexcept : result_(CoInitializeEx(nullptr, COINIT_MULTITHREADED)) {}
    ~ComUse() {
        if (SUCCEEDED(result_)) CoUninitialize();
    }
    ComUse(const ComUse&) = delete;
    ComUse& operator=(const ComUse&) = delete;

private:
    HRESULT result_;
};

HRESULT openAdmin(ComPtr<IVssAdmin>& admin) noexcept {
    return CoCreateInstance(kCoordinator, nullptr, CLSCTX_ALL, __uuidof(IVssAdmin), admin.putVoid());
}

bool isOurs(const VSS_PROVIDER_PROP& provider) noexcept {
    return fromWindows(provider.m_ProviderId) == guidOf(GNOMON_VSS_PROVIDER_ID) &&
           fromWindows(provider.m_ClassId) == guidOf(GNOMON_VSS_CLASS_ID) &&
           fromWindows(provider.m_ProviderVersionId) == guidOf(GNOMON_VSS_VERSION_ID);
}

/** Whether VSS lists this provider with this class and this version. */
bool isListed(IVssAdmin& admin) noexcept {
    ComPtr<IVssEnumObject> providers;
    if (FAILED(admin.QueryProviders(providers.put())) || !providers) return false;
    bool found = false;
    while (!found) {
        VSS_OBJECT_PROP item{};
        ULONG fetched = 0;
        if (FAILED(providers->Next(1, &item, &fetched)) || fetched == 0) break;
        found = item.Type == VSS_OBJECT_PROVIDER && isOurs(item.Obj.Prov);
        CoTaskMemFree(item.Obj.Prov.m_pwszProviderName);
        CoTaskMemFree(item.Obj.Prov.m_pwszProviderVersion);
    }
    return found;
}

}  // namespace

HRESULT registerProvider(bool& added) noexcept {
    added = false;
    const ComUse com;
    ComPtr<IVssAdmin> admin;
    HRESULT result = openAdmin(admin);
    if (FAILED(result)) return result;
    wchar_t name[] = GNOMON_WIDE(GNOMON_VSS_PROVIDER_NAME);
    result = admin->RegisterProvider(toWindows(guidOf(GNOMON_VSS_PROVIDER_ID)), toWindows(guidOf(GNOMON_VSS_CLASS_ID)), name,
                                     VSS_PROV_SOFTWARE, const_cast<wchar_t*>(kWideVersion), toWindows(guidOf(GNOMON_VSS_VERSION_ID)));
    added = SUCCEEDED(result);
    return result == VSS_E_PROVIDER_ALREADY_REGISTERED && isListed(*admin.get()) ? S_OK : result;
}

HRESULT unregisterProvider() noexcept {
    const ComUse com;
    ComPtr<IVssAdmin> admin;
    HRESULT result = openAdmin(admin);
    if (result == REGDB_E_CLASSNOTREG) return S_OK;
    if (FAILED(result)) return result;
    for (int attempt = 1; ; ++attempt) {
        result = admin->UnregisterProvider(toWindows(guidOf(GNOMON_VSS_PROVIDER_ID)));
        if (result != VSS_E_PROVIDER_IN_USE || attempt == kAttempts) break;
        Sleep(kPauseMillis);
    }
    return result == VSS_E_PROVIDER_NOT_REGISTERED ? S_OK : result;
}

}  // namespace gnomon
