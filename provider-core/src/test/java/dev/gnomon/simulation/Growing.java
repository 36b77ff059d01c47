/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.simulation.History.Growth;
import dev.gnomon.simulation.History.Volume;
import dev.gnomon.testkit.Xoshiro256;

/**
 * Volumes that grow into the tail of the {@link Ground}, by a few sectors at a time, so that most of their sizes end within
 * a piece.
 */
final class Growing {
    private static final int LONGEST_GROWTH = 7;
    private static final int LONGEST_WRITE = 9;

    private Growing() {}

    /** Returns the size of a volume that has so many sectors of the ground. */
    static long bytes(int sectors) {
        return Ground.VOLUME_BYTES + (sectors - Ground.SECTORS) * (long) Ground.SECTOR_BYTES;
    }

    /** Returns how many sectors of the ground a volume of a size has. */
    static int end(long sizeBytes) {
        return Ground.SECTORS + (int) ((sizeBytes - Ground.VOLUME_BYTES) / Ground.SECTOR_BYTES);
    }

    /** Returns how many sectors were found. */
    static int end(long[] values) {
        int end = Ground.ALL;
        while (end > Ground.SECTORS && values[end - 1] == Stamps.BEYOND) {
            end--;
        }
        return end;
    }

    /** Begins with the size that was found. */
    static void restart(Volume volume) {
        int end = end(volume.base);
        if (end > Ground.SECTORS) {
            Growth growth = new Growth(end, 0);
            growth.acked = 0;
            volume.growths.add(growth);
        }
        for (int sector = end; sector < Ground.ALL; sector++) {
            volume.base[sector] = Stamps.ZEROS; // what it gains later
        }
    }

    /** Grows a volume, or works in its tail; returns false if something else is to be done. */
    static boolean step(Session session, Volume volume, Xoshiro256 own) {
        int dice = own.nextInt(100);
        int end = sectors(volume, session.history().now());
        if (dice < 10) {
            int more = Math.min(Ground.ALL, largest(volume) + 1 + own.nextInt(LONGEST_GROWTH));
            if (more > largest(volume) && !volume.growing) {
                volume.growing = true;
                session.grow(volume, more);
                volume.growing = false;
            }
            return true;
        }
        if (dice >= 55 || end == Ground.SECTORS) {
            return false;
        }
        int first = Ground.SECTORS + own.nextInt(end - Ground.SECTORS);
        int until = Math.min(end, first + 1 + own.nextInt(LONGEST_WRITE));
        switch (own.nextInt(10)) {
            case 0 -> session.write(volume, first, until, true, own.percent(20));
            case 1 -> session.write(volume, first, until, false, true);
            case 2 -> session.read(volume, first, until);
            case 3 -> session.flush(volume);
            default -> session.write(volume, first, until, false, false);
        }
        return true;
    }

    /** Returns how many sectors a volume must have at a time. */
    private static int sectors(Volume volume, long at) {
        int sectors = Ground.SECTORS;
        for (Growth growth : volume.growths) {
            sectors = growth.acked <= at ? Math.max(sectors, growth.sectors) : sectors;
        }
        return sectors;
    }

    private static int largest(Volume volume) {
        int sectors = Ground.SECTORS;
        for (Growth growth : volume.growths) {
            sectors = Math.max(sectors, growth.sectors);
        }
        return sectors;
    }

    /**
     * Throws unless a volume may have had the size that was found.
     *
     * @param required growths acknowledged before this must be there
     * @param limit those issued after this cannot be there
     */
    static void requireSize(String where, long[] values, Volume volume, long required, long limit) {
        int found = end(values);
        boolean asked = found == Ground.SECTORS;
        for (Growth growth : volume.growths) {
            asked |= growth.sectors == found && growth.issued <= limit;
        }
        if (!asked || found < sectors(volume, required)) {
            throw new Violation("O9: " + where + " has " + bytes(found) + " bytes, at least "
                    + bytes(sectors(volume, required)) + " were acknowledged");
        }
    }
}
