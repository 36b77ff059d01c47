// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "vss_admin.h"

#include <algorithm>
#include <cstring>

#include "journal.h"

namespace gnomon::doubles {

namespace {

const std::wstring kProviders = std::wstring(kVssService) + L"\\Providers";
// Longest text that VSS takes (contract, section 7).
constexpr std::size_t kLongestText = 32767;

std::wstring keyOf(const GUID& id) { return kProviders + L"\\" + guidWithBraces(id); }

/** One provider as the registry has it. */
struct Provider {
    GUID id{};
    GUID classId{};
    GUID versionId{};
    DWORD type = 0;
    std::wstring name;
    std::wstring version;
};

GUID guidIn(const std::wstring& text) {
    GUID guid{};
    return SUCCEEDED(CLSIDFromString(text.c_str(), &guid)) ? guid : GUID{};
}

std::vector<Provider> providers() {
    std::vector<Provider> all;
    for (const std::wstring& child : registry::children(kProviders)) {
        const std::wstring key = kProviders + L"\\" + child;
        Provider provider;
        provider.id = guidIn(child);
        provider.classId = guidIn(registry::text(key + L"\\CLSID", nullptr).value_or(L""));
        provider.versionId = guidIn(registry::text(key, L"VersionId").value_or(L""));
        provider.type = registry::number(key, L"Type").value_or(0);
        provider.name = registry::text(key, nullptr).value_or(L"");
        provider.version = registry::text(key, L"Version").value_or(L"");
        all.push_back(provider);
    }
    return all;
}

/** A copy that the caller frees. */
wchar_t* taskText(const std::wstring& text) {
    const std::size_t bytes = (text.size() + 1) * sizeof(wchar_t);
    void* const copy = CoTaskMemAlloc(bytes);
    if (copy == nullptr) throw Failure{E_OUTOFMEMORY};
    return static_cast<wchar_t*>(std::memcpy(copy, text.c_str(), bytes));
}

class Providers final : public IVssEnumObject {
public:
    explicit Providers(std::vector<Provider> all) : all_(std::move(all)) {}
    Providers(const Providers&) = delete;
    Providers& operator=(const Providers&) = delete;

    STDMETHODIMP QueryInterface(REFIID iid, void** object) override {
        if (object == nullptr) return E_POINTER;
        const bool known = iid == __uuidof(IUnknown) || iid == __uuidof(IVssEnumObject);
        *object = known ? this : nullptr;
        if (known) AddRef();
        return known ? S_OK : E_NOINTERFACE;
    }
    STDMETHODIMP_(ULONG) AddRef() override { return references_.add(); }
    STDMETHODIMP_(ULONG) Release() override {
        const ULONG left = references_.remove();
        if (left == 0) delete this;
        return left;
    }
    STDMETHODIMP Next(ULONG count, VSS_OBJECT_PROP* items, ULONG* fetched) override {
        return traced(kVssName, L"Providers.Next", {std::to_wstring(count)}, [&] {
            if (items == nullptr || fetched == nullptr) return E_POINTER;
            *fetched = 0;
            for (; *fetched < count && next_ < all_.size(); ++next_, ++*fetched) fill(all_[next_], items[*fetched]);
            return *fetched == count ? S_OK : S_FALSE;
        });
    }
    STDMETHODIMP Skip(ULONG count) override {
        const bool there = count <= all_.size() - next_;
        next_ = std::min<std::size_t>(all_.size(), next_ + count);
        return there ? S_OK : S_FALSE;
    }
    STDMETHODIMP Reset() override {
        next_ = 0;
        return S_OK;
    }
    STDMETHODIMP Clone(IVssEnumObject** copy) override {
        if (copy == nullptr) return E_POINTER;
        *copy = new Providers(*this, next_);
        return S_OK;
    }

private:
    Providers(const Providers& other, std::size_t next) : all_(other.all_), next_(next) {}
    ~Providers() = default;

