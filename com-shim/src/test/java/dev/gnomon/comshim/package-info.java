/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

@NullMarked
package dev.gnomon.comshim;

import org.jspecify.annotations.NullMarked;
