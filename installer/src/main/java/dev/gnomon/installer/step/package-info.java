/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** The steps of an installation, one class a step, and the conditions that are looked at before the first of them. */
@NullMarked
package dev.gnomon.installer.step;

import org.jspecify.annotations.NullMarked;
