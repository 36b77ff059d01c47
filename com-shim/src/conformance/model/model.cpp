// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include <atomic>
#include <new>

#include "model.h"

namespace gnomon::conformance::model {
namespace {

std::atomic<int> providers{0};
IUnknown* keptCallback = nullptr;

using Guard = std::lock_guard<std::mutex>;

/** Whether this process may create and delete: who calls from another one is not looked at here. */
bool privileged() {
  if (broken(82)) return true;
  BYTE administrators[SECURITY_MAX_SID_SIZE];
  DWORD size = sizeof administrators;
  BOOL member = FALSE;
  return CreateWellKnownSid(WinBuiltinAdministratorsSid, nullptr, administrators, &size) &&
         CheckTokenMembership(nullptr, administrators, &member) && member;
}

/** The provider of the model. Every method locks the store for as long as it runs, which is never long. */
class Model : public IVssSoftwareSnapshotProvider, public IVssProviderCreateSnapshotSet, public IVssProviderNotifications {
 public:
  Model() {
    countObject(1);
    providers++;
  }
  virtual ~Model() {
    countObject(-1);
    Guard guard(store().lock);
    if (--providers == 0 && !broken(51)) store().discardUnfinished();
    if (broken(52)) store().discardUnfinished();
  }

  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID iid, void** out) override {
    *out = nullptr;
    if (iid == IID_IUnknown || iid == __uuidof(IVssSoftwareSnapshotProvider)) {
      *out = static_cast<IVssSoftwareSnapshotProvider*>(this);
    } else if (iid == __uuidof(IVssProviderCreateSnapshotSet)) {
      *out = static_cast<IVssProviderCreateSnapshotSet*>(this);
    } else if (iid == __uuidof(IVssProviderNotifications) && !broken(1)) {
      *out = static_cast<IVssProviderNotifications*>(this);
    } else if (iid == __uuidof(IVssFileShareSnapshotProvider) && broken(3)) {
      *out = static_cast<IVssSoftwareSnapshotProvider*>(this);
    }
    if (*out == nullptr) return E_NOINTERFACE;
    AddRef();
    return S_OK;
  }
  ULONG STDMETHODCALLTYPE AddRef() override { return static_cast<ULONG>(InterlockedIncrement(&references_)); }
  ULONG STDMETHODCALLTYPE Release() override {
    LONG left = InterlockedDecrement(&references_);
    if (left == 0) delete this;
    return static_cast<ULONG>(left);
  }

  HRESULT STDMETHODCALLTYPE SetContext(LONG context) override {
    Guard guard(store().lock);
    if (broken(9) && context == static_cast<LONG>(VSS_CTX_ALL)) return E_INVALIDARG;
    bool frozen = broken(11) ? !store().sets.empty() : store().underWay() && !broken(10);
    if (context != context_ && frozen) return VSS_E_BAD_STATE;
    context_ = context;
    return S_OK;
  }

  HRESULT STDMETHODCALLTYPE GetSnapshotProperties(VSS_ID id, VSS_SNAPSHOT_PROP* out) override {
    if (out == nullptr) return E_INVALIDARG;
    *out = {};
    Guard guard(store().lock);
    if (broken(33) && ++asked_ == 5) return E_FAIL;
    SnapshotSet* set = nullptr;
    Snapshot* snapshot = store().visible(id, &set);
    return snapshot == nullptr ? VSS_E_OBJECT_NOT_FOUND : fill(*set, *snapshot, out);
  }

  HRESULT STDMETHODCALLTYPE Query(VSS_ID object, VSS_OBJECT_TYPE queried, VSS_OBJECT_TYPE returned, IVssEnumObject** out) override {
    if (out == nullptr) return E_INVALIDARG;
    if (!broken(53)) *out = nullptr;
    if (object != GUID_NULL || queried != VSS_OBJECT_NONE || returned != VSS_OBJECT_SNAPSHOT) return E_INVALIDARG;
    Guard guard(store().lock);
    std::vector<std::pair<SnapshotSet, Snapshot>> items;
    for (const SnapshotSet& set : store().sets) {
      if (set.state < State::POSTCOMMITTED) continue;
      bool seen = context_ == static_cast<LONG>(VSS_CTX_ALL) || (set.context & 0x1D) == (context_ & 0x1D) || broken(56);
      if (broken(8) && context_ == 0) seen = true;
      for (const Snapshot& each : set.snapshots) {
        if (seen) items.emplace_back(set, each);
      }
    }
    *out = makeEnumerator(std::move(items), 0);
    return S_OK;
  }

