// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "collection.h"

#include <algorithm>

namespace gnomon::doubles {

namespace {

/** Which collections can be reached from which, and the key below an object's that holds them. */
const wchar_t* below(Collection parent, Collection child) {
    if (parent == Collection::Applications && child == Collection::Components) return L"Components";
    if (parent == Collection::Applications && child == Collection::Roles) return L"Roles";
    if (parent == Collection::Roles && child == Collection::UsersInRole) return L"UsersInRole";
    return nullptr;
}

}  // namespace

const std::vector<Member>& CatalogCollection::members() {
    static const std::vector<Member> all = {
        doubles::member(L"_NewEnum", DISPID_NEWENUM, DISPATCH_PROPERTYGET, &CatalogCollection::get__NewEnum),
        doubles::member(L"Item", 1, DISPATCH_PROPERTYGET, &CatalogCollection::get_Item),
        doubles::member(L"Count", 0x60020002, DISPATCH_PROPERTYGET, &CatalogCollection::get_Count),
        doubles::member(L"Remove", 0x60020003, DISPATCH_METHOD, &CatalogCollection::Remove),
        doubles::member(L"Add", 0x60020004, DISPATCH_METHOD, &CatalogCollection::Add),
        doubles::member(L"Populate", 2, DISPATCH_METHOD, &CatalogCollection::Populate),
        doubles::member(L"SaveChanges", 3, DISPATCH_METHOD, &CatalogCollection::SaveChanges),
        doubles::member(L"GetCollection", 4, DISPATCH_METHOD, &CatalogCollection::GetCollection),
        doubles::member(L"Name", 6, DISPATCH_PROPERTYGET, &CatalogCollection::get_Name),
        doubles::member(L"AddEnabled", 7, DISPATCH_PROPERTYGET, &CatalogCollection::get_AddEnabled),
        doubles::member(L"RemoveEnabled", 8, DISPATCH_PROPERTYGET, &CatalogCollection::get_RemoveEnabled),
    };
    return all;
}

std::shared_ptr<Entry> CatalogCollection::at(LONG index) const {
    if (index < 0 || static_cast<std::size_t>(index) >= entries_.size()) throw Failure{E_INVALIDARG};
    return entries_[static_cast<std::size_t>(index)];
}

STDMETHODIMP CatalogCollection::get_Item(LONG index, IDispatch** object) {
    return traced(kCatalogName, member(L"get_Item"), {std::to_wstring(index)}, [&] {
        if (object == nullptr) return E_POINTER;
        *object = nullptr;
        *object = new CatalogObject(schema_, at(index));
        return S_OK;
    });
}

STDMETHODIMP CatalogCollection::get_Count(LONG* count) {
    return traced(kCatalogName, member(L"get_Count"), {}, [&] {
        if (count == nullptr) return E_POINTER;
        *count = static_cast<LONG>(entries_.size());
        return S_OK;
    });
}

STDMETHODIMP CatalogCollection::Remove(LONG index) {
    return traced(kCatalogName, member(L"Remove"), {std::to_wstring(index)}, [&] {
        if (!schema_.removeEnabled) return codeOf(COMAdminErrNotDeletable);
        const std::shared_ptr<Entry> entry = at(index);
        entry->removed = true;
        entries_.erase(entries_.begin() + index);
        if (!entry->savedKey.empty()) removed_.push_back(entry);
        return S_OK;
    });
}

STDMETHODIMP CatalogCollection::Add(IDispatch** object) {
    return traced(kCatalogName, member(L"Add"), {}, [&] {
        if (object == nullptr) return E_POINTER;
        *object = nullptr;
        if (!schema_.addEnabled) return codeOf(COMAdminErrNotChangeable);
        auto entry = std::make_shared<Entry>();
        entry->values = defaultsOf(schema_);
        if (schema_.collection == Collection::Applications) entry->values[schema_.key].text = newGuid();
        entry->changed = true;
        *object = new CatalogObject(schema_, entry);
        entries_.push_back(std::move(entry));
        return S_OK;
    });
}

void CatalogCollection::populateErrors() {
    for (const ErrorLine& line : session_->errors) {
        auto entry = std::make_shared<Entry>();
        entry->values = defaultsOf(schema_);
        entry->values[L"Name"].text = line.name;
        entry->values[L"ErrorCode"].number = line.code;
        entry->values[L"MajorRef"].text = line.major;
        entry->values[L"MinorRef"].text = line.minor;
        entries_.push_back(std::move(entry));
    }
}

STDMETHODIMP CatalogCollection::Populate() {
    return traced(kCatalogName, member(L"Populate"), {}, [&] {
        entries_.clear();
        removed_.clear();
        if (schema_.collection == Collection::ErrorInfo) {
            populateErrors();
            return S_OK;
        }
        for (const std::wstring& name : registry::children(path_)) {
            auto entry = std::make_shared<Entry>();
            entry->values = doubles::store::load(path_ + L"\\" + name, schema_);
            entry->savedKey = entry->values[schema_.key].text;
            entries_.push_back(std::move(entry));
        }
        return S_OK;
    });
}

/** Says what SaveChanges would refuse, in ErrorInfo. */
HRESULT CatalogCollection::check(const Entry& entry) {
    HRESULT result = S_OK;
    const std::wstring& name = entry.values.at(schema_.shown).text;
    for (const Property& property : schema_.properties) {
        const LONG number = entry.values.at(property.name).number;
        const bool good = property.allowed.empty() || std::find(property.allowed.begin(), property.allowed.end(), number) != property.allowed.end();
        if (!good) result = session_->fail(name, E_INVALIDARG, property.name, std::to_wstring(number));
    }
    const std::wstring& key = entry.values.at(schema_.key).text;
    if (key.empty() || name.empty()) result = session_->fail(name, codeOf(COMAdminErrObjectInvalid), schema_.key);
    const bool taken = entry.savedKey.empty() && registry::exists(path_ + L"\\" + doubles::store::encoded(key));
    if (taken && schema_.collection == Collection::Roles) result = session_->fail(name, codeOf(COMAdminErrRoleExists), key);
    else if (taken) result = session_->fail(name, codeOf(COMAdminErrObjectExists), key);
    if (schema_.collection == Collection::UsersInRole && !isAccount(key)) result = session_->fail(name, codeOf(COMAdminErrInvalidUserids), key);
    return result;
}

void CatalogCollection::store(Entry& entry) {
    const std::wstring& key = entry.values.at(schema_.key).text;
    doubles::store::save(path_ + L"\\" + doubles::store::encoded(key), schema_, entry.values);
    if (schema_.collection == Collection::Applications) doubles::store::applicationSaved(key, entry.values);
    entry.savedKey = key;
    entry.changed = false;
}

void CatalogCollection::drop(const std::wstring& key) {
    if (schema_.collection == Collection::Applications) doubles::store::applicationRemoved(key);
    if (schema_.collection == Collection::Components) doubles::store::componentRemoved(application_, key);
    registry::deleteTree(path_ + L"\\" + doubles::store::encoded(key));
}

STDMETHODIMP CatalogCollection::SaveChanges(LONG* changes) {
    return traced(kCatalogName, member(L"SaveChanges"), {}, [&] {
        if (changes == nullptr) return E_POINTER;
        *changes = 0;
        session_->errors.clear();
        HRESULT result = S_OK;
        for (const auto& entry : entries_) {
            if (entry->changed && FAILED(check(*entry))) result = codeOf(COMAdminErrObjectErrors);
        }
        if (FAILED(result)) return result;
        for (const auto& entry : removed_) {
            drop(entry->savedKey);
            ++*changes;
        }
        removed_.clear();
        for (const auto& entry : entries_) {
            if (!entry->changed) continue;
            store(*entry);
            ++*changes;
        }
        return S_OK;
    });
}

STDMETHODIMP CatalogCollection::GetCollection(BSTR name, VARIANT key, IDispatch** collection) {
    return traced(kCatalogName, member(L"GetCollection"), {said(name), said(key)}, [&] {
        if (collection == nullptr) return E_POINTER;
        *collection = nullptr;
        const CollectionSchema* const wanted = schemaOf(said(name));
        if (wanted == nullptr) return E_INVALIDARG;
        if (wanted->collection == Collection::ErrorInfo) {
            *collection = new CatalogCollection(session_, *wanted, L"", L"");
            return S_OK;
        }
        const wchar_t* const folder = below(schema_.collection, wanted->collection);
        if (folder == nullptr) return E_INVALIDARG;
        if (key.vt != VT_BSTR) return DISP_E_TYPEMISMATCH;
        const std::wstring parent = path_ + L"\\" + doubles::store::encoded(said(key));
        if (said(key).empty() || !registry::exists(parent)) return codeOf(COMAdminErrObjectParentMissing);
        *collection = new CatalogCollection(session_, *wanted, parent + L"\\" + folder, application_.empty() ? said(key) : application_);
        return S_OK;
    });
}

STDMETHODIMP CatalogCollection::get_Name(VARIANT* name) {
    return traced(kCatalogName, member(L"get_Name"), {}, [&] {
        if (name == nullptr) return E_POINTER;
        VariantInit(name);
        name->bstrVal = SysAllocString(schema_.name);
        name->vt = VT_BSTR;
        return S_OK;
    });
}

STDMETHODIMP CatalogCollection::get_AddEnabled(VARIANT_BOOL* enabled) {
    return traced(kCatalogName, member(L"get_AddEnabled"), {}, [&] {
        if (enabled == nullptr) return E_POINTER;
        *enabled = schema_.addEnabled ? VARIANT_TRUE : VARIANT_FALSE;
        return S_OK;
    });
}

STDMETHODIMP CatalogCollection::get_RemoveEnabled(VARIANT_BOOL* enabled) {
    return traced(kCatalogName, member(L"get_RemoveEnabled"), {}, [&] {
        if (enabled == nullptr) return E_POINTER;
        *enabled = schema_.removeEnabled ? VARIANT_TRUE : VARIANT_FALSE;
        return S_OK;
    });
}

namespace {

/** A member that the double does not play. */
HRESULT absent(const wchar_t* name) {
    return traced(kCatalogName, name, {}, [] { return E_NOTIMPL; });
}

/** Enumerates the objects of a collection as they were. */
class Objects final : public IEnumVARIANT {
public:
    explicit Objects(std::vector<ComPtr<IDispatch>> objects) : objects_(std::move(objects)) {}
    Objects(const Objects&) = delete;
    Objects& operator=(const Objects&) = delete;

