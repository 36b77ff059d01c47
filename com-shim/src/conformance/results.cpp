// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#define CONFORMANCE_GROUP "results and deadlines"

#include <random>

#include "rig.h"
#include "watch.h"

namespace gnomon::conformance {
namespace {

/** One random caller: any method in any state with any of a few arguments. */
class Fuzz {
 public:
  Fuzz(Rig& rig, uint64_t seed) : rig_(rig), random_(seed) {
    for (int i = 0; i < 3; i++) providers_.push_back(rig.activate());
    sets_ = {GUID_NULL, newId(), newId(), newId()};
    snapshots_ = {GUID_NULL, newId(), newId(), newId(), newId()};
    volumes_ = {rig.V().guidPath, rig.V().guidPath, rig.W().guidPath, L"", L"C", L"Q:\\", L"\\\\?\\Volume{no}\\"};
  }

  void step() {
    const Provider& provider = pick(providers_);
    // Half of the time the call that brings a set forward, so that late states are reached.
    int call = chance(2) ? expected_++ % 7 : static_cast<int>(random_() % 18);
    if (call == 0 || chance(12)) sets_[1 + random_() % 3] = newId();
    make(provider, call);
  }

 private:
  bool chance(int oneIn) { return random_() % static_cast<unsigned>(oneIn) == 0; }

  template <typename T>
  const T& pick(const std::vector<T>& all) {
    return all[random_() % all.size()];
  }

  void make(const Provider& provider, int call) {
    VSS_ID set = chance(3) ? pick(sets_) : sets_[1];
    VSS_ID snapshot = pick(snapshots_);
    LONG number = 0;
    BOOL flag = FALSE;
    VSS_ID id = {};
    Props props;
    Com<IVssEnumObject> enumerator;
    Com<IVssAsync> async;
    VARIANT variant = {};
    switch (call) {
      case 0: provider.begin(set, newId(), pick(volumes_), chance(4) ? 9 : 0); break;
      case 1: provider.end(set); break;
      case 2: provider.preCommit(set); break;
      case 3: provider.commit(set); break;
      case 4: provider.postCommit(set, 1); break;
      case 5: provider.preFinal(set); break;
      case 6: provider.postFinal(set); break;
      case 7: provider.abort(set); break;
      case 8: provider.begin(set, snapshot, pick(volumes_), static_cast<LONG>(random_())); break;
      case 9: provider.setContext(chance(2) ? 0 : static_cast<LONG>(random_())); break;
      case 10: provider.properties(snapshot, &props); break;
      case 11:
        provider.query(chance(2) ? GUID_NULL : set, static_cast<VSS_OBJECT_TYPE>(random_() % 6),
                       static_cast<VSS_OBJECT_TYPE>(random_() % 6), &enumerator);
        break;
      case 12: provider.remove(chance(2) ? set : snapshot, static_cast<VSS_OBJECT_TYPE>(random_() % 6), true, &number, &id); break;
      case 13: provider.supported(pick(volumes_), &flag); break;
      case 14: provider.snapshotted(pick(volumes_), &flag, &number); break;
      case 15: provider.setProperty(snapshot, static_cast<int>(random_() % 18), variant); break;
      case 16: provider.revertStatus(pick(volumes_), &async); break;
      case 17: chance(2) ? provider.unload(chance(3)) : provider.load(nullptr); break;
      default: break;
    }
  }

