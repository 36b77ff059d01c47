// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#include "kit.h"

#include <algorithm>
#include <cmath>
#include <condition_variable>
#include <cstdio>
#include <mutex>

#include "rig.h"

namespace gnomon::conformance {
namespace {

std::vector<std::string>& leftOpen() {
  static std::vector<std::string> reasons;
  return reasons;
}

std::string numberOf(int number) {
  char text[8];
  if (number == END_TO_END) return "E2E";
  std::snprintf(text, sizeof text, "%02d", number);
  return text;
}

/** Ends the process if an assertion hangs: a call that does not return cannot be taken back. */
class Watchdog {
 public:
  Watchdog(std::string name, int seconds) : thread_([this, name = std::move(name), seconds] { watch(name, seconds); }) {}
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;
  ~Watchdog() {
    {
      std::lock_guard<std::mutex> guard(lock_);
      done_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

 private:
  void watch(const std::string& name, int seconds) {
    std::unique_lock<std::mutex> guard(lock_);
    if (changed_.wait_for(guard, std::chrono::seconds(seconds), [this] { return done_; })) return;
    std::printf("%s FAIL time, expected an end within %d s, actual none; the run ends here\n", name.c_str(), seconds);
    std::fflush(stdout);
    TerminateProcess(GetCurrentProcess(), 1);
  }

  std::mutex lock_;
  std::condition_variable changed_;
  bool done_ = false;
  std::thread thread_;
};

// Many times what the slowest takes; with --long loops are ten times as long.
constexpr int LIMIT_SECONDS = 300;

/** Runs one assertion and prints its line. What it leaves behind is cleared away before the next one begins. */
void runOne(Rig& rig, const Assertion& assertion, Tally& tally) {
  std::string name = numberOf(assertion.number);
  Watchdog watchdog(name, rig.options().longRun ? 20 * LIMIT_SECONDS : LIMIT_SECONDS);
  Stopwatch watch;
  std::string line;
  takeLeftOpen();
  try {
    rig.clearAway();
    assertion.run(rig);
    std::vector<std::string> open = takeLeftOpen();
    line = name + " ok";
    for (const std::string& reason : open) line += "; not verifiable here: " + reason;
    (open.empty() ? tally.ok : tally.inPart)++;
  } catch (const Failure& failure) {
    line = name + " FAIL " + failure.what + ", expected " + failure.expected + ", actual " + failure.actual;
    tally.failed++;
  } catch (const NotVerifiable& open) {
    line = name + " not verifiable here: " + open.reason;
    tally.open++;
  } catch (const std::exception& error) {
    line = name + " FAIL " + assertion.text + ", expected no error of the harness, actual " + error.what();
    tally.failed++;
  }
  if (rig.options().times) line += "  [" + std::to_string(static_cast<long>(watch.millis())) + " ms]";
  std::printf("%s\n", line.c_str());
  std::fflush(stdout);
}

}  // namespace

std::map<int, Assertion>& assertions() {
  static std::map<int, Assertion> all;
  return all;
}

void leaveOpen(const std::string& reason) { leftOpen().push_back(reason); }

std::vector<std::string> takeLeftOpen() { return std::exchange(leftOpen(), {}); }

void expectHr(const std::string& what, HRESULT expected, HRESULT actual) {
  if (expected != actual) fail(what, textOfHr(expected), textOfHr(actual));
}

void expectHrOneOf(const std::string& what, std::initializer_list<HRESULT> expected, HRESULT actual) {
  std::string all;
  for (HRESULT hr : expected) {
    if (hr == actual) return;
    all += (all.empty() ? "" : " or ") + textOfHr(hr);
  }
  fail(what, all, textOfHr(actual));
}

double quantile(std::vector<double> values, double part) {
  std::sort(values.begin(), values.end());
  auto last = static_cast<double>(values.size() - 1);
  return values[static_cast<size_t>(std::ceil(last * part))];
}

bool eventually(int withinMillis, const std::function<bool()>& condition) {
  Stopwatch watch;
  for (;;) {
    if (condition()) return true;
    if (watch.millis() > withinMillis) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

Worker::Worker(std::function<void()> body) : error_(std::make_shared<std::exception_ptr>()) {
  thread_ = std::thread([error = error_, body = std::move(body)] {
    ComApartment apartment;
    try {
      body();
    } catch (...) {
      *error = std::current_exception();
    }
  });
}

Worker::~Worker() {
  if (thread_.joinable()) thread_.join();
}

void Worker::join() {
  thread_.join();
  if (*error_) std::rethrow_exception(*error_);
}

Tally runAssertions(Rig& rig, const std::set<int>& chosen) {
  Tally tally;
  const char* group = "";
  for (const auto& [number, assertion] : assertions()) {
    if (!chosen.empty() && chosen.count(number) == 0) continue;
    if (std::string(group) != assertion.group) std::printf("-- %s\n", group = assertion.group);
    runOne(rig, assertion, tally);
  }
  return tally;
}

}  // namespace gnomon::conformance
