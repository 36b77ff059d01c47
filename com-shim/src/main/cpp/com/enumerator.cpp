// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "gnomon/enumerator.h"

#include <algorithm>
#include <cstring>
#include <new>

#include "gnomon/properties.h"

namespace gnomon {

namespace {

/** Threads may share it: the cursor is guarded, the list is constant. */
class Enumerator final : public IVssEnumObject {
public:
    Enumerator(SnapshotList list, std::size_t position) noexcept : list_(std::move(list)), position_(position) {}
    Enumerator(const Enumerator&) = delete;
    Enumerator& operator=(const Enumerator&) = delete;

    STDMETHODIMP QueryInterface(REFIID iid, void** object) override {
        if (object == nullptr) return E_POINTER;
        *object = nullptr;
        if (iid != __uuidof(IUnknown) && iid != __uuidof(IVssEnumObject)) return E_NOINTERFACE;
        *object = static_cast<IVssEnumObject*>(this);
        references_.add();
        return S_OK;
    }
    STDMETHODIMP_(ULONG) AddRef() override { return references_.add(); }
    STDMETHODIMP_(ULONG) Release() override {
        const ULONG left = references_.remove();
        if (left == 0) delete this;
        return left;
    }

    STDMETHODIMP Next(ULONG count, VSS_OBJECT_PROP* items, ULONG* fetched) override;
    STDMETHODIMP Skip(ULONG count) override;
    STDMETHODIMP Reset() override;
    STDMETHODIMP Clone(IVssEnumObject** clone) override;

private:
    ~Enumerator() = default;

    RefCount references_;
    const SnapshotList list_;
    Mutex mutex_;
    std::size_t position_;
};

STDMETHODIMP Enumerator::Next(ULONG count, VSS_OBJECT_PROP* items, ULONG* fetched) {
    if (fetched != nullptr) *fetched = 0;
    if (items == nullptr || fetched == nullptr) return E_POINTER;
    std::memset(items, 0, sizeof(*items) * count);
    const Guard guard(mutex_);
    const std::size_t deliver = std::min<std::size_t>(count, list_->size() - position_);
    for (std::size_t i = 0; i < deliver; ++i) {
        items[i].Type = VSS_OBJECT_SNAPSHOT;
        if (SUCCEEDED(toProperties((*list_)[position_ + i], items[i].Obj.Snap))) continue;
        // The cursor stays, so that a caller that finds memory again misses nothing.
        for (std::size_t k = 0; k < i; ++k) freeProperties(items[k].Obj.Snap);
        std::memset(items, 0, sizeof(*items) * count);
        return E_FAIL;
    }
    position_ += deliver;
    *fetched = static_cast<ULONG>(deliver);
    return deliver == count ? S_OK : S_FALSE;
}

STDMETHODIMP Enumerator::Skip(ULONG count) {
    const Guard guard(mutex_);
    const std::size_t left = list_->size() - position_;
    position_ += std::min<std::size_t>(count, left);
    return count <= left ? S_OK : S_FALSE;
}

STDMETHODIMP Enumerator::Reset() {
    const Guard guard(mutex_);
    position_ = 0;
    return S_OK;
}

STDMETHODIMP Enumerator::Clone(IVssEnumObject** clone) {
    if (clone == nullptr) return E_POINTER;
    std::size_t position = 0;
    {
        const Guard guard(mutex_);
        position = position_;
    }
    *clone = newEnumerator(list_, position);
    return *clone == nullptr ? E_OUTOFMEMORY : S_OK;
}

}  // namespace

IVssEnumObject* newEnumerator(SnapshotList list, std::size_t position) noexcept {
    return new (std::nothrow) Enumerator(std::move(list), position);
}

}  // namespace gnomon
