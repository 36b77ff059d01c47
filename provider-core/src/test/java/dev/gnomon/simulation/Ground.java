/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

/** The few sectors of each small volume that tests write to, numbered without gaps: in a row, alone, and at the end. */
final class Ground {
    /** Size of each volume: the smallest that there may be. */
    static final int VOLUME_BYTES = 1 << 20;

    static final int SECTOR_BYTES = 512;
    static final int SECTORS_PER_PIECE = 8;

    /** Runs of pieces: first, count. The first crosses a chunk of 16 KiB. */
    private static final int[][] RUNS = {{0, 6}, {100, 2}, {254, 2}};

    /** Where there is room beside them: most of what lies between the first run and the second. */
    static final long BESIDE_OFFSET = 8 * 4096;

    /** So much. */
    static final int BESIDE_BYTES = 90 * 4096;

    /** How many sectors there are. */
    static final int SECTORS = 10 * SECTORS_PER_PIECE;

    /** How many more there may be: the tail, two pieces and a part of one right behind the size that volumes begin with. */
    static final int TAIL = 20;

    /** All of them. */
    static final int ALL = SECTORS + TAIL;

    private static final int[] LBA = new int[ALL];
    private static final int[] END = new int[ALL];

    static {
        int index = 0;
        for (int[] run : RUNS) {
            int end = index + run[1] * SECTORS_PER_PIECE;
            for (int i = 0; index < end; i++) {
                LBA[index] = run[0] * SECTORS_PER_PIECE + i;
                END[index] = end;
                index++;
            }
        }
        for (; index < ALL; index++) {
            LBA[index] = VOLUME_BYTES / SECTOR_BYTES + index - SECTORS;
            END[index] = ALL;
        }
    }

    private Ground() {}

    /** Returns the sector's number in the volume. */
    static int lba(int index) {
        return LBA[index];
    }

    /** Returns the sector's offset in the volume. */
    static long offset(int index) {
        return LBA[index] * (long) SECTOR_BYTES;
    }

    /** Returns the end of the run that a sector is in. */
    static int end(int index) {
        return END[index];
    }

    /** Returns the first sector of its piece. */
    static int pieceStart(int index) {
        return index / SECTORS_PER_PIECE * SECTORS_PER_PIECE;
    }
}
