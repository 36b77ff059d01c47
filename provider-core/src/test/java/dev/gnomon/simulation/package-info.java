/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Crashes and faults at every I/O of the real engine on a simulated machine, judged by a model of what was promised.
 *
 * <p>A workload runs once per seed and is recorded: the state of the storage and the model's clock at each I/O. Each
 * recorded state is then cut in many ways and recovered by the engine's own code in a fresh world, and {@code Oracle}
 * compares what can be read with what {@code History} says was promised. One thread runs at a time: same seed, same run.
 */
@NullMarked
package dev.gnomon.simulation;

import org.jspecify.annotations.NullMarked;
