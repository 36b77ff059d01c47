/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * The ports through which the engine reaches the world: bytes and names ({@link dev.gnomon.io.Storage}), time
 * ({@link dev.gnomon.io.Clock}), threads and every kind of wait ({@link dev.gnomon.io.Scheduler}), and randomness
 * ({@link dev.gnomon.io.RandomSource}).
 *
 * <p>The engine uses nothing else, so that one simulator can own them all, run one task at a time, and cut the power at
 * any I/O. The implementations on a real machine are in {@code dev.gnomon.io.os}; the simulated ones are in the test
 * kit. One suite of contract tests runs on both.
 */
@NullMarked
package dev.gnomon.io;

import org.jspecify.annotations.NullMarked;
