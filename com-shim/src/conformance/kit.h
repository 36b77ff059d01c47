// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

// The assertion kit: numbered assertions that register themselves, what they throw, and how they are counted.

#include <chrono>
#include <exception>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "com.h"

namespace gnomon::conformance {

class Rig;

/** An assertion does not hold: what was looked at, what it should have been, what it was. */
struct Failure {
  std::string what;
  std::string expected;
  std::string actual;
};

/** An assertion cannot be decided in this environment. */
struct NotVerifiable {
  std::string reason;
};

/** One numbered assertion of the contract. The number is that of its list; END_TO_END is ours. */
struct Assertion {
  int number;
  const char* group;
  const char* text;
  void (*run)(Rig&);
};

constexpr int END_TO_END = 100;

/** All assertions that are linked in, by number. */
std::map<int, Assertion>& assertions();

struct Registered {
  Registered(int number, const char* group, const char* text, void (*run)(Rig&)) {
    assertions()[number] = {number, group, text, run};
  }
};

/** What a part of an assertion leaves open although the rest of it was checked. Shown behind the "ok". */
void leaveOpen(const std::string& reason);
std::vector<std::string> takeLeftOpen();

[[noreturn]] inline void fail(const std::string& what, const std::string& expected, const std::string& actual) {
  throw Failure{what, expected, actual};
}

inline void check(const std::string& what, bool holds) {
  if (!holds) fail(what, "true", "false");
}

template <typename T>
std::string shown(const T& value) {
  std::ostringstream out;
  out << std::boolalpha << value;
  return out.str();
}
inline std::string shown(const std::wstring& value) { return "'" + utf8(value) + "'"; }
inline std::string shown(const VSS_ID& value) { return textOf(value); }

template <typename E, typename A>
void expectEqual(const std::string& what, const E& expected, const A& actual) {
  if (!(expected == actual)) fail(what, shown(expected), shown(actual));
}

/** Expects a number within [low, high]. */
template <typename T>
void expectWithin(const std::string& what, T low, T high, T actual) {
  if (actual < low || actual > high) fail(what, shown(low) + " to " + shown(high), shown(actual));
}

void expectHr(const std::string& what, HRESULT expected, HRESULT actual);
void expectHrOneOf(const std::string& what, std::initializer_list<HRESULT> expected, HRESULT actual);

/** Milliseconds since it was made. */
class Stopwatch {
 public:
  double millis() const {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began_).count();
  }

 private:
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
};

/** The value that the given part of the values is not above; part is 0 to 1, and values is not empty. */
double quantile(std::vector<double> values, double part);
inline double median(const std::vector<double>& values) { return quantile(values, 0.5); }

/** Asks again every 20 ms until the condition holds; false when the time is over. */
bool eventually(int withinMillis, const std::function<bool()>& condition);

/** A thread in the multi-threaded apartment whose failure comes out of join(). */
class Worker {
 public:
  explicit Worker(std::function<void()> body);
  Worker(Worker&&) = default;
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  ~Worker();
  void join();

 private:
  std::shared_ptr<std::exception_ptr> error_;
  std::thread thread_;
};

/** Counts of one run. */
struct Tally {
  int ok = 0;
  int inPart = 0;
  int failed = 0;
  int open = 0;
};

/** Runs the chosen assertions (all if empty) in the order of their numbers and prints a line for each. */
Tally runAssertions(Rig& rig, const std::set<int>& chosen);

}  // namespace gnomon::conformance

/** Defines and registers one assertion; the body sees `rig`. CONFORMANCE_GROUP names the group of the source file. */
#define ASSERTION(number, text)                                                                      \
  static void assertion##number(Rig& rig);                                                           \
  static const Registered registered##number(number, CONFORMANCE_GROUP, text, assertion##number);    \
  static void assertion##number([[maybe_unused]] Rig& rig)
