/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** Tests of single steps against a Windows in memory. */
@NullMarked
package dev.gnomon.installer.step;

import org.jspecify.annotations.NullMarked;