  Rig& rig_;
  std::mt19937_64 random_;
  std::vector<Provider> providers_;
  std::vector<VSS_ID> sets_;
  std::vector<VSS_ID> snapshots_;
  std::vector<std::wstring> volumes_;
  unsigned expected_ = 0;
};

void fuzz(Rig& rig, uint64_t seed, int steps) {
  try {
    Fuzz fuzz(rig, seed);
    for (int i = 0; i < steps; i++) fuzz.step();
  } catch (Failure& failure) {
    failure.what += " (--seed " + std::to_string(seed) + ")";
    throw;
  }
}

std::string joined(const std::vector<std::string>& all) {
  std::string text;
  for (const std::string& one : all) text += (text.empty() ? "" : " ") + one;
  return text.empty() ? "none" : text;
}

int64_t nowFileTime() {
  FILETIME now = {};
  GetSystemTimePreciseAsFileTime(&now);
  return static_cast<int64_t>(now.dwHighDateTime) << 32 | now.dwLowDateTime;
}

}  // namespace

ASSERTION(33, "only documented codes come out, whatever the engine does") {
  uint64_t seed = rig.options().seed;
  fuzz(rig, seed, 10 * rig.loops(600));
  if (!rig.hasOperator()) {
    leaveOpen("faults of the engine: no --operator");
    return;
  }
  // Each fault of the service itself, while any call may come; then the same with an engine that dies and comes back.
  // Silence only where the provider does not wait for minutes, as it must in EndPrepareSnapshots.
  const struct {
    const char* kind;
    const char* call;
    const char* times;
  } faults[] = {{"engine-wrong", "any", "20"},
                {"engine-late=300ms", "any", "10"},
                {"engine-silent", "IsVolumeSupported", "1"},
                {"engine-silent", "CommitSnapshots", "1"}};
  for (const auto& fault : faults) {
    rig.op().ask("engine.fault", {{"kind", fault.kind}, {"call", fault.call}, {"times", fault.times}});
    fuzz(rig, ++seed, rig.loops(400));
    rig.clearFaults();
    rig.op().ask("ready");
  }
  Worker killer([&] { rig.op().ask("engine.kill"); });
  fuzz(rig, ++seed, rig.loops(600));
  killer.join();
  rig.startEngine();
}

ASSERTION(34, "a late commit is a veto in time, and the set is gone") {
  Provider provider = rig.activate();
  Set set = rig.reach(provider, {&rig.V()}, Step::PRECOMMITTED);
  rig.op().ask("engine.suspend");
  Stopwatch watch;
  HRESULT hr = provider.commit(set.id);
  double millis = watch.millis();
  provider.abort(set.id);
  rig.resumeEngine();
  expectHr("CommitSnapshots while the engine hangs", VSS_E_PROVIDER_VETO, hr);
  expectWithin("milliseconds of CommitSnapshots", 0.0, 6000.0, millis);
  rig.expectGone(provider, set);
}

ASSERTION(35, "nothing is written while writes are held") {
  if (rig.options().local) throw NotVerifiable{"the provider runs in another process"};
  std::wstring server = rig.options().dll.empty() ? registeredServer(rig.options().clsid) : rig.options().dll;
  Provider provider = rig.activate();
  // Once before, so that nothing is done for the first time.
  rig.create(provider, {&rig.V()});
  Set set = rig.reach(provider, {&rig.V(), &rig.W()}, Step::PRECOMMITTED);
  rig.op().ask("trace.begin");
  std::vector<std::string> calls;
  HRESULT hr;
  int watched;
  int64_t began, ended;
  {
    ApiTrace trace(GetModuleHandleW(server.c_str()));
    watched = trace.watched();
    trace.take();
    began = nowFileTime();
    hr = provider.commit(set.id);
    ended = nowFileTime();
    calls = trace.take();
  }
  Operator::Values seen = rig.op().ask("trace.end", {{"from", std::to_string(began)}, {"to", std::to_string(ended)}});
  expectHr("CommitSnapshots", S_OK, hr);
  check("functions of the provider's DLL could be watched", watched > 0);
  expectEqual("calls of the provider's DLL during CommitSnapshots", std::string("none"), joined(calls));
  expectEqual("calls of the engine during CommitSnapshots", std::string("none"), seen.at("calls"));
  check("the trace of the engine saw the commit", Operator::number(seen, "all") > 0);
  set.step = Step::COMMITTED;
  rig.advance(provider, set, Step::CREATED);
}

}  // namespace gnomon::conformance
