/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** The rules that hold between packages, stated as tests. */
@NullMarked
package dev.gnomon.architecture;

import org.jspecify.annotations.NullMarked;
