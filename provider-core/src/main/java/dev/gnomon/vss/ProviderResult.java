/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import java.util.List;
import java.util.UUID;

/** Values of the out-parameters of a call. */
public sealed interface ProviderResult {
    /** No values. */
    ProviderResult NONE = new None();

    /** No values. */
    record None() implements ProviderResult {}

    /** Of GetSnapshotProperties. */
    record Properties(SnapshotProperties snapshot) implements ProviderResult {}

    /** Of Query, as they were at that moment. */
    record Snapshots(List<SnapshotProperties> snapshots) implements ProviderResult {
        /** Copies the list. */
        public Snapshots {
            snapshots = List.copyOf(snapshots);
        }
    }

    /**
     * Of DeleteSnapshots, also when it fails.
     *
     * @param nondeleted the one that could not be deleted, or the null GUID
     */
    record Deleted(int deleted, UUID nondeleted) implements ProviderResult {}

    /** Of IsVolumeSupported. */
    record Supported(boolean supported) implements ProviderResult {}

    /**
     * Of IsVolumeSnapshotted.
     *
     * @param compatibility bits of VSS_SNAPSHOT_COMPATIBILITY
     */
    record Snapshotted(boolean present, int compatibility) implements ProviderResult {}

    /** Of QueryRevertStatus: what {@link ProviderCall.RevertProgress} asks with. */
    record Revert(UUID revertId) implements ProviderResult {}

    /**
     * How far a revert is.
     *
     * @param status HRESULT of IVssAsync::QueryStatus
     */
    record RevertStatus(int status, long piecesDone, long pieces) implements ProviderResult {}
}
