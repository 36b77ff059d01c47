/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

/** One contender compared with another by one figure: the ratio of every round, and its spread. */
record Ratio(Figure figure, String numerator, String denominator) {}
