/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One call of VSS, as the shim passes it on: not yet checked in any way but for the types of its arguments. The null GUID
 * is a {@link UUID} of zeros. Object types are numbers of VSS_OBJECT_TYPE. Docs: docs/vss-protocol.md.
 */
public sealed interface ProviderCall {
    /** IVssSoftwareSnapshotProvider::SetContext. */
    record SetContext(int context) implements ProviderCall {}

    /** IVssSoftwareSnapshotProvider::GetSnapshotProperties. */
    record GetSnapshotProperties(UUID snapshotId) implements ProviderCall {}

    /** IVssSoftwareSnapshotProvider::Query. */
    record Query(UUID objectId, int queriedType, int returnedType) implements ProviderCall {}

    /** IVssSoftwareSnapshotProvider::DeleteSnapshots. */
    record DeleteSnapshots(UUID sourceId, int sourceType, boolean force) implements ProviderCall {}

    /** IVssSoftwareSnapshotProvider::BeginPrepareSnapshot. */
    record BeginPrepareSnapshot(
            UUID setId, UUID snapshotId, @Nullable String volumeName, int context) implements ProviderCall {}

    /** IVssSoftwareSnapshotProvider::IsVolumeSupported. */
    record IsVolumeSupported(@Nullable String volumeName) implements ProviderCall {}

    /** IVssSoftwareSnapshotProvider::IsVolumeSnapshotted. */
    record IsVolumeSnapshotted(@Nullable String volumeName) implements ProviderCall {}

    /** IVssSoftwareSnapshotProvider::SetSnapshotProperty. */
    record SetSnapshotProperty(UUID snapshotId, int propertyId, PropertyValue value) implements ProviderCall {}

    /** IVssSoftwareSnapshotProvider::RevertToSnapshot. */
    record RevertToSnapshot(UUID snapshotId) implements ProviderCall {}

    /** IVssSoftwareSnapshotProvider::QueryRevertStatus. */
    record QueryRevertStatus(@Nullable String volumeName) implements ProviderCall {}

    /** IVssAsync of a revert: returns when it has ended, or after {@code waitMillis}, 0 to 10,000. */
    record RevertProgress(UUID revertId, int waitMillis) implements ProviderCall {}

    /** IVssProviderCreateSnapshotSet::EndPrepareSnapshots. */
    record EndPrepareSnapshots(UUID setId) implements ProviderCall {}

    /** IVssProviderCreateSnapshotSet::PreCommitSnapshots. */
    record PreCommitSnapshots(UUID setId) implements ProviderCall {}

    /** IVssProviderCreateSnapshotSet::CommitSnapshots. */
    record CommitSnapshots(UUID setId) implements ProviderCall {}

    /**
     * IVssProviderCreateSnapshotSet::PostCommitSnapshots.
     *
     * @param commitMillis how long CommitSnapshots of the set took in the shim
     */
    record PostCommitSnapshots(UUID setId, int snapshotsCount, long commitMillis) implements ProviderCall {}

    /** IVssProviderCreateSnapshotSet::PreFinalCommitSnapshots. */
    record PreFinalCommitSnapshots(UUID setId) implements ProviderCall {}

    /** IVssProviderCreateSnapshotSet::PostFinalCommitSnapshots. */
    record PostFinalCommitSnapshots(UUID setId) implements ProviderCall {}

    /** IVssProviderCreateSnapshotSet::AbortSnapshots. */
    record AbortSnapshots(UUID setId) implements ProviderCall {}

    /** IVssProviderNotifications::OnLoad. */
    record OnLoad() implements ProviderCall {}

    /** IVssProviderNotifications::OnUnload. */
    record OnUnload(boolean force) implements ProviderCall {}

    /** The last reference to the provider object is gone. */
    record Release() implements ProviderCall {}

    /** Asks whether the service answers. */
    record Probe() implements ProviderCall {}

    /**
     * A VARIANT.
     *
     * @param vt its VARTYPE, 0 for those that have no meaning here
     * @param text of VT_BSTR and VT_LPWSTR, else null
     * @param number of the integer types, else 0
     */
    record PropertyValue(int vt, @Nullable String text, long number) {}
}