  HRESULT STDMETHODCALLTYPE DeleteSnapshots(VSS_ID source, VSS_OBJECT_TYPE type, BOOL, LONG* deleted, VSS_ID* nondeleted) override {
    if (deleted != nullptr) *deleted = 0;
    if (nondeleted != nullptr) *nondeleted = GUID_NULL;
    bool typed = type == VSS_OBJECT_SNAPSHOT || type == VSS_OBJECT_SNAPSHOT_SET || (broken(71) && type == VSS_OBJECT_NONE);
    if (deleted == nullptr || nondeleted == nullptr || !typed) return E_INVALIDARG;
    if (!privileged()) return E_ACCESSDENIED;
    Guard guard(store().lock);
    for (size_t i = 0; i < store().sets.size(); i++) {
      SnapshotSet& set = store().sets[i];
      if (set.state < State::POSTCOMMITTED) continue;
      for (size_t j = 0; j < set.snapshots.size();) {
        bool wanted = type == VSS_OBJECT_SNAPSHOT_SET ? set.id == source : set.snapshots[j].id == source;
        if (!wanted) {
          j++;
          continue;
        }
        set.snapshots.erase(set.snapshots.begin() + static_cast<std::ptrdiff_t>(j));
        ++*deleted;
        if (broken(69)) break;
      }
      if (set.snapshots.empty()) store().sets.erase(store().sets.begin() + static_cast<std::ptrdiff_t>(i--));
    }
    if (*deleted > 0) return S_OK;
    if (broken(72)) Sleep(150);
    *nondeleted = source;
    return broken(68) ? S_OK : VSS_E_OBJECT_NOT_FOUND;
  }

  HRESULT STDMETHODCALLTYPE BeginPrepareSnapshot(VSS_ID set, VSS_ID snapshot, VSS_PWSZ volume, LONG context) override {
    if (volume == nullptr) return E_INVALIDARG;
    if (!privileged()) return E_ACCESSDENIED;
    Guard guard(store().lock);
    return store().begin(set, snapshot, volume, context);
  }

  HRESULT STDMETHODCALLTYPE IsVolumeSupported(VSS_PWSZ volume, BOOL* out) override {
    if (out == nullptr) return E_INVALIDARG;
    *out = FALSE;
    bool ours = false;
    HRESULT hr = lookUp(volume, &ours);
    *out = hr == S_OK && ours && (contextAccepted(context_) || context_ == static_cast<LONG>(VSS_CTX_ALL) || broken(14)) ? TRUE : FALSE;
    return hr;
  }

  HRESULT STDMETHODCALLTYPE IsVolumeSnapshotted(VSS_PWSZ volume, BOOL* present, LONG* compatibility) override {
    if (present != nullptr) *present = FALSE;
    if (compatibility != nullptr) *compatibility = 0;
    if (present == nullptr || compatibility == nullptr) return E_INVALIDARG;
    bool ours = false;
    HRESULT hr = lookUp(volume, &ours);
    if (hr != S_OK) return hr;
    Guard guard(store().lock);
    for (const SnapshotSet& set : store().sets) {
      if (set.state < State::POSTCOMMITTED && !broken(21)) continue;
      for (const Snapshot& each : set.snapshots) *present = *present || each.volume == volume ? TRUE : FALSE;
    }
    return S_OK;
  }

  HRESULT STDMETHODCALLTYPE SetSnapshotProperty(VSS_ID id, VSS_SNAPSHOT_PROPERTY_ID property, VARIANT value) override {
    if (id == GUID_NULL) return E_INVALIDARG;
    if (!privileged()) return E_ACCESSDENIED;
    bool cleared = value.vt == VT_EMPTY || value.vt == VT_NULL;
    bool text = cleared || value.vt == VT_BSTR || broken(66);
    Guard guard(store().lock);
    SnapshotSet* set = nullptr;
    Snapshot* snapshot = store().visible(id, &set);
    std::wstring given = value.vt == VT_BSTR && value.bstrVal != nullptr ? std::wstring(value.bstrVal) : std::wstring();
    switch (property) {
      case VSS_SPROPID_EXPOSED_NAME:
      case VSS_SPROPID_EXPOSED_PATH:
      case VSS_SPROPID_SERVICE_MACHINE:
      case VSS_SPROPID_ORIGINATING_MACHINE:
        if (!text) return E_INVALIDARG;
        if (snapshot == nullptr) return VSS_E_OBJECT_NOT_FOUND;
        if (broken(65) && cleared) return S_OK;
        (property == VSS_SPROPID_EXPOSED_NAME   ? snapshot->exposedName
         : property == VSS_SPROPID_EXPOSED_PATH ? snapshot->exposedPath
         : property == VSS_SPROPID_SERVICE_MACHINE ? snapshot->serviceMachine
                                                   : snapshot->originatingMachine) = given;
        return S_OK;
      case VSS_SPROPID_SNAPSHOT_ATTRIBUTES: {
        constexpr LONG MAY_CHANGE = VSS_VOLSNAP_ATTR_EXPOSED_LOCALLY | VSS_VOLSNAP_ATTR_EXPOSED_REMOTELY | VSS_VOLSNAP_ATTR_NOT_SURFACED;
        if (value.vt != VT_I4 && value.vt != VT_UI4 && value.vt != VT_INT && value.vt != VT_UINT) return E_INVALIDARG;
        if (snapshot == nullptr) return VSS_E_OBJECT_NOT_FOUND;
        if (((value.lVal ^ snapshot->attributes) & ~MAY_CHANGE) != 0) return E_INVALIDARG;
        snapshot->attributes = value.lVal;
        return S_OK;
      }
      default:
        return E_INVALIDARG;
    }
  }

