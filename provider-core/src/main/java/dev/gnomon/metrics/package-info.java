/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** Metrics for Prometheus over HTTP; the only package that knows Prometheus. */
@NullMarked
package dev.gnomon.metrics;

import org.jspecify.annotations.NullMarked;
