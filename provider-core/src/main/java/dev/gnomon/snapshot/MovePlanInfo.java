/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.store.MovePlan;

/**
 * What a move of the diff area's segments would do, as things are now.
 *
 * @param directory where the segments to be copied are
 * @param target where they would go
 * @param segments how many would be copied
 * @param bytes of them
 * @param neededBytes that have to be free there
 * @param freeBytes that are
 */
public record MovePlanInfo(
        String directory, String target, long segments, long bytes, long neededBytes, long freeBytes) {
    static MovePlanInfo of(MovePlan plan) {
        return new MovePlanInfo(
                plan.directory(), plan.target(), plan.segments(), plan.bytes(), plan.neededBytes(), plan.freeBytes());
    }

    /** Returns whether there is so much space that the move would be begun. */
    public boolean fits() {
        return freeBytes >= neededBytes;
    }
}
