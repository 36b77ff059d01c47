/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import java.util.Map;
import java.util.UUID;

/**
 * A volume at one moment.
 *
 * @param origin absolute path of the raw file or block device
 * @param stateReason why it is not ONLINE, for people; empty if it is
 * @param liveEpoch number of the epoch that writes now belong to
 * @param preservedBytes old bytes kept in the diff area for this volume's shadow copies
 * @param unsettledBytes acknowledged new data that is in the staging chain and not yet, durably, in the origin: without it
 *     the origin alone is not the volume
 * @param clients how many exports of the live volume are open
 * @param originChange what somebody changed in the origin while nobody served it, so that its shadow copies are suspect; empty
 *     if nothing, or if an operator accepted it
 * @param properties all that there are, those that nobody gave with their usual values
 */
public record VolumeInfo(
        UUID id,
        String name,
        String origin,
        long sizeBytes,
        State state,
        String stateReason,
        long liveEpoch,
        int copies,
        long preservedBytes,
        long unsettledBytes,
        int clients,
        String originChange,
        Map<String, String> properties) {
    /** Copies the map. */
    public VolumeInfo {
        properties = Map.copyOf(properties);
    }

    /** What a volume admits. */
    public enum State {
        /** Reads and writes. */
        ONLINE,
        /** A flush failed: reads only, until an operator clears it. */
        FAILED,
        /** The origin refuses what was acknowledged: it is kept and tried again, and new writes are refused. */
        DEGRADED,
        /** Not served: its origin is missing, too small or in use. */
        OFFLINE
    }
}
