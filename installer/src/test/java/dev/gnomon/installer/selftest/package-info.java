/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** Tests of {@code dev.gnomon.installer.selftest}. */
@NullMarked
package dev.gnomon.installer.selftest;

import org.jspecify.annotations.NullMarked;
