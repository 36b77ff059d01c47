/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** Small helpers without state that every package may use, and that use none of them. */
@NullMarked
package dev.gnomon.util;

import org.jspecify.annotations.NullMarked;
