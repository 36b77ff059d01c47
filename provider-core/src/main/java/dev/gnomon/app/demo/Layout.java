/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

/**
 * Where the records of the chains go.
 *
 * <p>Records of a chain count from 1. Record k+1 goes to the other volume than record k. Each chain owns the same region
 * of both volumes, with a ring of slots in it: on each volume, a chain's records fill the slots in order and then
 * overwrite the oldest. So the first n records of a chain leave exactly one possible content of its slots, for every n,
 * and whether an image holds a prefix can be told without doubt.
 *
 * @param runId tells the records of this run from all others
 * @param slots per chain and volume, a power of two, 2 at least
 */
record Layout(long runId, long volumeBytes, int chains, int slots) {
    static final int VOLUMES = 2;
    /** A record is one request, one piece of the engine in size and place. */
    static final int RECORD_BYTES = 4096;
    /** Neighbouring slots lie side by side in pairs, so that chunks are touched once, twice and not at all. */
    private static final int SLOTS_TOGETHER = 2;

    Layout {
        if (Integer.bitCount(slots) != 1 || slots < SLOTS_TOGETHER) {
            throw new IllegalArgumentException("slots is " + slots + ", allowed are powers of two from 2");
        }
        if (chains < 1 || volumeBytes / chains < (long) slots * RECORD_BYTES) {
            throw new IllegalArgumentException(
                    volumeBytes + " bytes do not hold " + chains + " chains of " + slots + " slots");
        }
    }

    /** Returns the volume of a record: chains start on different ones, so that both are equally busy. */
    int volume(int chain, long k) {
        return (int) ((chain + k) % VOLUMES);
    }

    int slot(long k) {
        return (int) (k / VOLUMES % slots);
    }

    long offset(int chain, long k) {
        return slotOffset(chain, slot(k));
    }

    long slotOffset(int chain, int slot) {
        return chain * regionBytes()
                + slot / SLOTS_TOGETHER * pitchBytes()
                + (long) slot % SLOTS_TOGETHER * RECORD_BYTES;
    }

    /** Returns chain times slots plus slot of the slot at this place, or -1 if no slot lies there. */
    int slotIndexAt(long offset) {
        long chain = offset / regionBytes();
        long inRegion = offset % regionBytes();
        long slot = inRegion / pitchBytes() * SLOTS_TOGETHER + inRegion % pitchBytes() / RECORD_BYTES;
        boolean exists = chain < chains
                && slot < slots
                && inRegion % pitchBytes() < (long) SLOTS_TOGETHER * RECORD_BYTES
                && offset % RECORD_BYTES == 0;
        return exists ? Math.toIntExact(chain * slots + slot) : -1;
    }

    /** Returns how many records of a chain both volumes hold at once: the older ones are overwritten. */
    long lap() {
        return (long) VOLUMES * slots;
    }

    private long regionBytes() {
        return volumeBytes / chains / RECORD_BYTES * RECORD_BYTES;
    }

    private long pitchBytes() {
        return regionBytes() / (slots / SLOTS_TOGETHER) / RECORD_BYTES * RECORD_BYTES;
    }
}
