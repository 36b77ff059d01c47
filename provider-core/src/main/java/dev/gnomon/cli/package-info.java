/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** The command line: options, help and presentation. It reaches the engine only through the control socket. */
@NullMarked
package dev.gnomon.cli;

import org.jspecify.annotations.NullMarked;
