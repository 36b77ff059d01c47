/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** Tests of the control server against clients that behave and clients that do not, and an engine in memory for them. */
@NullMarked
package dev.gnomon.control.server;

import org.jspecify.annotations.NullMarked;
