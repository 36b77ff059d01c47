/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** JMH benchmarks of single steps of the data path, named after what they cost. */
@NullMarked
package dev.gnomon.benchmarks.jmh;

import org.jspecify.annotations.NullMarked;
