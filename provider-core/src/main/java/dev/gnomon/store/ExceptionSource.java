/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.format.StoreException;

/** Exceptions in order of volume, piece and epoch, one at a time. Confined to one task. */
interface ExceptionSource {
    /** Moves to the next; false behind the last. */
    boolean next() throws StoreException;

    int volume();

    long piece();

    long epoch();

    /** Returns where its bytes are, or {@link VolumeExceptions#ZEROS} or {@link VolumeExceptions#NOT_KEPT}. */
    long location();

    int crc();

    /** Returns whether the place replaces that of an older exception of the same key. */
    boolean moved();
}
