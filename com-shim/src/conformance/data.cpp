// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#define CONFORMANCE_GROUP "point in time"

#include <atomic>

#include "rig.h"

namespace gnomon::conformance {
namespace {

constexpr uint64_t MARK = 64 * 1024;

/** Writes 1, 2, 3, ... to the same place of each of the volumes in turn until it is stopped. */
class Counter {
 public:
  Counter(const Rig& rig, std::vector<const Volume*> volumes, uint64_t from = 0)
      : begun_(from), completed_(from), worker_([this, &rig, volumes] { run(rig, volumes); }) {
    check("the writer gets going", eventually(10000, [this] { return completed_ > begunAtStart_; }));
  }
  Counter(const Counter&) = delete;
  Counter& operator=(const Counter&) = delete;
  ~Counter() { stop_ = true; }

  uint64_t begun() const { return begun_; }
  uint64_t completed() const { return completed_; }
  void stop() {
    stop_ = true;
    worker_.join();
  }

 private:
  void run(const Rig& rig, const std::vector<const Volume*>& volumes) {
    std::vector<std::unique_ptr<Nbd>> connections;
    for (const Volume* volume : volumes) {
      connections.emplace_back(new Nbd(rig.described("nbd.address"), static_cast<uint16_t>(std::atoi(rig.described("nbd.port").c_str())),
                                       volume->exportName));
    }
    while (!stop_) {
      uint64_t number = ++begun_;
      for (auto& connection : connections) connection->writeNumber(MARK, number);
      completed_ = number;
    }
  }

