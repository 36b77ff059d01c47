// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include <algorithm>
#include <cstdio>

#include "loops.h"

namespace gnomon::conformance {
namespace {

// Sets before the figures count: code is compiled and loaded, threads are started.
constexpr int WARM_SETS = 20;
// Of the slowest commits it is told where their time went.
constexpr size_t SHOWN_SLOW = 10;

// What may be more at the end than in the middle of a run that is flat. Threads of the pools come and go with what they hold.
constexpr double SLACK_COUNT = 12;
constexpr double SLACK_HEAP_MIB = 6;
constexpr double SLACK_RESIDENT_MIB = 24;

int wanted(const Rig& rig, const char* key, int otherwise) {
  auto found = rig.options().measure.find(key);
  return found == rig.options().measure.end() ? otherwise : std::atoi(found->second.c_str());
}

long long epochMillis() {
  constexpr unsigned long long OF_1970 = 116444736000000000ULL;
  FILETIME now;
  GetSystemTimeAsFileTime(&now);
  return static_cast<long long>(((static_cast<unsigned long long>(now.dwHighDateTime) << 32 | now.dwLowDateTime) - OF_1970) / 10000);
}

/** One commit, in milliseconds. */
struct Commit {
  double all;      // as VSS sees it
  double service;  // from when the service had read it to when its answer was ready; below 0 if unknown
  double nothing;  // a call that does nothing, right before
  long long ended;  // since 1970
};

void printQuantiles(const char* what, const std::vector<double>& millis) {
  if (millis.empty()) return;
  std::printf("  %-34s median %6.2f, p90 %6.2f, p99 %6.2f, worst %6.2f\n", what, median(millis), quantile(millis, 0.9),
              quantile(millis, 0.99), quantile(millis, 1.0));
}

std::vector<double> column(const std::vector<Commit>& commits, double Commit::*which) {
  std::vector<double> values;
  for (const Commit& each : commits) {
    if (each.*which >= 0) values.push_back(each.*which);
  }
  return values;
}

/** Says of the slowest where the time was spent: in the service, in a pause of its JVM, or on the way. */
void printSlowest(Rig& rig, std::vector<Commit> commits) {
  std::sort(commits.begin(), commits.end(), [](const Commit& a, const Commit& b) { return a.all > b.all; });
  std::printf("  slowest  in the service  JVM paused  on the way  a call that does nothing, before\n");
  for (size_t i = 0; i < std::min(SHOWN_SLOW, commits.size()); i++) {
    const Commit& each = commits[i];
    Operator::Values pauses = rig.op().ask(
        "pauses", {{"from", std::to_string(each.ended - static_cast<long long>(each.all) - 1)}, {"to", std::to_string(each.ended + 1)}});
    std::printf("%9.2f  %14.2f  %10s  %10.2f  %10.2f\n", each.all, each.service, pauses["millis"].c_str(), each.all - each.service,
                each.nothing);
  }
}

/** Round trips of CommitSnapshots through COM, channel and engine. */
void measureCommits(Rig& rig, int wantedCommits) {
  auto count = static_cast<size_t>(wanted(rig, "volumes", 16));
  if (rig.many().size() < count) throw std::runtime_error("the operator has " + std::to_string(rig.many().size()) + " volumes");
  std::vector<const Volume*> volumes;
  for (size_t i = 0; i < count; i++) volumes.push_back(&rig.many()[i]);
  bool load = wanted(rig, "load", 1) != 0;
  if (load) rig.op().ask("load.begin", {{"volumes", std::to_string(count)}});
  Provider provider = rig.activate();
  std::vector<Commit> commits;
  Stopwatch all;
  for (int i = -WARM_SETS; i < wantedCommits; i++) {
    if (i == 0) {
      rig.op().ask("machine.begin");
      all = Stopwatch();
    }
    Set set = rig.reach(provider, volumes, Step::PRECOMMITTED, VSS_VOLSNAP_ATTR_NO_AUTORECOVERY);
    Stopwatch idle;
    expectHr("SetContext", S_OK, provider.setContext(VSS_CTX_BACKUP));
    double nothing = idle.millis();
    Stopwatch watch;
    HRESULT hr = provider.commit(set.id);
    double millis = watch.millis();
    long long ended = epochMillis();
    expectHr("CommitSnapshots", S_OK, hr);
    set.step = Step::COMMITTED;
    rig.advance(provider, set, Step::POSTCOMMITTED);
    Operator::Values seen = rig.op().ask("commit.time", {{"set", textOf(set.id)}});
    if (i >= 0) commits.push_back({millis, std::atof(seen["millis"].c_str()), nothing, ended});
    LONG deleted = 0;
    VSS_ID nondeleted = {};
    expectHr("DeleteSnapshots", S_OK, provider.remove(set.id, VSS_OBJECT_SNAPSHOT_SET, true, &deleted, &nondeleted));
  }
  double seconds = all.millis() / 1000;
  Operator::Values machine = rig.op().ask("machine.end");
  std::string loadText = "without load";
  if (load) loadText = "under load: " + rig.op().ask("load.end")["text"];
  std::printf("CommitSnapshots through COM, %zu volumes, %s\n", count, loadText.c_str());
  std::printf("  %d sets in %.1f s; milliseconds:\n", wantedCommits, seconds);
  printQuantiles("CommitSnapshots", column(commits, &Commit::all));
  printQuantiles("of it in the service", column(commits, &Commit::service));
  printQuantiles("a call that does nothing", column(commits, &Commit::nothing));
  std::printf("  meanwhile the JVM paused %s times, %s ms together, %s ms at most; processors %s %% busy, %s %% stolen\n",
              machine["pauses"].c_str(), machine["pausedMillis"].c_str(), machine["longestMillis"].c_str(), machine["busy"].c_str(),
              machine["stolen"].c_str());
  printSlowest(rig, commits);
}

/** A figure of the loops: what it is, how it is read from a sample, and how much more may be held at the end. */
struct Figure {
  const char* name;
  const char* key;  // of the engine's values; null for the harness's own
  double slack;
};

constexpr Figure FIGURES[] = {{"handles here", nullptr, SLACK_COUNT},       {"MiB here", "", SLACK_RESIDENT_MIB},
                              {"descriptors", "descriptors", SLACK_COUNT},  {"threads", "threads", SLACK_COUNT},
                              {"MiB", "residentMiB", SLACK_RESIDENT_MIB},   {"heap MiB", "heapMiB", SLACK_HEAP_MIB}};

/** Returns a figure, below 0 if it is not known. */
double valueOf(const Figure& figure, const LoopSample& sample) {
  if (figure.key == nullptr) return static_cast<double>(sample.handles);
  if (*figure.key == '\0') return sample.residentMiB;
  auto found = sample.engine.find(figure.key);
  return found == sample.engine.end() || found->second.empty() ? -1 : std::atof(found->second.c_str());
}

void printSample(const LoopSample& sample) {
  std::printf("%6d", sample.loop);
  for (const Figure& figure : FIGURES) {
    double value = valueOf(figure, sample);
    if (value < 0) {
      std::printf("  %12s", "?");
    } else {
      std::printf("  %12.*f", figure.slack == SLACK_COUNT ? 0 : 1, value);
    }
  }
  std::printf("\n");
  std::fflush(stdout);
}

/** Returns by how much a figure grows in 100 loops: the slope of the straight line through it. */
double growth(const std::vector<LoopSample>& samples, size_t from, const Figure& figure) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (size_t i = from; i < samples.size(); i++) {
    double loop = samples[i].loop / 100.0;
    double value = valueOf(figure, samples[i]);
    n += 1, x += loop, y += value, xx += loop * loop, xy += loop * value;
  }
  double spread = n * xx - x * x;
  return spread == 0 ? 0 : (n * xy - x * y) / spread;
}

/** Sets that come and go while eight threads ask, and what both processes hold meanwhile: it must not grow from the middle on. */
bool measureLoops(Rig& rig, int loops) {
  int every = std::max(1, wanted(rig, "every", std::min(100, loops / 5)));
  std::printf("%6s", "loop");
  for (const Figure& figure : FIGURES) std::printf("  %12s", figure.name);
  std::printf("\n");
  LoopResult result =
      createAndDeleteWhileAsked(rig, {loops, every, every, wanted(rig, "seconds", 0), true, [](const LoopSample& each) { printSample(each); }});
  std::printf("%d sets made and deleted while 8 threads asked %ld times\n", result.loops, result.asked);
  if (result.loops < loops) std::printf("the time was over before the other %d\n", loops - result.loops);
  size_t middle = result.samples.size() / 2;
  if (result.samples.size() < 4) return true;
  bool flat = true;
  for (const Figure& figure : FIGURES) {
    double first = valueOf(figure, result.samples[middle]);
    double last = valueOf(figure, result.samples.back());
    if (first < 0 || last < 0) continue;
    bool grows = last > first + figure.slack;
    std::printf("  %-12s %+.2f per 100 loops%s\n", figure.name, growth(result.samples, middle, figure), grows ? "  GROWS" : "");
    flat = flat && !grows;
  }
  return flat;
}

}  // namespace

int measure(Rig& rig) {
  rig.clearAway();
  bool good = true;
  try {
    if (int commits = wanted(rig, "commits", 0)) measureCommits(rig, commits);
    if (int loops = wanted(rig, "loops", 0)) good = measureLoops(rig, std::max(loops, 20));
  } catch (const Failure& failure) {
    std::printf("FAIL %s, expected %s, actual %s\n", failure.what.c_str(), failure.expected.c_str(), failure.actual.c_str());
    return 1;
  }
  return good ? 0 : 1;
}

}  // namespace gnomon::conformance
