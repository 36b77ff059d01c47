// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#define CONFORMANCE_GROUP "volume arguments"

#include "rig.h"

namespace gnomon::conformance {
namespace {

bool supports(const Provider& provider, const std::wstring& volume) {
  BOOL supported = 0x55;
  expectHr("IsVolumeSupported(" + utf8(volume) + ")", S_OK, provider.supported(volume, &supported));
  check("the BOOL is TRUE or FALSE", supported == TRUE || supported == FALSE);
  return supported == TRUE;
}

void expectSupported(const Provider& provider, const std::wstring& volume, bool expected) {
  expectEqual("IsVolumeSupported(" + utf8(volume) + ")", expected, supports(provider, volume));
}

void expectSnapshotted(const Provider& provider, const std::wstring& volume, bool expected, const std::string& when) {
  BOOL present = 0x55;
  LONG compatibility = 0x55;
  expectHr("IsVolumeSnapshotted(" + utf8(volume) + ") " + when, S_OK, provider.snapshotted(volume, &present, &compatibility));
  expectEqual("snapshots present " + when, expected, present != FALSE);
  if (!expected) expectEqual("compatibility " + when, 0L, static_cast<long>(compatibility));
}

std::wstring withoutBackslash(const std::wstring& path) { return path.substr(0, path.size() - 1); }

}  // namespace

ASSERTION(15, "IsVolumeSupported tells ours from others") {
  Provider provider = rig.activate();
  expectSupported(provider, rig.V().guidPath, true);
  expectSupported(provider, rig.foreign(), false);
}

ASSERTION(16, "bad arguments of IsVolumeSupported") {
  Provider provider = rig.activate();
  BOOL supported = TRUE;
  expectHr("IsVolumeSupported without a backslash", E_INVALIDARG, provider.supported(withoutBackslash(rig.V().guidPath), &supported));
  check("the BOOL is FALSE", supported == FALSE);
  if (rig.options().local) {
    leaveOpen("NULL pointers: proxy");
    return;
  }
  supported = TRUE;
  expectHr("IsVolumeSupported(NULL)", E_INVALIDARG,
           documented("IsVolumeSupported", provider.software()->IsVolumeSupported(nullptr, &supported)));
  check("the BOOL is FALSE", supported == FALSE);
  expectHr("IsVolumeSupported with a NULL out pointer", E_INVALIDARG, provider.supported(rig.V().guidPath, nullptr));
}

ASSERTION(17, "a volume that does not exist") {
  Provider provider = rig.activate();
  BOOL supported = TRUE;
  std::wstring nowhere = L"\\\\?\\Volume" + wide("{" + textOf(newId()) + "}") + L"\\";
  expectHr("IsVolumeSupported of no volume", VSS_E_OBJECT_NOT_FOUND, provider.supported(nowhere, &supported));
  check("the BOOL is FALSE", supported == FALSE);
  if (!rig.described("table").empty()) leaveOpen("that the system is asked, volumes stand in a table");
}

ASSERTION(18, "all names of a volume are the same volume") {
  const Volume& volume = rig.V();
  Provider provider = rig.activate();
  rig.create(provider, {&volume}, VSS_CTX_APP_ROLLBACK);
  int forms = 0;
  for (const std::wstring& name : {volume.guidPath, volume.drive, volume.folder}) {
    if (name.empty()) continue;
    forms++;
    expectSupported(provider, name, true);
    expectSnapshotted(provider, name, true, "by each name");
    VSS_ID set = newId();
    expectHr("BeginPrepareSnapshot(" + utf8(name) + ")", S_OK, provider.begin(set, newId(), name, 0));
    expectHr("AbortSnapshots", S_OK, provider.abort(set));
  }
  if (forms < 2) throw NotVerifiable{"the volume has one name only"};
  if (!rig.described("table").empty()) leaveOpen("that the system is asked, volumes stand in a table");
}

ASSERTION(19, "IsVolumeSupported does not look at current limits") {
  Provider provider = rig.activate();
  rig.op().ask("space.exhaust");
  bool supported = supports(provider, rig.V().guidPath);
  rig.op().ask("space.restore");
  check("the volume is supported while there is no space", supported);
}

ASSERTION(20, "the volume of the store, and a copy's own, are not supported") {
  Provider provider = rig.activate();
  std::wstring store = wide(rig.described("storeVolume"));
  if (store.empty()) throw NotVerifiable{"the operator does not name the volume of the store"};
  expectSupported(provider, store, false);
  Set set = rig.create(provider, {&rig.V()});
  Props props;
  expectHr("GetSnapshotProperties", S_OK, provider.properties(set.snapshots[0], &props));
  std::wstring own = orEmpty(props->m_pwszSnapshotDeviceObject) + L"\\";
  BOOL supported = TRUE;
  expectHrOneOf("IsVolumeSupported(" + utf8(own) + ")", {S_OK, VSS_E_OBJECT_NOT_FOUND}, provider.supported(own, &supported));
  check("a copy's own volume is not supported", supported == FALSE);
}

ASSERTION(21, "IsVolumeSnapshotted follows finished sets only") {
  Provider provider = rig.activate();
  const std::wstring& volume = rig.V().guidPath;
  expectSnapshotted(provider, volume, false, "before");
  Set set = rig.begin(provider, {&rig.V()}, VSS_CTX_APP_ROLLBACK);
  for (Step step : {Step::BEGUN, Step::PREPARED, Step::PRECOMMITTED, Step::COMMITTED}) {
    rig.advance(provider, set, step);
    expectSnapshotted(provider, volume, false, std::string("in ") + nameOf(step));
  }
  rig.advance(provider, set, Step::CREATED);
  expectSnapshotted(provider, volume, true, "after the set");
  Set other = rig.create(provider, {&rig.V()});
  LONG deleted = 0;
  VSS_ID nondeleted = {};
  expectHr("DeleteSnapshots", S_OK, provider.remove(set.id, VSS_OBJECT_SNAPSHOT_SET, false, &deleted, &nondeleted));
  expectSnapshotted(provider, volume, true, "after deleting one of two");
  expectHr("DeleteSnapshots", S_OK, provider.remove(other.id, VSS_OBJECT_SNAPSHOT_SET, false, &deleted, &nondeleted));
  expectSnapshotted(provider, volume, false, "after deleting the last");
}

}  // namespace gnomon::conformance
