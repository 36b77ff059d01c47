/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** What {@code gnomon doctor} finds out about an installation on Windows. Changes nothing. */
@NullMarked
package dev.gnomon.installer.doctor;

import org.jspecify.annotations.NullMarked;
