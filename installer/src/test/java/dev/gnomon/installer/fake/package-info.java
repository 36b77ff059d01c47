/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** A Windows in memory behind the ports of setup, as strict as the real one where that is known. */
@NullMarked
package dev.gnomon.installer.fake;

import org.jspecify.annotations.NullMarked;
