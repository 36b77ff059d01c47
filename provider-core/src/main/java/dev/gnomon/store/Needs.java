/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which exceptions are read by whom: the shadow copies and open cuts of one moment. Immutable.
 *
 * <p>A copy that comes later closes an epoch that is not below any record of that moment, so it reads none of them; one
 * whose delete is not durable is still in the catalog and counts.
 */
final class Needs {
    private final Map<Integer, long[]> copies = new TreeMap<>();

    /**
     * Notes a volume's copies.
     *
     * @param newestCopyOrCut the epoch that its write path preserves for, taken before the catalog was; 0 for none
     */
    void add(Catalog.VolumeEntry volume, long newestCopyOrCut) {
        long[] epochs = new long[volume.copies().size() + 2];
        int count = 0;
        for (Catalog.CopyEntry copy : volume.copies()) {
            epochs[count++] = copy.epoch();
        }
        if (newestCopyOrCut > 0) {
            epochs[count++] = newestCopyOrCut;
        }
        if (volume.revert().running()) {
            epochs[count++] = volume.revert().epoch() - 1; // Records from then on say what the revert has done.
        }
        epochs = Arrays.copyOf(epochs, count);
        Arrays.sort(epochs);
        copies.put(volume.number(), epochs);
    }

    /**
     * Returns whether any copy x reads the exception: {@code epochBefore} <= x < {@code epoch}.
     *
     * @param epochBefore epoch of the exception of that piece before this one, or anything lower if it is not known
     */
    boolean needs(int volume, long epochBefore, long epoch) {
        long[] epochs = copies.get(volume);
        if (epochs == null) {
            return false; // The volume is gone.
        }
        int at = Arrays.binarySearch(epochs, epoch);
        int below = (at < 0 ? -at - 1 : at) - 1;
        while (below >= 0 && epochs[below] >= epoch) {
            below--;
        }
        return below >= 0 && epochs[below] >= epochBefore;
    }
}
