/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** Tests of {@code dev.gnomon.installer.doctor}. */
@NullMarked
package dev.gnomon.installer.doctor;

import org.jspecify.annotations.NullMarked;
