// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "provider.h"

#include <atomic>
#include <cstring>

namespace gnomon::conformance {
namespace {

std::atomic<long> looked{0};

// What every method of IVssSoftwareSnapshotProvider documents, plus the two codes of the general list that any of them may need.
const std::set<HRESULT> SOFTWARE = {S_OK,         E_ACCESSDENIED,      E_INVALIDARG,
                                    E_OUTOFMEMORY, VSS_E_PROVIDER_VETO, VSS_E_OBJECT_NOT_FOUND};
const std::set<HRESULT> CREATION = {S_OK, E_OUTOFMEMORY, E_INVALIDARG, VSS_E_PROVIDER_VETO, VSS_E_OBJECT_NOT_FOUND};
const std::set<HRESULT> FINAL = {S_OK, E_OUTOFMEMORY, E_INVALIDARG, VSS_E_PROVIDER_VETO};
const std::set<HRESULT> ENUMERATOR = {S_OK, S_FALSE, E_POINTER, E_OUTOFMEMORY, E_FAIL};

std::set<HRESULT> operator+(std::set<HRESULT> left, std::initializer_list<HRESULT> right) {
  left.insert(right);
  return left;
}

const std::map<std::string, std::set<HRESULT>>& table() {
  static const std::map<std::string, std::set<HRESULT>> all = {
      {"SetContext", SOFTWARE + std::initializer_list<HRESULT>{VSS_E_BAD_STATE}},
      {"GetSnapshotProperties", SOFTWARE + std::initializer_list<HRESULT>{VSS_E_UNEXPECTED}},
      {"Query", SOFTWARE},
      {"DeleteSnapshots", SOFTWARE},
      {"BeginPrepareSnapshot",
       SOFTWARE + std::initializer_list<HRESULT>{VSS_E_UNSUPPORTED_CONTEXT, VSS_E_VOLUME_NOT_SUPPORTED_BY_PROVIDER, VSS_E_UNEXPECTED,
                                                 VSS_E_MAXIMUM_NUMBER_OF_SNAPSHOTS_REACHED}},
      {"IsVolumeSupported", SOFTWARE + std::initializer_list<HRESULT>{VSS_E_NESTED_VOLUME_LIMIT, VSS_E_UNEXPECTED}},
      {"IsVolumeSnapshotted", SOFTWARE + std::initializer_list<HRESULT>{VSS_E_UNEXPECTED}},
      {"SetSnapshotProperty", SOFTWARE},
      {"RevertToSnapshot",
       SOFTWARE + std::initializer_list<HRESULT>{VSS_E_REVERT_IN_PROGRESS, E_NOTIMPL, VSS_E_UNSUPPORTED_CONTEXT}},
      {"QueryRevertStatus", SOFTWARE + std::initializer_list<HRESULT>{VSS_E_VOLUME_NOT_SUPPORTED, E_NOTIMPL}},
      {"EndPrepareSnapshots", CREATION + std::initializer_list<HRESULT>{VSS_E_INSUFFICIENT_STORAGE}},
      {"PreCommitSnapshots", CREATION},
      {"CommitSnapshots", CREATION},
      {"PostCommitSnapshots", CREATION},
      {"PreFinalCommitSnapshots", FINAL},
      {"PostFinalCommitSnapshots", FINAL},
      {"AbortSnapshots", CREATION},
      {"OnLoad", {S_OK, E_OUTOFMEMORY, E_INVALIDARG, VSS_E_PROVIDER_VETO}},
      {"OnUnload(TRUE)", {S_OK}},
      {"OnUnload(FALSE)", {S_OK, S_FALSE}},
      {"IVssEnumObject", ENUMERATOR},
  };
  return all;
}

/** What VSS passes: a buffer of its own, which ends with a zero. */
class Name {
 public:
  explicit Name(const std::wstring& text) : buffer_(text.begin(), text.end()) { buffer_.push_back(0); }
  VSS_PWSZ get() { return buffer_.data(); }

