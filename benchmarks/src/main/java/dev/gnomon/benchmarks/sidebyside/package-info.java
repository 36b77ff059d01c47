/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The side-by-side benchmark: Gnomon and other servers under one load generator, in turns.
 *
 * <p>A {@code Scenario} asks one question. It sets up its contenders, measures each in every round (A B C A B C ...), checks
 * their content, and hands {@code Point}s to the {@code Report}. Ratios are taken between points of the same round,
 * because what else the machine does changes from round to round. Figures are reported, never asserted; wrong content
 * fails the run.
 */
@NullMarked
package dev.gnomon.benchmarks.sidebyside;

import org.jspecify.annotations.NullMarked;