    static void fill(const Provider& provider, VSS_OBJECT_PROP& item) {
        item = VSS_OBJECT_PROP{};
        item.Type = VSS_OBJECT_PROVIDER;
        item.Obj.Prov.m_ProviderId = provider.id;
        item.Obj.Prov.m_pwszProviderName = taskText(provider.name);
        item.Obj.Prov.m_eProviderType = static_cast<VSS_PROVIDER_TYPE>(provider.type);
        item.Obj.Prov.m_pwszProviderVersion = taskText(provider.version);
        item.Obj.Prov.m_ProviderVersionId = provider.versionId;
        item.Obj.Prov.m_ClassId = provider.classId;
    }

    References references_;
    const std::vector<Provider> all_;
    std::size_t next_ = 0;
};

bool isText(const wchar_t* text) { return text != nullptr && *text != L'\0' && std::wcslen(text) <= kLongestText; }

}  // namespace

void writeProvider(const GUID& id, const GUID& classId, const std::wstring& name, DWORD type, const std::wstring& version, const GUID& versionId) {
    registry::setText(keyOf(id), nullptr, name);
    registry::setNumber(keyOf(id), L"Type", type);
    registry::setText(keyOf(id), L"Version", version);
    registry::setText(keyOf(id), L"VersionId", guidWithBraces(versionId));
    registry::setText(keyOf(id) + L"\\CLSID", nullptr, guidWithBraces(classId));
}

STDMETHODIMP VssAdmin::QueryInterface(REFIID iid, void** object) {
    if (object == nullptr) return E_POINTER;
    const bool known = iid == __uuidof(IUnknown) || iid == __uuidof(IVssAdmin);
    *object = known ? this : nullptr;
    if (known) AddRef();
    return known ? S_OK : E_NOINTERFACE;
}

STDMETHODIMP_(ULONG) VssAdmin::AddRef() { return references_.add(); }

STDMETHODIMP_(ULONG) VssAdmin::Release() {
    const ULONG left = references_.remove();
    if (left == 0) delete this;
    return left;
}

STDMETHODIMP VssAdmin::RegisterProvider(VSS_ID id, CLSID classId, VSS_PWSZ name, VSS_PROVIDER_TYPE type, VSS_PWSZ version, VSS_ID versionId) {
    const Arguments arguments = {guidWithBraces(id), guidWithBraces(classId), said(name), std::to_wstring(type), said(version), guidWithBraces(versionId)};
    return traced(kVssName, L"RegisterProvider", arguments, [&] {
        if (id == GUID{} || classId == GUID{} || versionId == GUID{} || !isText(name) || !isText(version)) return E_INVALIDARG;
        // Hardware providers need a server system; the system's own provider is not registered by anybody.
        if (type != VSS_PROV_SOFTWARE) return E_INVALIDARG;
        if (registry::exists(keyOf(id))) return VSS_E_PROVIDER_ALREADY_REGISTERED;
        writeProvider(id, classId, name, static_cast<DWORD>(type), version, versionId);
        return S_OK;
    });
}

STDMETHODIMP VssAdmin::UnregisterProvider(VSS_ID id) {
    return traced(kVssName, L"UnregisterProvider", {guidWithBraces(id)}, [&] {
        if (!registry::exists(keyOf(id))) return VSS_E_PROVIDER_NOT_REGISTERED;
        registry::deleteTree(keyOf(id));
        return S_OK;
    });
}

STDMETHODIMP VssAdmin::QueryProviders(IVssEnumObject** list) {
    return traced(kVssName, L"QueryProviders", {}, [&] {
        if (list == nullptr) return E_INVALIDARG;
        *list = nullptr;
        *list = new Providers(providers());
        return S_OK;
    });
}

STDMETHODIMP VssAdmin::AbortAllSnapshotsInProgress() {
    return traced(kVssName, L"AbortAllSnapshotsInProgress", {}, [] { return E_NOTIMPL; });
}

}  // namespace gnomon::doubles
