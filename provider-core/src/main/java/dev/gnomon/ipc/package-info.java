/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * Connections between processes of one machine, as bytes with deadlines: sockets here, named pipes in the platform's package. Knows no
 * message.
 */
@NullMarked
package dev.gnomon.ipc;

import org.jspecify.annotations.NullMarked;
