/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** Tests of the messages of the control socket. */
@NullMarked
package dev.gnomon.control;

import org.jspecify.annotations.NullMarked;