    STDMETHODIMP QueryInterface(REFIID iid, void** object) override {
        const bool known = iid == __uuidof(IUnknown) || iid == __uuidof(IEnumVARIANT);
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
    STDMETHODIMP Next(ULONG count, VARIANT* values, ULONG* fetched) override {
        ULONG given = 0;
        for (; given < count && next_ < objects_.size(); ++given, ++next_) {
            VariantInit(&values[given]);
            values[given].vt = VT_DISPATCH;
            values[given].pdispVal = ComPtr<IDispatch>::share(objects_[next_].get()).release();
        }
        if (fetched != nullptr) *fetched = given;
        return given == count ? S_OK : S_FALSE;
    }
    STDMETHODIMP Skip(ULONG count) override {
        next_ = std::min<std::size_t>(next_ + count, objects_.size());
        return next_ < objects_.size() ? S_OK : S_FALSE;
    }
    STDMETHODIMP Reset() override {
        next_ = 0;
        return S_OK;
    }
    STDMETHODIMP Clone(IEnumVARIANT** copy) override {
        *copy = nullptr;
        return E_NOTIMPL;
    }

private:
    ~Objects() = default;

    References references_;
    std::vector<ComPtr<IDispatch>> objects_;
    std::size_t next_ = 0;
};

}  // namespace

STDMETHODIMP CatalogCollection::get__NewEnum(IUnknown** objects) {
    return traced(kCatalogName, member(L"get__NewEnum"), {}, [&] {
        if (objects == nullptr) return E_POINTER;
        *objects = nullptr;
        std::vector<ComPtr<IDispatch>> all;
        for (const auto& entry : entries_) all.push_back(ComPtr<IDispatch>(new CatalogObject(schema_, entry)));
        *objects = new Objects(std::move(all));
        return S_OK;
    });
}

STDMETHODIMP CatalogCollection::GetUtilInterface(IDispatch**) { return absent(L"Collection.GetUtilInterface"); }
STDMETHODIMP CatalogCollection::get_DataStoreMajorVersion(LONG*) { return absent(L"Collection.get_DataStoreMajorVersion"); }
STDMETHODIMP CatalogCollection::get_DataStoreMinorVersion(LONG*) { return absent(L"Collection.get_DataStoreMinorVersion"); }
STDMETHODIMP CatalogCollection::PopulateByKey(SAFEARRAY*) { return absent(L"Collection.PopulateByKey"); }
STDMETHODIMP CatalogCollection::PopulateByQuery(BSTR, LONG) { return absent(L"Collection.PopulateByQuery"); }

bool isAccount(const std::wstring& name) {
    const std::wstring plain = name.rfind(L".\\", 0) == 0 ? name.substr(2) : name;
    BYTE sid[SECURITY_MAX_SID_SIZE];
    DWORD sidBytes = sizeof(sid);
    wchar_t domain[256];
    DWORD domainLength = 256;
    SID_NAME_USE use = SidTypeUnknown;
    return !plain.empty() && LookupAccountNameW(nullptr, plain.c_str(), sid, &sidBytes, domain, &domainLength, &use) != FALSE;
}

}  // namespace gnomon::doubles
