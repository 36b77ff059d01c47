// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#define CONFORMANCE_GROUP "deletion"

#include "rig.h"
#include "watch.h"

namespace gnomon::conformance {
namespace {

struct Deletion {
  HRESULT hr;
  LONG deleted = 0x55;
  VSS_ID nondeleted = newId();
};

Deletion remove(const Provider& provider, const VSS_ID& source, VSS_OBJECT_TYPE type, bool force = false) {
  Deletion deletion;
  deletion.hr = provider.remove(source, type, force, &deletion.deleted, &deletion.nondeleted);
  return deletion;
}

void expectDeletion(const std::string& what, const Deletion& actual, HRESULT hr, LONG deleted, const VSS_ID& nondeleted) {
  expectHr(what, hr, actual.hr);
  expectEqual("*plDeletedSnapshots of " + what, static_cast<long>(deleted), static_cast<long>(actual.deleted));
  expectEqual("*pNondeletedSnapshotID of " + what, nondeleted, actual.nondeleted);
}

/** Whether reading from an open connection works. */
bool reads(Nbd& connection) {
  try {
    connection.read(0, 4096);
    return true;
  } catch (const NbdError&) {
    return false;
  } catch (const std::exception&) {
    return false;
  }
}

}  // namespace

ASSERTION(68, "a snapshot is deleted once") {
  Provider provider = rig.activate();
  VSS_ID snapshot = rig.create(provider, {&rig.V()}).snapshots[0];
  expectDeletion("DeleteSnapshots of a snapshot", remove(provider, snapshot, VSS_OBJECT_SNAPSHOT), S_OK, 1, GUID_NULL);
  Deletion again = remove(provider, snapshot, VSS_OBJECT_SNAPSHOT);
  expectHr("DeleteSnapshots again", VSS_E_OBJECT_NOT_FOUND, again.hr);
  expectEqual("*plDeletedSnapshots of DeleteSnapshots again", 0L, static_cast<long>(again.deleted));
}

ASSERTION(69, "a set is deleted whole") {
  Provider provider = rig.activate();
  Set set = rig.create(provider, {&rig.V(), &rig.W(), &rig.U()});
  expectDeletion("DeleteSnapshots of a set", remove(provider, set.id, VSS_OBJECT_SNAPSHOT_SET), S_OK, 3, GUID_NULL);
  for (const VSS_ID& snapshot : set.snapshots) check("the snapshot is gone", !rig.exists(provider, snapshot));
}

namespace {

/** Deletes a new set of three in which one cannot be deleted, and returns how many were deleted before it. */
LONG deleteUpTo(Rig& rig, const Provider& provider, size_t held) {
  Set set = rig.create(provider, {&rig.V(), &rig.W(), &rig.U()});
  VSS_ID kept = set.snapshots[held];
  rig.op().ask("hold", {{"snapshot", textOf(kept)}});
  Deletion deletion = remove(provider, set.id, VSS_OBJECT_SNAPSHOT_SET);
  rig.op().ask("release", {{"snapshot", textOf(kept)}});
  expectHr("DeleteSnapshots of a set, one of which cannot be deleted", VSS_E_PROVIDER_VETO, deletion.hr);
  expectEqual("*pNondeletedSnapshotID", kept, deletion.nondeleted);
  LONG gone = 0;
  for (const VSS_ID& snapshot : set.snapshots) gone += rig.exists(provider, snapshot) ? 0 : 1;
  expectEqual("*plDeletedSnapshots, and what is really gone", static_cast<long>(gone), static_cast<long>(deletion.deleted));
  check("the one that cannot be deleted is there", rig.exists(provider, kept));
  remove(provider, set.id, VSS_OBJECT_SNAPSHOT_SET, true);
  return gone;
}

}  // namespace

ASSERTION(70, "a deletion stops at the first that fails") {
  Provider provider = rig.activate();
  // In which order they are deleted is the provider's choice. One of these is the second of three, and it must leave the third.
  for (size_t attempt = 0; attempt < 12; attempt++) {
    LONG before = deleteUpTo(rig, provider, attempt % 3);
    expectWithin("*plDeletedSnapshots", 0L, 2L, static_cast<long>(before));
    if (before == 1) return;
  }
  fail("*plDeletedSnapshots when any one of three cannot be deleted", "1 for one of them", "never 1");
}

ASSERTION(71, "bad arguments of DeleteSnapshots") {
  Provider provider = rig.activate();
  Set set = rig.create(provider, {&rig.V()});
  for (int type : {0, 1, 4, 5, -1}) {
    for (const VSS_ID& id : {set.snapshots[0], set.id}) {
      expectDeletion("DeleteSnapshots of type " + std::to_string(type), remove(provider, id, static_cast<VSS_OBJECT_TYPE>(type)),
                     E_INVALIDARG, 0, GUID_NULL);
    }
  }
  if (rig.options().local) {
    leaveOpen("NULL pointers: proxy");
  } else {
    LONG deleted = 0;
    VSS_ID nondeleted = {};
    expectHr("DeleteSnapshots with plDeletedSnapshots NULL", E_INVALIDARG,
             provider.remove(set.snapshots[0], VSS_OBJECT_SNAPSHOT, false, nullptr, &nondeleted));
    expectHr("DeleteSnapshots with pNondeletedSnapshotID NULL", E_INVALIDARG,
             provider.remove(set.snapshots[0], VSS_OBJECT_SNAPSHOT, false, &deleted, nullptr));
  }
  check("the snapshot is there", rig.exists(provider, set.snapshots[0]));
}

ASSERTION(72, "an id of another provider is answered at once, and quietly") {
  Provider provider = rig.activate();
  rig.exists(provider, newId());
  std::wstring server = rig.options().dll.empty() ? registeredServer(rig.options().clsid) : rig.options().dll;
  ApiTrace trace(rig.options().local ? nullptr : GetModuleHandleW(server.c_str()));
  int64_t before = rig.hasOperator() ? Operator::number(rig.op().ask("events"), "count") : 0;
  std::vector<double> millis;
  for (int i = 0; i < 20; i++) {
    trace.takeSent();
    VSS_ID foreign = newId();
    Stopwatch watch;
    Deletion deletion = remove(provider, foreign, VSS_OBJECT_SNAPSHOT);
    millis.push_back(watch.millis());
    int sent = trace.takeSent();
    expectHr("DeleteSnapshots of a foreign id", VSS_E_OBJECT_NOT_FOUND, deletion.hr);
    expectEqual("*plDeletedSnapshots", 0L, static_cast<long>(deletion.deleted));
    if (trace.watched() > 0) expectWithin("messages that DeleteSnapshots of a foreign id costs", 0, 1, sent);
  }
  expectWithin("milliseconds, median of 20", 0.0, 100.0, median(millis));
  expectHr("GetSnapshotProperties of a foreign id", VSS_E_OBJECT_NOT_FOUND, [&] {
    Props props;
    return provider.properties(newId(), &props);
  }());
  if (rig.hasOperator()) {
    expectEqual("events", before, Operator::number(rig.op().ask("events"), "count"));
  } else {
    leaveOpen("the event log: no --operator");
  }
  if (trace.watched() == 0) leaveOpen("messages on the way: the provider is not in this process, or hides its imports");
}

ASSERTION(73, "a deleted snapshot cannot be read any more") {
  Provider provider = rig.activate();
  VSS_ID snapshot = rig.create(provider, {&rig.V()}).snapshots[0];
  std::string name = rig.copyExport(snapshot, "copy");
  Nbd open = rig.openExport(name);
  check("the copy can be read before", reads(open));
  expectHr("DeleteSnapshots with force", S_OK, remove(provider, snapshot, VSS_OBJECT_SNAPSHOT, true).hr);
  check("the copy cannot be read through an open connection", !reads(open));
  bool opened = true;
  try {
    rig.openExport(name);
  } catch (const NbdError&) {
    opened = false;
  }
  check("the copy cannot be opened", !opened);
  rig.create(provider, {&rig.V()});
  check("the id is unknown after another set", !rig.exists(provider, snapshot));
  leaveOpen("a handle to a real device");
}

ASSERTION(74, "a reader keeps a snapshot unless deletion is forced") {
  Provider provider = rig.activate();
  VSS_ID snapshot = rig.create(provider, {&rig.V()}).snapshots[0];
  Nbd reader = rig.openCopy(snapshot);
  check("the copy can be read", reads(reader));
  expectDeletion("DeleteSnapshots without force and with a reader", remove(provider, snapshot, VSS_OBJECT_SNAPSHOT), VSS_E_PROVIDER_VETO, 0,
                 snapshot);
  check("the snapshot is there", rig.exists(provider, snapshot));
  check("the copy can still be read", reads(reader));
  expectDeletion("DeleteSnapshots with force", remove(provider, snapshot, VSS_OBJECT_SNAPSHOT, true), S_OK, 1, GUID_NULL);
}

}  // namespace gnomon::conformance
