/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import java.nio.ByteBuffer;

/** What mutants of this package do in place of a call; which call, stands in the table of mutants. */
@SuppressWarnings("unused")
final class FormatMutants {
    private FormatMutants() {}

    static boolean isZeroAtItsStart(BatchWriter batch, int start) {
        ByteBuffer bytes = batch.sealed();
        for (int i = start; i < start + 512; i += 8) {
            if (bytes.getLong(i) != 0) {
                return false;
            }
        }
        return true;
    }
}
