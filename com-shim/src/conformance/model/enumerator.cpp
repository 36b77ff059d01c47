// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include <cstring>

#include "model.h"

namespace gnomon::conformance::model {
namespace {

class Enumerator : public IVssEnumObject {
 public:
  Enumerator(std::vector<std::pair<SnapshotSet, Snapshot>> items, size_t position) : items_(std::move(items)), position_(position) {
    if (!broken(6)) countObject(1);
  }
  virtual ~Enumerator() {
    if (!broken(6)) countObject(-1);
  }

  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID iid, void** out) override {
    bool known = iid == IID_IUnknown || iid == __uuidof(IVssEnumObject);
    *out = known ? this : nullptr;
    if (known) AddRef();
    return known ? S_OK : E_NOINTERFACE;
  }
  ULONG STDMETHODCALLTYPE AddRef() override { return static_cast<ULONG>(InterlockedIncrement(&references_)); }
  ULONG STDMETHODCALLTYPE Release() override {
    LONG left = InterlockedDecrement(&references_);
    if (left == 0) delete this;
    return static_cast<ULONG>(left);
  }

  HRESULT STDMETHODCALLTYPE Next(ULONG wanted, VSS_OBJECT_PROP* out, ULONG* fetched) override {
    if (out == nullptr || fetched == nullptr) return E_POINTER;
    *fetched = 0;
    std::memset(out, 0, wanted * sizeof *out);
    for (; *fetched < wanted && position_ < items_.size(); position_++, ++*fetched) {
      VSS_OBJECT_PROP& slot = out[*fetched];
      slot.Type = VSS_OBJECT_SNAPSHOT;
      HRESULT hr = fill(items_[position_].first, items_[position_].second, &slot.Obj.Snap);
      if (hr != S_OK) return hr;
      if (broken(60)) {
        static wchar_t shared[] = L"MODEL";
        CoTaskMemFree(slot.Obj.Snap.m_pwszServiceMachine);
        slot.Obj.Snap.m_pwszServiceMachine = shared;
      }
    }
    if (broken(54) && items_.empty()) return S_OK;
    return *fetched == wanted || broken(57) ? S_OK : S_FALSE;
  }

  HRESULT STDMETHODCALLTYPE Skip(ULONG count) override {
    size_t left = items_.size() - position_;
    position_ += count < left ? count : left;
    return count <= left || broken(58) ? S_OK : S_FALSE;
  }

  HRESULT STDMETHODCALLTYPE Reset() override {
    position_ = 0;
    return S_OK;
  }

  HRESULT STDMETHODCALLTYPE Clone(IVssEnumObject** out) override {
    if (out == nullptr) return E_POINTER;
    *out = new Enumerator(items_, broken(59) ? 0 : position_);
    return S_OK;
  }

 private:
  LONG references_ = 1;
  std::vector<std::pair<SnapshotSet, Snapshot>> items_;
  size_t position_;
};

}  // namespace

IVssEnumObject* makeEnumerator(std::vector<std::pair<SnapshotSet, Snapshot>> items, size_t position) {
  return new Enumerator(std::move(items), position);
}

}  // namespace gnomon::conformance::model
