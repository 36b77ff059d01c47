/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/** What only Windows has: named pipes, tokens, access lists, the registry, volumes and disks. Everything native goes through JNA. */
@NullMarked
package dev.gnomon.platform.windows;

import org.jspecify.annotations.NullMarked;
