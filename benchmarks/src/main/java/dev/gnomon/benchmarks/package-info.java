/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Benchmarks and concurrency stress tests, named after the question that they answer.
 *
 * <p>Nothing imports this package, and no measurement runs with the unit tests: it needs a quiet machine.
 */
@NullMarked
package dev.gnomon.benchmarks;

import org.jspecify.annotations.NullMarked;
