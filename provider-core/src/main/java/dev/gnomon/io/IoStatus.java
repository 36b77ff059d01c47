/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io;

/** How a request to a volume or shadow copy ended. A value, not an exception: refusals are expected and cost nothing. */
public enum IoStatus {
    /** Done, as far as the request asked: durable only if it asked for that. */
    OK,
    /** The device or the store failed; the range holds old, new or mixed bytes. */
    IO_ERROR,
    /** No room for the bytes, in the origin or in the diff area; the range holds old or mixed bytes. */
    NO_SPACE,
    /** The export, or the state that the volume is in, does not admit writes; nothing was changed. */
    READ_ONLY,
    /** The range or a flag is not legal; nothing was changed. */
    INVALID,
    /** The request cannot be done in the way that it demands (fast zero); nothing was changed. */
    NOT_SUPPORTED,
    /** The export is gone: the service stops, the volume was removed, or the shadow copy deleted. */
    GONE
}
