/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** The other end of the control socket: what the command line, and any other program in Java, calls. */
@NullMarked
package dev.gnomon.control.client;

import org.jspecify.annotations.NullMarked;
