/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

/** A change of a file that a power cut may undo. */
sealed interface PendingOp {
    /** Returns the order in which the changes of the whole storage were made. */
    long order();

    /**
     * Sectors on their way to the device.
     *
     * @param first the number of the sector at which they arrive
     * @param sectors what arrives
     * @param cached how many of them, from the front, the call has put into the cache yet
     */
    @SuppressWarnings("ArrayRecordComponent") // Shared and never modified.
    record Write(long order, long first, Sector[] sectors, int cached) implements PendingOp {
        @Override
        public boolean equals(Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(order);
        }

        long end() {
            return first + sectors.length;
        }
    }

    /**
     * A new size.
     *
     * @param grows whether it was a write beyond the end, which never makes the file smaller
     */
    record Size(long order, long sizeBytes, boolean grows) implements PendingOp {}
}
