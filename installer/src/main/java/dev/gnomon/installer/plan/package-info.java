/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** A plan of steps that can be checked, applied and undone, and the journal that survives a kill between any two of them. */
@NullMarked
package dev.gnomon.installer.plan;

import org.jspecify.annotations.NullMarked;
