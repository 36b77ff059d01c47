// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "rig.h"

namespace gnomon::conformance {

/** What is open and held after some loops. */
struct LoopSample {
  int loop;
  size_t handles;
  double residentMiB;
  Operator::Values engine;
};

/** How long it goes on, and when it looks. */
struct LoopPlan {
  int loops;
  /** The first sample is taken after so many loops, */
  int first;
  /** the next ones after so many each. */
  int every;
  /** It ends after this time even if loops are left; 0 for never. */
  int seconds = 0;
  /** Whether the engine collects its garbage before it is looked at. */
  bool collect = false;
  /** Told of each sample as it comes. */
  std::function<void(const LoopSample&)> told = [](const LoopSample&) {};
};

struct LoopResult {
  std::vector<LoopSample> samples;
  int loops = 0;
  long asked = 0;
};

/** Makes and deletes a set of two volumes so many times while eight threads query, and looks at what is held on the way. */
LoopResult createAndDeleteWhileAsked(Rig& rig, const LoopPlan& plan);

/** `--measure`: prints figures instead of running assertions; returns the exit code. */
int measure(Rig& rig);

}  // namespace gnomon::conformance
