/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * A simulated machine for tests: one thread at a time, virtual time, and a storage device that forgets, tears and lies on
 * demand.
 *
 * <ul>
 *   <li>{@link dev.gnomon.testkit.SimWorld} puts a seed, a scheduler, a clock, randomness and storage together.
 *   <li>{@link dev.gnomon.testkit.SimScheduler} runs tasks one at a time; every port call may switch.
 *   <li>{@link dev.gnomon.testkit.SimStorage} holds files; {@link dev.gnomon.testkit.SimImage} is its frozen state,
 *       {@link dev.gnomon.testkit.CrashPoint} what a power cut at that state may leave, and
 *       {@link dev.gnomon.testkit.Survivors} one such choice.
 *   <li>{@link dev.gnomon.testkit.FaultRule} makes single calls fail.
 * </ul>
 *
 * <p>Same seed, same run: nothing here depends on identity hashes, real time or the order of a hash table.
 */
@NullMarked
package dev.gnomon.testkit;

import org.jspecify.annotations.NullMarked;
