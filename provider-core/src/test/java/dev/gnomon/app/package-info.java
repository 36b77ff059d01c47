/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** Tests of how the service is put together, started and stopped. */
@NullMarked
package dev.gnomon.app;

import org.jspecify.annotations.NullMarked;
