/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** Tests of setup: in memory, and what runs real Windows programs under Wine. */
@NullMarked
package dev.gnomon.installer;

import org.jspecify.annotations.NullMarked;
