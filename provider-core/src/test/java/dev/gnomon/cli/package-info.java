/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** Tests of the command line against a real control socket with an engine in memory behind it. */
@NullMarked
package dev.gnomon.cli;

import org.jspecify.annotations.NullMarked;
