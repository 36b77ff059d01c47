/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The language of the control socket: requests, replies and what they carry, as records and as JSON.
 *
 * <p>A message is a frame: the length of what follows as four bytes, big-endian, then one JSON object in UTF-8, of at
 * most {@link dev.gnomon.control.Protocol#MAX_FRAME_BYTES} bytes. Every message names its schema version. Requests are
 * read strictly: an unknown field, a wrong type or a value out of range is an error that names the field, the value and
 * what is allowed. Replies are read leniently: a client ignores fields that it does not know, so that a newer service
 * may add some. Knows nothing of terminals and nothing of the engine.
 */
@NullMarked
package dev.gnomon.control;

import org.jspecify.annotations.NullMarked;
