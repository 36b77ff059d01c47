/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Gnomon beside everything that can stand in its place, for {@code gnomon bench peers}: one load generator (a C program on
 * libnbd), the same content, rounds in turns.
 *
 * <p>A {@code Peer} is a server with a live volume and, mostly, a copy of it. A {@code Visit} puts one {@code Workload} on one
 * peer: live, then a copy is taken, then its first overwrites, the rewrites of the same places, reads of the copy, and a
 * comparison of all content. {@code Rounds} makes the visits in turns and repeats those from which the hypervisor took too
 * much. {@code Goals} are the ratios to reach, judged against how far one program differs from itself in the same run.
 */
@NullMarked
package dev.gnomon.benchmarks.peers;

import org.jspecify.annotations.NullMarked;