  std::atomic<bool> stop_{false};
  std::atomic<uint64_t> begun_;
  std::atomic<uint64_t> completed_;
  uint64_t begunAtStart_ = begun_;
  Worker worker_;
};

uint64_t numberInCopy(Rig& rig, const VSS_ID& snapshot) {
  Nbd copy = rig.openCopy(snapshot);
  return copy.readNumber(MARK);
}

}  // namespace

ASSERTION(36, "the instant of a copy lies within CommitSnapshots") {
  rig.openVolume(rig.V());
  Provider provider = rig.activate();
  Counter counter(rig, {&rig.V()});
  for (int i = 0; i < 5; i++) {
    Set set = rig.reach(provider, {&rig.V()}, Step::PRECOMMITTED);
    uint64_t surelyIn = counter.completed();
    expectHr("CommitSnapshots", S_OK, provider.commit(set.id));
    uint64_t lastPossible = counter.begun();
    set.step = Step::COMMITTED;
    check("writes go on after CommitSnapshots", eventually(10000, [&] { return counter.completed() > lastPossible + 3; }));
    rig.advance(provider, set, Step::CREATED);
    expectWithin("number in the copy", surelyIn, lastPossible, numberInCopy(rig, set.snapshots[0]));
  }
  counter.stop();
}

ASSERTION(37, "two volumes are copied at one instant") {
  rig.openVolume(rig.W());
  Provider provider = rig.activate();
  Counter counter(rig, {&rig.V(), &rig.W()});
  for (int i = 0; i < 10; i++) {
    Set set = rig.create(provider, {&rig.W(), &rig.V()});
    uint64_t second = numberInCopy(rig, set.snapshots[0]);
    uint64_t first = numberInCopy(rig, set.snapshots[1]);
    expectWithin("number on the second volume, written after that on the first", first - 1, first, second);
  }
  counter.stop();
}

ASSERTION(38, "an engine that dies before PostCommitSnapshots leaves nothing") {
  Provider provider = rig.activate();
  int64_t copies = rig.heldNumber("copies");
  Set set = rig.reach(provider, {&rig.V()}, Step::COMMITTED);
  rig.op().ask("engine.kill");
  expectHrOneOf("PostCommitSnapshots without the engine", {VSS_E_PROVIDER_VETO, VSS_E_OBJECT_NOT_FOUND}, provider.postCommit(set.id, 1));
  rig.startEngine();
  Provider later = rig.activate();
  rig.expectGone(later, set);
  expectEqual("copies that the engine holds", copies, rig.heldNumber("copies"));
}

ASSERTION(39, "an engine that dies after PostCommitSnapshots keeps the copy") {
  Provider provider = rig.activate();
  Set set = rig.reach(provider, {&rig.V()}, Step::POSTCOMMITTED, VSS_CTX_APP_ROLLBACK);
  rig.op().ask("engine.kill");
  rig.startEngine();
  Provider later = rig.activate();
  Props props;
  expectHr("GetSnapshotProperties", S_OK, later.properties(set.snapshots[0], &props));
  expectEqual("snapshot id", set.snapshots[0], props->m_SnapshotId);
  expectEqual("set id", set.id, props->m_SnapshotSetId);
}

ASSERTION(40, "the count of PostCommitSnapshots stays") {
  Provider provider = rig.activate();
  Set set = rig.reach(provider, {&rig.V(), &rig.W()}, Step::COMMITTED);
  expectHr("PostCommitSnapshots(5)", S_OK, provider.postCommit(set.id, 5));
  set.step = Step::POSTCOMMITTED;
  rig.advance(provider, set, Step::CREATED);
  for (int left = 2; left > 0; left--) {
    Props props;
    expectHr("GetSnapshotProperties", S_OK, provider.properties(set.snapshots[1], &props));
    expectEqual("m_lSnapshotsCount with " + std::to_string(left) + " of ours left", 5L, static_cast<long>(props->m_lSnapshotsCount));
    LONG deleted = 0;
    VSS_ID nondeleted = {};
    if (left == 2) {
      expectHr("DeleteSnapshots", S_OK, provider.remove(set.snapshots[0], VSS_OBJECT_SNAPSHOT, false, &deleted, &nondeleted));
    }
  }
}

namespace {

/** The export through which a copy can be written, empty if there is none. */
std::string writable(Rig& rig, const VSS_ID& snapshot) { return rig.copyExport(snapshot, "writable"); }

void expectReadOnly(Rig& rig, const VSS_ID& snapshot, const std::string& when) {
  expectEqual("writable export " + when, std::string(), writable(rig, snapshot));
  Nbd copy = rig.openCopy(snapshot);
  check("the copy is read-only " + when, copy.readOnly());
  try {
    copy.writeNumber(MARK, 1);
  } catch (const NbdError&) {
    return;
  }
  fail("a write to the copy " + when, "an error", "done");
}

}  // namespace

ASSERTION(41, "a copy is writable for auto-recovery only, and never without it") {
  Provider provider = rig.activate();
  Set plain = rig.reach(provider, {&rig.V()}, Step::POSTCOMMITTED, VSS_VOLSNAP_ATTR_NO_AUTORECOVERY);
  expectReadOnly(rig, plain.snapshots[0], "after PostCommit with NO_AUTORECOVERY");
  Set set = rig.reach(provider, {&rig.V()}, Step::PREFINAL);
  std::string name = writable(rig, set.snapshots[0]);
  check("a writable export between PreFinal and PostFinal", !name.empty());
  {
    Nbd overlay = rig.openExport(name);
    overlay.writeNumber(MARK, 4711);
    expectEqual("what was written to the copy", uint64_t{4711}, overlay.readNumber(MARK));
    overlay.flush();
  }
  rig.advance(provider, set, Step::CREATED);
  expectReadOnly(rig, set.snapshots[0], "after PostFinal");
  expectEqual("what the finished copy shows", uint64_t{4711}, numberInCopy(rig, set.snapshots[0]));
}

ASSERTION(42, "auto-recovery never reaches the volume") {
  Provider provider = rig.activate();
  Nbd volume = rig.openVolume(rig.V());
  volume.writeNumber(MARK, 1);
  Set set = rig.reach(provider, {&rig.V()}, Step::PREFINAL);
  {
    Nbd overlay = rig.openExport(writable(rig, set.snapshots[0]));
    expectEqual("what the copy shows", uint64_t{1}, overlay.readNumber(MARK));
    overlay.writeNumber(MARK, 2);
    overlay.flush();
    expectEqual("what the volume shows", uint64_t{1}, volume.readNumber(MARK));
    volume.writeNumber(MARK, 3);
    expectEqual("what the copy shows after a write to the volume", uint64_t{2}, overlay.readNumber(MARK));
  }
  rig.advance(provider, set, Step::CREATED);
  expectEqual("what the volume shows in the end", uint64_t{3}, volume.readNumber(MARK));
  expectEqual("what the copy shows in the end", uint64_t{2}, numberInCopy(rig, set.snapshots[0]));
}

ASSERTION(43, "a snapshot exists from PostCommitSnapshots on") {
  Provider provider = rig.activate();
  Set set = rig.begin(provider, {&rig.V()});
  for (Step step : {Step::BEGUN, Step::PREPARED, Step::PRECOMMITTED, Step::COMMITTED}) {
    rig.advance(provider, set, step);
    check(std::string("the snapshot is unknown in ") + nameOf(step), !rig.exists(provider, set.snapshots[0]));
  }
  for (Step step : {Step::POSTCOMMITTED, Step::PREFINAL, Step::CREATED}) {
    rig.advance(provider, set, step);
    Props props;
    expectHr(std::string("GetSnapshotProperties in ") + nameOf(step), S_OK, provider.properties(set.snapshots[0], &props));
    check(std::string("a device name in ") + nameOf(step), !orEmpty(props->m_pwszSnapshotDeviceObject).empty());
    expectEqual(std::string("status in ") + nameOf(step), static_cast<int>(VSS_SS_CREATED), static_cast<int>(props->m_eStatus));
  }
}

}  // namespace gnomon::conformance
