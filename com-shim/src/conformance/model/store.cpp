// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "model.h"

#include <algorithm>
#include <atomic>
#include <cstring>

namespace gnomon::conformance::model {
namespace {

std::atomic<long> alive{0};

const wchar_t* const OURS[] = {L"\\\\?\\Volume{10000000-0000-0000-0000-000000000001}\\", L"\\\\?\\Volume{10000000-0000-0000-0000-000000000002}\\",
                               L"\\\\?\\Volume{10000000-0000-0000-0000-000000000003}\\"};
const wchar_t FOREIGN[] = L"\\\\?\\Volume{10000000-0000-0000-0000-00000000000f}\\";

constexpr LONG ACCEPTED = 0x03C2009B;

bool unfinished(State state) { return state < State::POSTCOMMITTED; }

bool copyText(const std::wstring& text, VSS_PWSZ* out) {
  size_t bytes = (text.size() + 1) * sizeof(wchar_t);
  *out = static_cast<VSS_PWSZ>(CoTaskMemAlloc(bytes));
  if (*out == nullptr) return false;
  std::memcpy(*out, text.c_str(), bytes);
  return true;
}

}  // namespace

int defect() {
  static const int number = [] {
    char text[16] = {};
    return GetEnvironmentVariableA("GNOMON_MODEL_DEFECT", text, sizeof text) > 0 ? std::atoi(text) : 0;
  }();
  return number;
}

Store& Store::instance() {
  static Store store;
  return store;
}

SnapshotSet* Store::find(const VSS_ID& set) {
  auto found = std::find_if(sets.begin(), sets.end(), [&](const SnapshotSet& each) { return each.id == set; });
  return found == sets.end() ? nullptr : &*found;
}

void Store::discard(const VSS_ID& set) {
  sets.erase(std::remove_if(sets.begin(), sets.end(), [&](const SnapshotSet& each) { return each.id == set; }), sets.end());
}

void Store::discardUnfinished() {
  for (SnapshotSet& each : sets) {
    if (each.state == State::POSTCOMMITTED || each.state == State::PREFINAL) each.state = State::CREATED;
  }
  sets.erase(std::remove_if(sets.begin(), sets.end(), [](const SnapshotSet& each) { return each.state != State::CREATED; }), sets.end());
}

bool Store::underWay() const {
  return std::any_of(sets.begin(), sets.end(), [](const SnapshotSet& each) { return each.state > State::PREPARING && unfinished(each.state); });
}

HRESULT Store::begin(const VSS_ID& id, const VSS_ID& snapshot, const std::wstring& volume, LONG context) {
  if (!broken(22) && (id == GUID_NULL || snapshot == GUID_NULL)) return E_INVALIDARG;
  bool ours = false;
  HRESULT hr = lookUp(volume.c_str(), &ours);
  if (hr != S_OK) return hr;
  if (!contextAccepted(context)) return VSS_E_UNSUPPORTED_CONTEXT;
  if (!ours) {
    if (broken(23)) discard(id);
    return VSS_E_VOLUME_NOT_SUPPORTED_BY_PROVIDER;
  }
  SnapshotSet* set = find(id);
  if (set == nullptr) {
    if (!broken(26)) {
      for (SnapshotSet& each : sets) {
        if (each.state >= State::POSTCOMMITTED) each.state = State::CREATED;
      }
      discardUnfinished();
    }
    sets.emplace_back();
    set = &sets.back();
    set->id = id;
    set->context = context;
  }
  if (set->state != State::PREPARING) {
    if (unfinished(set->state)) discard(id);
    return VSS_E_PROVIDER_VETO;
  }
  for (const Snapshot& each : set->snapshots) {
    if (!broken(25) && (each.id == snapshot || each.volume == volume)) return E_INVALIDARG;
  }
  Snapshot made;
  made.id = snapshot;
  made.volume = volume;
  made.attributes = context | VSS_VOLSNAP_ATTR_DIFFERENTIAL | VSS_VOLSNAP_ATTR_NOT_SURFACED;
  set->snapshots.push_back(made);
  if (broken(24) && set->snapshots.size() > 1) set->snapshots.pop_back();
  return S_OK;
}

HRESULT Store::step(const VSS_ID& id, State from, State to, bool final) {
  if (id == GUID_NULL && !broken(27)) return E_INVALIDARG;
  SnapshotSet* set = find(id);
  if (set == nullptr) return final && !broken(32) ? VSS_E_PROVIDER_VETO : VSS_E_OBJECT_NOT_FOUND;
  if (broken(30) && set->state == to) return S_OK;
  if (final && set->state == State::CREATED) return S_OK;
  if (set->state != from) {
    if (unfinished(set->state) && !broken(29)) discard(id);
    return VSS_E_PROVIDER_VETO;
  }
  set->state = to;
  if (to == State::COMMITTED) {
    FILETIME now = {};
    GetSystemTimePreciseAsFileTime(&now);
    set->time = static_cast<int64_t>(now.dwHighDateTime) << 32 | now.dwLowDateTime;
  }
  if (broken(31) && to == State::CREATED) return VSS_E_PROVIDER_VETO;
  if (to == State::POSTCOMMITTED && (set->context & VSS_VOLSNAP_ATTR_NO_AUTORECOVERY) != 0) set->state = State::CREATED;
  return S_OK;
}

HRESULT Store::abort(const VSS_ID& id) {
  if (id == GUID_NULL) return broken(44) ? S_OK : E_INVALIDARG;
  SnapshotSet* set = find(id);
  if (set == nullptr) return S_OK;
  if (set->state == State::CREATED && !broken(46)) return S_OK;
  if (broken(45) && set->state == State::POSTCOMMITTED) return S_OK;
  discard(id);
  return S_OK;
}

Snapshot* Store::visible(const VSS_ID& snapshot, SnapshotSet** owner) {
  for (SnapshotSet& set : sets) {
    if (unfinished(set.state) && !broken(43)) continue;
    for (Snapshot& each : set.snapshots) {
      if (each.id != snapshot) continue;
      *owner = &set;
      return &each;
    }
  }
  return nullptr;
}

HRESULT lookUp(const wchar_t* volume, bool* ours) {
  *ours = false;
  if (volume == nullptr) return E_INVALIDARG;
  std::wstring name = volume;
  if (name.size() < 3 || (name.back() != L'\\' && !broken(16))) return E_INVALIDARG;
  if (name.back() != L'\\') name += L'\\';
  for (const wchar_t* each : OURS) *ours = *ours || name == each;
  if (*ours) return S_OK;
  if (name == FOREIGN) {
    *ours = broken(15);
    return S_OK;
  }
  return broken(17) ? S_OK : VSS_E_OBJECT_NOT_FOUND;
}

bool contextAccepted(LONG context) {
  if (broken(12) && context == 0x20) return true;
  if (broken(13) && context == 0x400000) return false;
  bool persistent = (context & VSS_VOLSNAP_ATTR_PERSISTENT) != 0;
  bool kept = (context & VSS_VOLSNAP_ATTR_NO_AUTO_RELEASE) != 0;
  return (context & ~ACCEPTED) == 0 && persistent == kept;
}

void release(VSS_SNAPSHOT_PROP* props) {
  CoTaskMemFree(props->m_pwszSnapshotDeviceObject);
  CoTaskMemFree(props->m_pwszOriginalVolumeName);
  CoTaskMemFree(props->m_pwszOriginatingMachine);
  CoTaskMemFree(props->m_pwszServiceMachine);
  CoTaskMemFree(props->m_pwszExposedName);
  CoTaskMemFree(props->m_pwszExposedPath);
  std::memset(props, 0, sizeof *props);
}

HRESULT fill(const SnapshotSet& set, const Snapshot& snapshot, VSS_SNAPSHOT_PROP* out) {
  VSS_SNAPSHOT_PROP props;
  std::memset(&props, 0, sizeof props);
  props.m_SnapshotId = snapshot.id;
  props.m_SnapshotSetId = set.id;
  props.m_lSnapshotsCount = set.count;
  props.m_ProviderId = GUID{0x20000000, 0, 0, {0, 0, 0, 0, 0, 0, 0, 1}};
  props.m_lSnapshotAttributes = broken(62) ? set.context : snapshot.attributes;
  props.m_tsCreationTimestamp = set.time;
  props.m_eStatus = broken(55) ? VSS_SS_POSTCOMMITTED : VSS_SS_CREATED;
  std::wstring volume = broken(64) ? snapshot.volume.substr(0, snapshot.volume.size() - 1) : snapshot.volume;
  bool done = copyText(L"\\\\?\\GLOBALROOT\\Device\\ModelShadowCopy" + std::to_wstring(snapshot.id.Data1), &props.m_pwszSnapshotDeviceObject) &&
              copyText(volume, &props.m_pwszOriginalVolumeName) && copyText(snapshot.originatingMachine, &props.m_pwszOriginatingMachine) &&
              copyText(snapshot.serviceMachine, &props.m_pwszServiceMachine) &&
              (snapshot.exposedName.empty() || copyText(snapshot.exposedName, &props.m_pwszExposedName)) &&
              (snapshot.exposedPath.empty() || copyText(snapshot.exposedPath, &props.m_pwszExposedPath));
  if (!done) {
    if (!broken(67)) release(&props);
    std::memset(out, 0, sizeof *out);
    return E_OUTOFMEMORY;
  }
  *out = props;
  return S_OK;
}

void countObject(int change) { alive += change; }
long objects() { return alive; }

}  // namespace gnomon::conformance::model
