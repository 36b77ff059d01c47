/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.store.DiffAreaUsage;
import dev.gnomon.store.Store;

/**
 * Counters since the engine was opened, and sizes now; all in bytes unless the name says otherwise.
 *
 * @param directWrites requests that went straight to an origin
 * @param firstTouchWrites requests that had to wait for a preserve
 * @param preservedBytes old bytes copied to the diff area
 * @param batches batches written to the log
 * @param logForces forces of the log
 * @param originForces forces of origins
 * @param logUsedBytes bytes of the log in use
 * @param logAllocatedBytes bytes of all files of the store: segments, index, staging, reserve
 * @param limitBytes most that they may take together, 0 for no limit
 * @param liveBytes preserved bytes that the index names
 * @param deadBytes bytes of the log in use that nobody reads any more, heads of batches included
 * @param freeBytes bytes of segments that nothing lies in
 * @param fillPercent how full the diff area is, see {@link DiffAreaInfo}
 * @param secondsToFull at the rate of the last minutes; 0 if it does not grow
 * @param indexBytes bytes of runs and checkpoint
 * @param stagingBytes bytes of the staging files
 * @param exceptions exception records in the index, counted per piece
 * @param recoveryNanos from opening the store to the end of its recovery
 * @param recoveredBatches batches that recovery read
 */
public record EngineStats(
        long reads,
        long directWrites,
        long firstTouchWrites,
        long flushes,
        long preservedBytes,
        long batches,
        long logForces,
        long originForces,
        long logUsedBytes,
        long logAllocatedBytes,
        long limitBytes,
        long liveBytes,
        long deadBytes,
        long freeBytes,
        int fillPercent,
        long secondsToFull,
        long indexBytes,
        long stagingBytes,
        long exceptions,
        long recoveryNanos,
        long recoveredBatches) {
    static EngineStats of(Store store, LiveVolume.Counters counters, SpaceWatch.Outlook outlook, long preservedBytes) {
        Store.LogStats log = store.logStats();
        DiffAreaUsage usage = store.diffArea().usage();
        return new EngineStats(
                counters.reads().sum(),
                counters.directWrites().sum(),
                counters.firstTouches().sum(),
                counters.flushes().sum(),
                preservedBytes,
                log.batches(),
                log.forces(),
                counters.forces().sum(),
                log.usedBytes(),
                usage.allocatedBytes(),
                usage.limitBytes(),
                usage.liveBytes(),
                usage.deadBytes(),
                usage.freeBytes(),
                outlook.fillPercent(),
                outlook.secondsToFull(),
                usage.indexBytes(),
                usage.stagingBytes(),
                log.exceptions(),
                store.recovered().nanos(),
                store.recovered().batches());
    }
}
