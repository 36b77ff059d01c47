// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

// The operator: what a VSS host cannot do by itself (stop, kill and start the engine, add faults, count what is held) is asked of
// a driver outside, one line each way over loopback TCP: "verb key=value ..." and "ok key=value ..." or "error text".
// Values are percent-encoded. build/conformance/operator_port.py is the other side, and lists the verbs.

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "nbd.h"

namespace gnomon::conformance {

class Operator {
 public:
  using Values = std::map<std::string, std::string>;

  /** Connects to "ADDRESS:PORT". */
  explicit Operator(const std::string& endpoint);

  /** Asks and waits for the answer, at most two minutes. An "error" becomes a std::runtime_error. Thread-safe. */
  Values ask(const std::string& verb, const Values& arguments = {});

  /** A number of an answer; throws if it is missing. */
  static int64_t number(const Values& values, const std::string& key);

 private:
  std::string readLine();

  std::mutex lock_;
  Socket socket_;
};

}  // namespace gnomon::conformance
