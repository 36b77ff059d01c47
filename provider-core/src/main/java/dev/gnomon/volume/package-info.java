/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** The origin of a volume: a raw file or block device, byte for byte what a client sees. Knows nothing of snapshots. */
@NullMarked
package dev.gnomon.volume;

import org.jspecify.annotations.NullMarked;
