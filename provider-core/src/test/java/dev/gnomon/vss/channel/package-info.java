/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/** Tests of the channel to the COM shim. */
@NullMarked
package dev.gnomon.vss.channel;

import org.jspecify.annotations.NullMarked;
