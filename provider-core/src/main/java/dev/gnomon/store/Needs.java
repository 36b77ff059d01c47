/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which exceptions are read by whom: the shadow copies and open cuts of one moment; and of which it must stay known that
 * they were, for bookmarks. Immutable.
 *
 * <p>A copy that comes later closes an epoch that is not below any record of that moment, so it reads none of them; one
 * whose delete is not durable is still in the catalog and counts.
 */
final class Needs {
    private final Map<Integer, long[]> copies = new TreeMap<>();
    private final Map<Integer, long[]> bookmarks = new TreeMap<>();

    /**
     * Notes a volume's copies.
     *
     * @param openCut the epoch of its open cut, taken before the catalog was; 0 for none
     */
    void add(Catalog.VolumeEntry volume, long openCut) {
        long[] epochs = new long[volume.copies().size() + 2];
        int count = 0;
        for (Catalog.CopyEntry copy : volume.copies()) {
            epochs[count++] = copy.epoch();
        }
        if (openCut > 0) {
            epochs[count++] = openCut;
        }
        if (volume.revert().running()) {
            epochs[count++] = volume.revert().epoch() - 1; // Records from then on say what the revert has done.
        }
        epochs = Arrays.copyOf(epochs, count);
        Arrays.sort(epochs);
        copies.put(volume.number(), epochs);
        bookmarks.put(
                volume.number(),
                volume.bookmarks().stream().mapToLong(Catalog.CopyEntry::epoch).toArray());
    }

    /**
     * Returns whether any copy x reads the exception: {@code epochBefore} <= x < {@code epoch}.
     *
     * @param epochBefore epoch of the exception of that piece before this one, or anything lower if it is not known
     */
    boolean needs(int volume, long epochBefore, long epoch) {
        return any(copies, volume, epochBefore, epoch);
    }

    /**
     * Returns whether the exception is the first of its piece after any bookmark, by which what changed since is found. Its
     * bytes are needed for that as little as those of a copy's exception that is not the copy's lowest: see {@link ChangeScan}.
     */
    boolean marks(int volume, long epochBefore, long epoch) {
        return any(bookmarks, volume, epochBefore, epoch);
    }

    private static boolean any(Map<Integer, long[]> of, int volume, long epochBefore, long epoch) {
        long[] epochs = of.get(volume);
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
