/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * Epochs, shadow copies and snapshot sets: the write path of a live volume, the cut that closes an epoch on many
 * volumes at one instant, and the reading of what a copy holds. Knows nothing of COM or sockets.
 */
@NullMarked
package dev.gnomon.snapshot;

import org.jspecify.annotations.NullMarked;
