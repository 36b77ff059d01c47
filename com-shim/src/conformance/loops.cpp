// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#define CONFORMANCE_GROUP "revert and robustness"

#include "loops.h"
#include "watch.h"

#include <atomic>

namespace gnomon::conformance {
namespace {

constexpr int THREADS = 8;
// Threads of the harness come and go with a handle or two each.
constexpr size_t SLACK_HANDLES = 12;

/** Asks everything that reads, again and again. */
void askOn(const Rig& rig, const std::atomic<bool>& stop, std::atomic<long>& asked) {
  Provider provider = rig.activate();
  expectHr("SetContext", S_OK, provider.setContext(static_cast<LONG>(VSS_CTX_ALL)));
  // In a context of its own: in VSS_CTX_ALL nothing can be created, so no volume needs to be supported.
  Provider asker = rig.activate();
  while (!stop) {
    for (const Props& item : provider.list()) {
      Props props;
      expectHrOneOf("GetSnapshotProperties", {S_OK, VSS_E_OBJECT_NOT_FOUND}, provider.properties(item->m_SnapshotId, &props));
    }
    BOOL supported = FALSE;
    expectHr("IsVolumeSupported", S_OK, asker.supported(rig.V().guidPath, &supported));
    check("the volume is supported", supported != FALSE);
    asked++;
  }
}

}  // namespace

LoopResult createAndDeleteWhileAsked(Rig& rig, const LoopPlan& plan) {
  std::atomic<bool> stop{false};
  std::atomic<long> asked{0};
  LoopResult result;
  std::vector<std::unique_ptr<Worker>> workers;
  for (int i = 0; i < THREADS; i++) workers.push_back(std::make_unique<Worker>([&] { askOn(rig, stop, asked); }));
  Stopwatch watch;
  auto sample = [&](int loop) {
    LoopSample now{loop, openHandles(), residentMiB(), {}};
    if (rig.hasOperator()) now.engine = rig.op().ask("process", {{"collect", plan.collect ? "yes" : "no"}});
    result.samples.push_back(now);
    plan.told(now);
  };
  try {
    while (result.loops < plan.loops && (plan.seconds == 0 || watch.millis() < 1000.0 * plan.seconds)) {
      Provider provider = rig.activate();
      bool recovers = result.loops % 2 == 0;
      Set set = rig.create(provider, {&rig.V(), &rig.W()}, recovers ? 0L : static_cast<LONG>(VSS_VOLSNAP_ATTR_NO_AUTORECOVERY));
      LONG deleted = 0;
      VSS_ID nondeleted = {};
      expectHr("DeleteSnapshots", S_OK, provider.remove(set.id, VSS_OBJECT_SNAPSHOT_SET, true, &deleted, &nondeleted));
      expectEqual("*plDeletedSnapshots", 2L, static_cast<long>(deleted));
      result.loops++;
      if (result.loops >= plan.first && (result.loops - plan.first) % plan.every == 0) sample(result.loops);
    }
  } catch (...) {
    stop = true;
    throw;
  }
  stop = true;
  for (auto& worker : workers) worker->join();
  result.asked = asked;
  return result;
}

ASSERTION(79, "eight threads ask while sets come and go") {
  int loops = rig.loops(1000);
  LoopPlan plan{loops, loops / 5, loops / 5};
  LoopResult result = createAndDeleteWhileAsked(rig, plan);
  check("the threads asked all the time", result.asked >= THREADS);
  size_t first = result.samples.front().handles;
  size_t last = result.samples.back().handles;
  check("handles of this process can be counted", first > 0);
  if (last > first + SLACK_HANDLES) fail("handles of this process", "about " + std::to_string(first), std::to_string(last));
}

}  // namespace gnomon::conformance
