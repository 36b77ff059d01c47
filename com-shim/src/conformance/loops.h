// Copyright 2026 The Gnomon Authors
// SPDX-License-Identifier: Apache-2.0

#pragma once

#include "rig.h"

namespace gnomon::conformance {

/** What is open and held after some loops. */
struct LoopSample {
  int loop;
  size_t handles;
  Operator::Values engine;
};

struct LoopResult {
  std::vector<LoopSample> samples;
  long asked = 0;
};

/** Makes and deletes a set of two volumes so many times while eight threads query, and looks at handles five times on the way. */
LoopResult createAndDeleteWhileAsked(Rig& rig, int loops);

/** `--measure`: prints figures instead of running assertions; returns the exit code. */
int measure(Rig& rig);

}  // namespace gnomon::conformance
