/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** The composition root: {@code Main}, and the only package that knows every other one. */
@NullMarked
package dev.gnomon.app;

import org.jspecify.annotations.NullMarked;
