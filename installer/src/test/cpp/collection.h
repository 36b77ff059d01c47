// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

// ICatalogCollection and ICatalogObject. A collection is a copy of what was saved when it was populated, with changes that nobody else
// sees before SaveChanges.
#pragma once

#include "comadmin_codes.h"
#include "dispatch.h"
#include "journal.h"
#include "store.h"

namespace gnomon::doubles {

/** One object of a collection, shared by the collection and the ICatalogObjects handed out. */
struct Entry {
    Values values;
    /** Empty until it is saved. */
    std::wstring savedKey;
    bool changed = false;
    bool removed = false;
};

class CatalogObject final : public Dispatching<CatalogObject, ICatalogObject> {
public:
    CatalogObject(const CollectionSchema& schema, std::shared_ptr<Entry> entry) : schema_(schema), entry_(std::move(entry)) {}

    static const std::vector<Member>& members();

    STDMETHODIMP get_Value(BSTR name, VARIANT* value) override;
    STDMETHODIMP put_Value(BSTR name, VARIANT value) override;
    STDMETHODIMP get_Key(VARIANT* key) override;
    STDMETHODIMP get_Name(VARIANT* name) override;
    STDMETHODIMP IsPropertyReadOnly(BSTR name, VARIANT_BOOL* readOnly) override;
    STDMETHODIMP get_Valid(VARIANT_BOOL* valid) override;
    STDMETHODIMP IsPropertyWriteOnly(BSTR name, VARIANT_BOOL* writeOnly) override;

private:
    friend class Dispatching<CatalogObject, ICatalogObject>;
    ~CatalogObject() = default;
    std::wstring member(const wchar_t* name) const { return std::wstring(schema_.name) + L".Object." + name; }
    const Property& property(const wchar_t* name) const;

    const CollectionSchema& schema_;
    const std::shared_ptr<Entry> entry_;
};

class CatalogCollection final : public Dispatching<CatalogCollection, ICatalogCollection> {
public:
    /** {@code path} is the key with the objects; {@code application} is empty above applications. */
    CatalogCollection(std::shared_ptr<Session> session, const CollectionSchema& schema, std::wstring path, std::wstring application)
        : session_(std::move(session)), schema_(schema), path_(std::move(path)), application_(std::move(application)) {}

    static const std::vector<Member>& members();

    STDMETHODIMP get__NewEnum(IUnknown** objects) override;
    STDMETHODIMP get_Item(LONG index, IDispatch** object) override;
    STDMETHODIMP get_Count(LONG* count) override;
    STDMETHODIMP Remove(LONG index) override;
    STDMETHODIMP Add(IDispatch** object) override;
    STDMETHODIMP Populate() override;
    STDMETHODIMP SaveChanges(LONG* changes) override;
    STDMETHODIMP GetCollection(BSTR name, VARIANT key, IDispatch** collection) override;
    STDMETHODIMP get_Name(VARIANT* name) override;
    STDMETHODIMP get_AddEnabled(VARIANT_BOOL* enabled) override;
    STDMETHODIMP get_RemoveEnabled(VARIANT_BOOL* enabled) override;
    STDMETHODIMP GetUtilInterface(IDispatch** interfaces) override;
    STDMETHODIMP get_DataStoreMajorVersion(LONG* version) override;
    STDMETHODIMP get_DataStoreMinorVersion(LONG* version) override;
    STDMETHODIMP PopulateByKey(SAFEARRAY* keys) override;
    STDMETHODIMP PopulateByQuery(BSTR query, LONG kind) override;

private:
    friend class Dispatching<CatalogCollection, ICatalogCollection>;
    ~CatalogCollection() = default;
    std::wstring member(const wchar_t* name) const { return std::wstring(schema_.name) + L"." + name; }
    std::shared_ptr<Entry> at(LONG index) const;
    void populateErrors();
    HRESULT check(const Entry& entry);
    void store(Entry& entry);
    void drop(const std::wstring& key);

    const std::shared_ptr<Session> session_;
    const CollectionSchema& schema_;
    const std::wstring path_;
    const std::wstring application_;
    std::vector<std::shared_ptr<Entry>> entries_;
    std::vector<std::shared_ptr<Entry>> removed_;
};

/** Whether the account is known on this machine; "." in front of the name means the machine. */
bool isAccount(const std::wstring& name);

inline constexpr char kCatalogName[] = "COMAdmin";

}  // namespace gnomon::doubles
