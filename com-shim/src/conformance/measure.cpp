// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdio>

#include "loops.h"

namespace gnomon::conformance {
namespace {

int wanted(const Rig& rig, const char* key, int otherwise) {
  auto found = rig.options().measure.find(key);
  return found == rig.options().measure.end() ? otherwise : std::atoi(found->second.c_str());
}

/** Round trips of CommitSnapshots through COM, channel and engine. */
void measureCommits(Rig& rig, int commits) {
  auto count = static_cast<size_t>(wanted(rig, "volumes", 16));
  if (rig.many().size() < count) throw std::runtime_error("the operator has " + std::to_string(rig.many().size()) + " volumes");
  std::vector<const Volume*> volumes;
  for (size_t i = 0; i < count; i++) volumes.push_back(&rig.many()[i]);
  bool load = wanted(rig, "load", 1) != 0;
  if (load) rig.op().ask("load.begin", {{"volumes", std::to_string(count)}});
  Provider provider = rig.activate();
  std::vector<double> millis;
  Stopwatch all;
  for (int i = 0; i < commits; i++) {
    Set set = rig.reach(provider, volumes, Step::PRECOMMITTED, VSS_VOLSNAP_ATTR_NO_AUTORECOVERY);
    Stopwatch watch;
    HRESULT hr = provider.commit(set.id);
    millis.push_back(watch.millis());
    expectHr("CommitSnapshots", S_OK, hr);
    set.step = Step::COMMITTED;
    rig.advance(provider, set, Step::POSTCOMMITTED);
    LONG deleted = 0;
    VSS_ID nondeleted = {};
    expectHr("DeleteSnapshots", S_OK, provider.remove(set.id, VSS_OBJECT_SNAPSHOT_SET, true, &deleted, &nondeleted));
  }
  double seconds = all.millis() / 1000;
  std::string loadText = "without load";
  if (load) {
    Operator::Values written = rig.op().ask("load.end");
    loadText = "under load: " + written["text"];
  }
  std::printf("CommitSnapshots through COM, %zu volumes, %s\n", count, loadText.c_str());
  std::printf("  %d sets in %.1f s; milliseconds: median %.2f, p99 %.2f, worst %.2f\n", commits, seconds, median(millis),
              quantile(millis, 0.99), quantile(millis, 1.0));
}

/** Sets that come and go while eight threads ask, and what both processes hold meanwhile. */
void measureLoops(Rig& rig, int loops) {
  LoopResult result = createAndDeleteWhileAsked(rig, loops);
  std::printf("%d sets made and deleted while 8 threads asked %ld times\n", loops, result.asked);
  std::printf("  loop  handles here  engine: descriptors  resident MiB\n");
  for (const LoopSample& sample : result.samples) {
    auto value = [&](const char* key) {
      auto found = sample.engine.find(key);
      return found == sample.engine.end() ? std::string("?") : found->second;
    };
    std::printf("%6d  %12zu  %19s  %12s\n", sample.loop, sample.handles, value("descriptors").c_str(), value("residentMiB").c_str());
  }
}

}  // namespace

int measure(Rig& rig) {
  rig.clearAway();
  try {
    if (int commits = wanted(rig, "commits", 0)) measureCommits(rig, commits);
    if (int loops = wanted(rig, "loops", 0)) measureLoops(rig, std::max(loops, 20));
  } catch (const Failure& failure) {
    std::printf("FAIL %s, expected %s, actual %s\n", failure.what.c_str(), failure.expected.c_str(), failure.actual.c_str());
    return 1;
  }
  return 0;
}

}  // namespace gnomon::conformance