 private:
  std::vector<WCHAR> buffer_;
};

}  // namespace

HRESULT documented(const char* method, HRESULT hr) {
  looked++;
  if (table().at(method).count(hr) == 0) fail(std::string("result of ") + method, "a documented code (assertion 33)", textOfHr(hr));
  return hr;
}

long documentedSoFar() { return looked; }

std::wstring orEmpty(const wchar_t* text) { return text == nullptr ? std::wstring() : std::wstring(text); }

Props::~Props() {
  // VssFreeSnapshotProperties, which Wine does not have, does the same.
  CoTaskMemFree(value_.m_pwszSnapshotDeviceObject);
  CoTaskMemFree(value_.m_pwszOriginalVolumeName);
  CoTaskMemFree(value_.m_pwszOriginatingMachine);
  CoTaskMemFree(value_.m_pwszServiceMachine);
  CoTaskMemFree(value_.m_pwszExposedName);
  CoTaskMemFree(value_.m_pwszExposedPath);
}

std::string Props::text(bool withDeviceName) const {
  auto one = [](const wchar_t* text) { return text == nullptr ? std::string("NULL") : "'" + utf8(text) + "'"; };
  std::string device = withDeviceName ? one(value_.m_pwszSnapshotDeviceObject) : std::string("-");
  return textOf(value_.m_SnapshotId) + " " + textOf(value_.m_SnapshotSetId) + " " + std::to_string(value_.m_lSnapshotsCount) + " " +
         device + " " + one(value_.m_pwszOriginalVolumeName) + " " + one(value_.m_pwszOriginatingMachine) + " " +
         one(value_.m_pwszServiceMachine) + " " + one(value_.m_pwszExposedName) + " " + one(value_.m_pwszExposedPath) + " " +
         textOf(value_.m_ProviderId) + " " + std::to_string(value_.m_lSnapshotAttributes) + " " +
         std::to_string(value_.m_tsCreationTimestamp) + " " + std::to_string(value_.m_eStatus);
}

HRESULT Listing::next(ULONG count, ULONG* fetched) {
  std::vector<VSS_OBJECT_PROP> slots(count == 0 ? 1 : count);
  std::memset(slots.data(), 0, slots.size() * sizeof slots[0]);
  *fetched = 0xFFFFFFFF;
  HRESULT hr = documented("IVssEnumObject", enumerator_->Next(count, slots.data(), fetched));
  if (SUCCEEDED(hr) && *fetched <= count) {
    for (ULONG i = 0; i < *fetched; i++) {
      expectEqual("Type of an item of the enumerator", static_cast<int>(VSS_OBJECT_SNAPSHOT), static_cast<int>(slots[i].Type));
      items.emplace_back(slots[i].Obj.Snap);
    }
  }
  return hr;
}

HRESULT Listing::skip(ULONG count) { return documented("IVssEnumObject", enumerator_->Skip(count)); }
HRESULT Listing::reset() { return documented("IVssEnumObject", enumerator_->Reset()); }
HRESULT Listing::clone(Com<IVssEnumObject>* other) { return documented("IVssEnumObject", enumerator_->Clone(other->put())); }

Provider::Provider(const Com<IUnknown>& object) {
  expectHr("QueryInterface(IVssSoftwareSnapshotProvider)", S_OK,
           object->QueryInterface(__uuidof(IVssSoftwareSnapshotProvider), software_.putVoid()));
  expectHr("QueryInterface(IVssProviderCreateSnapshotSet)", S_OK,
           object->QueryInterface(__uuidof(IVssProviderCreateSnapshotSet), creation_.putVoid()));
  expectHr("QueryInterface(IVssProviderNotifications)", S_OK,
           object->QueryInterface(__uuidof(IVssProviderNotifications), notifications_.putVoid()));
}

HRESULT Provider::setContext(LONG context) const { return documented("SetContext", software_->SetContext(context)); }

HRESULT Provider::properties(const VSS_ID& snapshot, Props* props) const {
  return documented("GetSnapshotProperties", software_->GetSnapshotProperties(snapshot, props->get()));
}

HRESULT Provider::query(const VSS_ID& object, VSS_OBJECT_TYPE queried, VSS_OBJECT_TYPE returned, Com<IVssEnumObject>* out) const {
  return documented("Query", software_->Query(object, queried, returned, out->put()));
}

HRESULT Provider::remove(const VSS_ID& source, VSS_OBJECT_TYPE type, bool force, LONG* deleted, VSS_ID* nondeleted) const {
  return documented("DeleteSnapshots", software_->DeleteSnapshots(source, type, force ? TRUE : FALSE, deleted, nondeleted));
}

HRESULT Provider::begin(const VSS_ID& set, const VSS_ID& snapshot, const std::wstring& volume, LONG context) const {
  return documented("BeginPrepareSnapshot", software_->BeginPrepareSnapshot(set, snapshot, Name(volume).get(), context));
}

HRESULT Provider::supported(const std::wstring& volume, BOOL* supported) const {
  return documented("IsVolumeSupported", software_->IsVolumeSupported(Name(volume).get(), supported));
}

HRESULT Provider::snapshotted(const std::wstring& volume, BOOL* present, LONG* compatibility) const {
  return documented("IsVolumeSnapshotted", software_->IsVolumeSnapshotted(Name(volume).get(), present, compatibility));
}

HRESULT Provider::setProperty(const VSS_ID& snapshot, int property, const VARIANT& value) const {
  return documented("SetSnapshotProperty",
                    software_->SetSnapshotProperty(snapshot, static_cast<VSS_SNAPSHOT_PROPERTY_ID>(property), value));
}

HRESULT Provider::revert(const VSS_ID& snapshot) const { return documented("RevertToSnapshot", software_->RevertToSnapshot(snapshot)); }

HRESULT Provider::revertStatus(const std::wstring& volume, Com<IVssAsync>* out) const {
  return documented("QueryRevertStatus", software_->QueryRevertStatus(Name(volume).get(), out->put()));
}

HRESULT Provider::end(const VSS_ID& set) const { return documented("EndPrepareSnapshots", creation_->EndPrepareSnapshots(set)); }
HRESULT Provider::preCommit(const VSS_ID& set) const { return documented("PreCommitSnapshots", creation_->PreCommitSnapshots(set)); }
HRESULT Provider::commit(const VSS_ID& set) const { return documented("CommitSnapshots", creation_->CommitSnapshots(set)); }
HRESULT Provider::postCommit(const VSS_ID& set, LONG count) const {
  return documented("PostCommitSnapshots", creation_->PostCommitSnapshots(set, count));
}
HRESULT Provider::preFinal(const VSS_ID& set) const {
  return documented("PreFinalCommitSnapshots", creation_->PreFinalCommitSnapshots(set));
}
HRESULT Provider::postFinal(const VSS_ID& set) const {
  return documented("PostFinalCommitSnapshots", creation_->PostFinalCommitSnapshots(set));
}
HRESULT Provider::abort(const VSS_ID& set) const { return documented("AbortSnapshots", creation_->AbortSnapshots(set)); }

HRESULT Provider::load(IUnknown* callback) const { return documented("OnLoad", notifications_->OnLoad(callback)); }
HRESULT Provider::unload(bool force) const {
  return documented(force ? "OnUnload(TRUE)" : "OnUnload(FALSE)", notifications_->OnUnload(force ? TRUE : FALSE));
}

std::vector<Props> Provider::list() const {
  Com<IVssEnumObject> enumerator;
  expectHr("Query", S_OK, query(GUID_NULL, VSS_OBJECT_NONE, VSS_OBJECT_SNAPSHOT, &enumerator));
  check("Query gives an enumerator", static_cast<bool>(enumerator));
  Listing listing(enumerator);
  for (ULONG fetched = 1; fetched > 0;) {
    HRESULT hr = listing.next(1, &fetched);
    expectHr("Next(1)", fetched == 1 ? S_OK : S_FALSE, hr);
    if (listing.items.size() > 10000) fail("items of the enumerator", "an end", "more than 10000");
  }
  return std::move(listing.items);
}

}  // namespace gnomon::conformance
