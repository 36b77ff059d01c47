/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import java.util.ArrayList;
import java.util.List;

/** What the slots of both volumes hold, as read back; filled piece by piece by one thread. */
final class Image {
    /** Pieces that are named; of the others it is enough that there are more. */
    private static final int STRAYS_NAMED = 8;

    private final Layout layout;
    private final long[][] records;
    private final List<String> strays = new ArrayList<>();
    private long strayCount;

    Image(Layout layout) {
        this.layout = layout;
        this.records = new long[Layout.VOLUMES][layout.chains() * layout.slots()];
    }

    /** Sets what a slot holds: a number, {@link Stamp#NONE} or {@link Stamp#BROKEN}. */
    void put(int volume, int slotIndex, long found) {
        records[volume][slotIndex] = found;
    }

    /** Notes bytes where nothing was written. */
    void stray(int volume, long offset) {
        strayCount++;
        if (strays.size() < STRAYS_NAMED) {
            strays.add("volume " + Names.VOLUMES.get(volume) + " is not zero at " + offset
                    + ", where nothing was written");
        }
    }

    /** Returns what the slot of a record holds. */
    long at(int chain, long k) {
        return records[layout.volume(chain, k)][chain * layout.slots() + layout.slot(k)];
    }

    List<String> strays() {
        return List.copyOf(strays);
    }

    long strayCount() {
        return strayCount;
    }

    Layout layout() {
        return layout;
    }

    /** Returns the highest number of a chain's records on both volumes. */
    long last(int chain) {
        long last = 0;
        for (long[] volume : records) {
            for (int slot = 0; slot < layout.slots(); slot++) {
                last = Math.max(last, volume[chain * layout.slots() + slot]);
            }
        }
        return last;
    }
}
