/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
/**
 * A small NBD client: what the demonstration and the tests use to be on the other side of the wire. Speaks to any server
 * that offers fixed newstyle; uses structured replies and {@code base:allocation} where they are offered.
 */
@NullMarked
package dev.gnomon.protocol.nbd.client;

import org.jspecify.annotations.NullMarked;
