/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The service's end of the control socket: admits its owner and root, reads their requests one by one, has the engine
 * carry them out, and answers. One misbehaving client costs only its own connection.
 */
@NullMarked
package dev.gnomon.control.server;

import org.jspecify.annotations.NullMarked;
