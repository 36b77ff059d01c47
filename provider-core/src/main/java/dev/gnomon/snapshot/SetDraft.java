/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import java.time.Instant;
import java.util.Map;

/**
 * A snapshot set in the making, for those who have to do something between its steps: {@link #prepare} (may be left out),
 * {@link #arm}, {@link #commit}, {@link #record}, each once and in this order, by any thread. Thread-safe.
 *
 * <p>A step that fails ends the draft: nothing of it remains. From {@link #arm} to the end of {@link #record} the draft holds the
 * engine's administrative operations, its background work and its events up, so that whoever does not go on within
 * {@link #MOST_ARMED_NANOS} is given up.
 */
public interface SetDraft {
    /** The longest time from the end of {@link #arm} to the begin of {@link #record}: VSS gives its writers 60 s. */
    long MOST_ARMED_NANOS = 75_000_000_000L;

    /**
     * Flushes all volumes and keeps room in the diff area for what is overwritten first after the cut. May take long; clients
     * and administrative operations go on after it.
     *
     * @throws EngineException of kind DIFF_AREA_FULL if there is no room, NOT_FOUND if a volume is not there any more
     */
    void prepare() throws EngineException;

    /**
     * Gets ready for the cut: waits for its turn among administrative operations, looks at the volumes again, stops
     * background work and events, and makes all volumes durable.
     *
     * @param withinNanos for how long it waits for its turn and for the devices, at most
     * @throws EngineException of kind WRONG_STATE if it did not come to its turn, FAILED if a volume was not durable in time
     */
    void arm(long withinNanos) throws EngineException;

    /**
     * Fixes the point in time: a write that completed before is in the copies, one that begins after this returns is not. In
     * memory only, without any I/O and without waiting for any; after a crash nothing of it is left.
     *
     * @param deadlineNanos of the clock; if it has passed when the writes stand still, nothing is cut
     * @throws EngineException of kind FAILED if it was too late
     */
    void commit(long deadlineNanos) throws EngineException;

    /** Returns the moment of the cut; only after {@link #commit}. */
    Instant committedAt();

    /**
     * Makes the set durable: all of it exists when this returns, or none.
     *
     * @param attributes of the set
     * @throws EngineException none of it exists, unless the store has failed: then the next opening decides
     */
    SetCreated record(Map<String, String> attributes) throws EngineException;

    /**
     * Gives the set up, at whatever step it is, and waits for nothing; a step that is going on ends with an exception.
     * Idempotent.
     *
     * @return whether nothing of the set will be there. False if it is recorded, or being: then it is deleted as any other
     */
    boolean discard();
}
