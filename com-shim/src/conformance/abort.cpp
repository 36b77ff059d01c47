// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#define CONFORMANCE_GROUP "abort and unload"

#include <atomic>

#include "rig.h"

namespace gnomon::conformance {
namespace {

/** Something to pass to OnLoad that counts its references. */
class Callback : public IUnknown {
 public:
  HRESULT STDMETHODCALLTYPE QueryInterface(REFIID, void** out) override {
    *out = nullptr;
    return E_NOINTERFACE;
  }
  ULONG STDMETHODCALLTYPE AddRef() override { return static_cast<ULONG>(++references); }
  ULONG STDMETHODCALLTYPE Release() override { return static_cast<ULONG>(--references); }
  virtual ~Callback() = default;
  std::atomic<int> references{1};
};

int64_t events(Rig& rig) { return Operator::number(rig.op().ask("events"), "count"); }

void loadTwice(const Rig& rig, const Provider& provider, const std::string& when) {
  expectHr("OnLoad(NULL) " + when, S_OK, provider.load(nullptr));
  if (rig.options().local) return;
  Callback callback;
  expectHr("OnLoad(ptr) " + when, S_OK, provider.load(&callback));
  expectEqual("references to OnLoad's argument", 1, callback.references.load());
}

}  // namespace

ASSERTION(44, "AbortSnapshots of nothing is quiet") {
  Provider provider = rig.activate();
  int64_t before = rig.hasOperator() ? events(rig) : 0;
  expectHr("AbortSnapshots of an unknown set", S_OK, provider.abort(newId()));
  Set set = rig.begin(provider, {&rig.V()});
  expectHr("AbortSnapshots", S_OK, provider.abort(set.id));
  expectHr("AbortSnapshots again", S_OK, provider.abort(set.id));
  expectHr("AbortSnapshots of GUID_NULL", E_INVALIDARG, provider.abort(GUID_NULL));
  if (rig.hasOperator()) {
    expectEqual("events", before, events(rig));
  } else {
    leaveOpen("the event log: no --operator");
  }
}

ASSERTION(45, "AbortSnapshots leaves nothing in any state") {
  Provider provider = rig.activate();
  for (Step step : ALL_STEPS) {
    if (step == Step::CREATED) break;
    Set set = rig.reach(provider, {&rig.V(), &rig.W()}, step);
    expectHr(std::string("AbortSnapshots in ") + nameOf(step), S_OK, provider.abort(set.id));
    rig.expectGone(provider, set);
    BOOL present = TRUE;
    LONG compatibility = 0;
    expectHr("IsVolumeSnapshotted", S_OK, provider.snapshotted(rig.V().guidPath, &present, &compatibility));
    check(std::string("the volume has no snapshot after an abort in ") + nameOf(step), present == FALSE);
  }
}

ASSERTION(46, "AbortSnapshots does not touch a finished set") {
  Provider provider = rig.activate();
  Set set = rig.create(provider, {&rig.V()});
  expectHr("AbortSnapshots of a finished set", S_OK, provider.abort(set.id));
  check("the snapshot survives", rig.exists(provider, set.snapshots[0]));
}

ASSERTION(47, "AbortSnapshots ends an EndPrepareSnapshots that waits") {
  Provider provider = rig.activate();
  Provider aborter = rig.activate();
  std::vector<double> millis;
  Nbd volume = rig.openVolume(rig.V());
  rig.op().ask("slow.storage", {{"millis", "700"}});
  for (int i = 0; i < 20; i++) {
    // Something to flush, which is what the preparation waits for.
    volume.writeNumber(0, static_cast<uint64_t>(i));
    Set set = rig.begin(provider, {&rig.V()});
    std::atomic<bool> entered{false};
    HRESULT ended = S_OK;
    Worker preparing([&] {
      entered = true;
      ended = provider.end(set.id);
    });
    eventually(2000, [&] { return entered.load(); });
    // OnUnload(FALSE) tells when the set has entered EndPrepareSnapshots (assertion 49).
    check("EndPrepareSnapshots gets going", eventually(5000, [&] { return aborter.unload(false) == S_FALSE; }));
    Stopwatch watch;
    HRESULT aborted = aborter.abort(set.id);
    millis.push_back(watch.millis());
    preparing.join();
    double all = watch.millis();
    expectHr("AbortSnapshots", S_OK, aborted);
    expectHr("EndPrepareSnapshots that was aborted", VSS_E_PROVIDER_VETO, ended);
    expectWithin("milliseconds until EndPrepareSnapshots returned", 0.0, 5000.0, all);
    if (i == 0) rig.expectGone(provider, set);
  }
  expectWithin("milliseconds of AbortSnapshots, median of 20", 0.0, 1000.0, median(millis));
}

ASSERTION(48, "OnLoad needs no engine and keeps no reference") {
  Provider provider = rig.activate();
  loadTwice(rig, provider, "");
  if (rig.options().local) leaveOpen("references to OnLoad's argument: proxy");
  rig.op().ask("engine.stop");
  Provider other = rig.activate();
  Stopwatch watch;
  loadTwice(rig, other, "without the engine");
  expectWithin("milliseconds without the engine", 0.0, 4000.0, watch.millis());
  rig.startEngine();
}

ASSERTION(49, "OnUnload(FALSE) is declined while a set is on its way") {
  Provider provider = rig.activate();
  expectHr("OnUnload(FALSE) without a set", S_OK, provider.unload(false));
  Set set = rig.begin(provider, {&rig.V()});
  for (Step step : ALL_STEPS) {
    rig.advance(provider, set, step);
    bool declined = step >= Step::PREPARED && step <= Step::COMMITTED;
    expectHr(std::string("OnUnload(FALSE) in ") + nameOf(step), declined ? S_FALSE : S_OK, provider.unload(false));
  }
  for (Step step : ALL_STEPS) {
    Provider other = rig.activate();
    Set unloaded = rig.reach(other, {&rig.V()}, step);
    expectHr(std::string("OnUnload(TRUE) in ") + nameOf(step), S_OK, other.unload(true));
  }
}

ASSERTION(50, "OnUnload(TRUE) ends what is not committed and keeps the rest") {
  for (Step step : {Step::BEGUN, Step::PREPARED, Step::PRECOMMITTED}) {
    Provider provider = rig.activate();
    Set set = rig.reach(provider, {&rig.V()}, step);
    expectHr(std::string("OnUnload(TRUE) in ") + nameOf(step), S_OK, provider.unload(true));
    rig.expectGone(provider, set);
  }
  for (Step step : {Step::POSTCOMMITTED, Step::PREFINAL, Step::CREATED}) {
    Set set;
    {
      Provider provider = rig.activate();
      set = rig.reach(provider, {&rig.V()}, step, VSS_CTX_BACKUP);
      expectHr(std::string("OnUnload(TRUE) in ") + nameOf(step), S_OK, provider.unload(true));
      expectHr("OnUnload(TRUE) again", S_OK, provider.unload(true));
    }
    Provider later = rig.activate();
    check(std::string("the snapshot survives an unload in ") + nameOf(step), rig.exists(later, set.snapshots[0]));
  }
}

ASSERTION(51, "releasing the last object ends what was not committed") {
  for (Step step : {Step::BEGUN, Step::PREPARED, Step::PRECOMMITTED}) {
    Set set;
    {
      Provider provider = rig.activate();
      set = rig.reach(provider, {&rig.V()}, step);
    }
    if (rig.hasOperator()) {
      auto copies = [&] { return Operator::number(rig.op().ask("held", {{"set", textOf(set.id)}}), "copiesOfSet"); };
      if (!eventually(5000, [&] { return copies() == 0; })) fail("copies after the last Release", "0", std::to_string(copies()));
    }
    // One call only: it would itself end a set that is still there. The wait is for those whom no operator tells.
    Provider later = rig.activate();
    if (!rig.hasOperator()) std::this_thread::sleep_for(std::chrono::seconds(1));
    expectHr(std::string("EndPrepareSnapshots after the last Release in ") + nameOf(step), VSS_E_OBJECT_NOT_FOUND, later.end(set.id));
    rig.expectGone(later, set);
  }
}

ASSERTION(52, "another object can go on with a set") {
  for (Step step : ALL_STEPS) {
    if (step == Step::CREATED) break;
    Provider first = rig.activate();
    Provider second = rig.activate();
    Set set = rig.reach(first, {&rig.V()}, step);
    // That there are two, and one goes, ends nothing.
    first = Provider();
    rig.advance(second, set, Step::CREATED);
    check("the snapshot exists", rig.exists(second, set.snapshots[0]));
  }
}

}  // namespace gnomon::conformance
