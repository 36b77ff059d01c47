/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * VSS_SNAPSHOT_PROP of one shadow copy (provider contract 4.1).
 *
 * @param snapshotsCount volumes of the set when it was made, those of other providers included
 * @param deviceName root of its device, without a backslash at the end
 * @param originalVolumeName volume GUID path, with a backslash at the end
 * @param exposedName null unless it is exposed
 * @param exposedPath null unless it is exposed as a share
 * @param attributes VSS_VOLUME_SNAPSHOT_ATTRIBUTES
 * @param creationTime of the cut, FILETIME: 100 ns since 1601-01-01 UTC
 * @param status VSS_SNAPSHOT_STATE
 */
public record SnapshotProperties(
        UUID snapshotId,
        UUID setId,
        int snapshotsCount,
        String deviceName,
        String originalVolumeName,
        String originatingMachine,
        String serviceMachine,
        @Nullable String exposedName,
        @Nullable String exposedPath,
        UUID providerId,
        int attributes,
        long creationTime,
        int status) {}
