/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** Tests of what protocol servers see of the engine. */
@NullMarked
package dev.gnomon.export;

import org.jspecify.annotations.NullMarked;
