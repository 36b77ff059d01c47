/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Tests of origins. */
@NullMarked
package dev.gnomon.volume;

import org.jspecify.annotations.NullMarked;
