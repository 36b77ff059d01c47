/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** Tests of the journal. */
@NullMarked
package dev.gnomon.installer.plan;

import org.jspecify.annotations.NullMarked;
