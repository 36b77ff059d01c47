/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

/**
 * What a crash leaves the engine obliged to.
 *
 * @param everything the page cache survived: the newest acknowledged write must be there, flushed or not
 * @param garbage sectors that were being written may hold garbage (level 3)
 * @param neighbours so may others of the same 4 KiB (level 4)
 * @param told volumes may refuse writes because a failure was told
 * @param damaged the store was damaged on purpose: copies may answer errors, or be gone if damage is reported
 * @param unreadable what was staged and lost may answer errors until the restart that tells of it
 * @param gaps records that were promised to be durable may lack without anybody's being able to know
 */
record Promise(
        boolean everything,
        boolean garbage,
        boolean neighbours,
        boolean told,
        boolean damaged,
        boolean unreadable,
        boolean gaps) {
    static final Promise KILL = new Promise(true, false, false, false, false, false, false);
    static final Promise POWER_CUT = new Promise(false, false, false, false, false, false, false);

    Promise withGarbage() {
        return new Promise(everything, true, neighbours, told, damaged, unreadable, gaps);
    }

    Promise withNeighbours() {
        return new Promise(everything, true, true, told, damaged, unreadable, gaps);
    }

    Promise withTold() {
        return new Promise(everything, garbage, neighbours, true, damaged, unreadable, gaps);
    }

    Promise withDamage() {
        return new Promise(everything, garbage, neighbours, told, true, unreadable, gaps);
    }

    Promise withGaps() {
        return new Promise(everything, garbage, neighbours, told, damaged, unreadable, true);
    }

    Promise withoutGaps() {
        return new Promise(everything, garbage, neighbours, told, damaged, unreadable, false);
    }

    /** Only what was flushed counts. */
    Promise withForgetting() {
        return new Promise(false, garbage, neighbours, told, damaged, unreadable, gaps);
    }

    Promise withUnreadable() {
        return new Promise(everything, garbage, neighbours, told, damaged, true, gaps);
    }

    /** Returns what is left of both. */
    Promise and(Promise other) {
        return new Promise(
                everything && other.everything,
                garbage || other.garbage,
                neighbours || other.neighbours,
                told || other.told,
                damaged || other.damaged,
                unreadable || other.unreadable,
                gaps || other.gaps);
    }
}
