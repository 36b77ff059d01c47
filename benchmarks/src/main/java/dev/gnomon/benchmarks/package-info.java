/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Benchmarks and concurrency stress tests, named after the question that they answer.
 *
 * <p>Nothing imports this package, and nothing here runs with the unit tests: a measurement needs a quiet machine. It is
 * empty until the first question is asked.
 */
@NullMarked
package dev.gnomon.benchmarks;

import org.jspecify.annotations.NullMarked;
