/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** What a step touches of a machine, as small interfaces: Windows implements them once, the tests in memory. */
@NullMarked
package dev.gnomon.installer.port;

import org.jspecify.annotations.NullMarked;