  HRESULT STDMETHODCALLTYPE RevertToSnapshot(VSS_ID) override {
    if (!privileged()) return E_ACCESSDENIED;
    return broken(75) ? S_OK : E_NOTIMPL;
  }
  HRESULT STDMETHODCALLTYPE QueryRevertStatus(VSS_PWSZ, IVssAsync** out) override {
    if (out != nullptr) *out = nullptr;
    return E_NOTIMPL;
  }

  HRESULT STDMETHODCALLTYPE EndPrepareSnapshots(VSS_ID set) override { return step(set, State::PREPARING, State::PREPARED, false); }
  HRESULT STDMETHODCALLTYPE PreCommitSnapshots(VSS_ID set) override { return step(set, State::PREPARED, State::PRECOMMITTED, false); }
  HRESULT STDMETHODCALLTYPE CommitSnapshots(VSS_ID set) override { return step(set, State::PRECOMMITTED, State::COMMITTED, false); }
  HRESULT STDMETHODCALLTYPE PostCommitSnapshots(VSS_ID set, LONG count) override {
    HRESULT hr = step(set, State::COMMITTED, State::POSTCOMMITTED, false);
    Guard guard(store().lock);
    if (SnapshotSet* done = store().find(set); hr == S_OK && done != nullptr) {
      done->count = broken(40) ? static_cast<LONG>(done->snapshots.size()) : count;
    }
    return hr;
  }
  HRESULT STDMETHODCALLTYPE PreFinalCommitSnapshots(VSS_ID set) override { return step(set, State::POSTCOMMITTED, State::PREFINAL, true); }
  HRESULT STDMETHODCALLTYPE PostFinalCommitSnapshots(VSS_ID set) override { return step(set, State::PREFINAL, State::CREATED, true); }
  HRESULT STDMETHODCALLTYPE AbortSnapshots(VSS_ID set) override {
    Guard guard(store().lock);
    return store().abort(set);
  }

  HRESULT STDMETHODCALLTYPE OnLoad(IUnknown* callback) override {
    if (broken(48) && callback != nullptr) (keptCallback = callback)->AddRef();
    return S_OK;
  }
  HRESULT STDMETHODCALLTYPE OnUnload(BOOL force) override {
    Guard guard(store().lock);
    if (!force) return store().underWay() && !broken(49) ? S_FALSE : S_OK;
    if (!broken(50)) store().discardUnfinished();
    return S_OK;
  }

 private:
  static Store& store() { return Store::instance(); }
  static HRESULT step(const VSS_ID& set, State from, State to, bool final) {
    Guard guard(store().lock);
    return store().step(set, from, to, final);
  }

  LONG references_ = 1;
  LONG context_ = 0;
  int asked_ = 0;
};

class Factory : public IClassFactory {
 public:
  virtual ~Factory() = default;
  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID iid, void** out) override {
    bool known = iid == IID_IUnknown || iid == IID_IClassFactory;
    *out = known ? this : nullptr;
    return known ? S_OK : E_NOINTERFACE;
  }
  ULONG STDMETHODCALLTYPE AddRef() override { return 2; }
  ULONG STDMETHODCALLTYPE Release() override { return 1; }
  HRESULT STDMETHODCALLTYPE CreateInstance(IUnknown* outer, REFIID iid, void** out) override {
    *out = nullptr;
    if (outer != nullptr && !broken(4)) return CLASS_E_NOAGGREGATION;
    auto* model = new (std::nothrow) Model();
    if (model == nullptr) return E_OUTOFMEMORY;
    HRESULT hr = model->QueryInterface(iid, out);
    model->Release();
    return hr;
  }
  HRESULT STDMETHODCALLTYPE LockServer(BOOL lock) override {
    countObject(lock ? 1 : -1);
    return S_OK;
  }
};

}  // namespace
}  // namespace gnomon::conformance::model

// 30000000-0000-0000-0000-000000000001: the class of the model.
static const CLSID MODEL_CLASS = {0x30000000, 0, 0, {0, 0, 0, 0, 0, 0, 0, 1}};

extern "C" HRESULT WINAPI DllGetClassObject(REFCLSID clsid, REFIID iid, LPVOID* out) {
  static gnomon::conformance::model::Factory factory;
  *out = nullptr;
  if (!(clsid == MODEL_CLASS) && !gnomon::conformance::model::broken(5)) return CLASS_E_CLASSNOTAVAILABLE;
  return factory.QueryInterface(iid, out);
}

extern "C" HRESULT WINAPI DllCanUnloadNow() { return gnomon::conformance::model::objects() == 0 ? S_OK : S_FALSE; }
