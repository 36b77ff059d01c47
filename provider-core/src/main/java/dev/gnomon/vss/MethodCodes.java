/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The HRESULTs that may leave each method (provider contract 1.3 to 1.6): VSS turns any other into
 * VSS_E_UNEXPECTED_PROVIDER_ERROR. E_NOTIMPL and VSS_E_UNEXPECTED are documented too, and never used.
 */
final class MethodCodes {
    private static final Set<Integer> ALWAYS = Set.of(Hresult.S_OK, Hresult.E_OUTOFMEMORY, Hresult.E_INVALIDARG);
    private static final Set<Integer> CREATING = with(Hresult.VSS_E_PROVIDER_VETO);
    private static final Set<Integer> CREATING_OR_ABSENT =
            with(Hresult.VSS_E_PROVIDER_VETO, Hresult.VSS_E_OBJECT_NOT_FOUND);

    private static final Map<Class<? extends ProviderCall>, Set<Integer>> CODES = Map.ofEntries(
            Map.entry(ProviderCall.SetContext.class, ofProvider(Hresult.VSS_E_BAD_STATE)),
            Map.entry(
                    ProviderCall.GetSnapshotProperties.class,
                    ofProvider(Hresult.VSS_E_OBJECT_NOT_FOUND, Hresult.VSS_E_PROVIDER_VETO)),
            Map.entry(ProviderCall.Query.class, ofProvider(Hresult.VSS_E_PROVIDER_VETO)),
            Map.entry(
                    ProviderCall.DeleteSnapshots.class,
                    ofProvider(Hresult.VSS_E_OBJECT_NOT_FOUND, Hresult.VSS_E_PROVIDER_VETO)),
            Map.entry(
                    ProviderCall.BeginPrepareSnapshot.class,
                    ofProvider(
                            Hresult.VSS_E_OBJECT_NOT_FOUND,
                            Hresult.VSS_E_PROVIDER_VETO,
                            Hresult.VSS_E_UNSUPPORTED_CONTEXT,
                            Hresult.VSS_E_VOLUME_NOT_SUPPORTED_BY_PROVIDER,
                            Hresult.VSS_E_MAXIMUM_NUMBER_OF_SNAPSHOTS_REACHED)), // the generic list
            Map.entry(
                    ProviderCall.IsVolumeSupported.class,
                    ofProvider(Hresult.VSS_E_OBJECT_NOT_FOUND, Hresult.VSS_E_PROVIDER_VETO)),
            Map.entry(
                    ProviderCall.IsVolumeSnapshotted.class,
                    ofProvider(Hresult.VSS_E_OBJECT_NOT_FOUND, Hresult.VSS_E_PROVIDER_VETO)),
            Map.entry(
                    ProviderCall.SetSnapshotProperty.class,
                    ofProvider(Hresult.VSS_E_OBJECT_NOT_FOUND, Hresult.VSS_E_PROVIDER_VETO)), // veto: generic list
            Map.entry(
                    ProviderCall.RevertToSnapshot.class,
                    ofProvider(
                            Hresult.VSS_E_REVERT_IN_PROGRESS,
                            Hresult.VSS_E_OBJECT_NOT_FOUND, // both: generic list
                            Hresult.VSS_E_PROVIDER_VETO)),
            Map.entry(
                    ProviderCall.QueryRevertStatus.class,
                    ofProvider(
                            Hresult.VSS_E_OBJECT_NOT_FOUND,
                            Hresult.VSS_E_VOLUME_NOT_SUPPORTED,
                            Hresult.VSS_E_PROVIDER_VETO)), // veto: generic list
            Map.entry(ProviderCall.RevertProgress.class, with(Hresult.VSS_E_OBJECT_NOT_FOUND)),
            Map.entry(
                    ProviderCall.EndPrepareSnapshots.class,
                    with(
                            Hresult.VSS_E_PROVIDER_VETO,
                            Hresult.VSS_E_OBJECT_NOT_FOUND,
                            Hresult.VSS_E_INSUFFICIENT_STORAGE)),
            Map.entry(ProviderCall.PreCommitSnapshots.class, CREATING_OR_ABSENT),
            Map.entry(ProviderCall.CommitSnapshots.class, CREATING_OR_ABSENT),
            Map.entry(ProviderCall.PostCommitSnapshots.class, CREATING_OR_ABSENT),
            Map.entry(ProviderCall.PreFinalCommitSnapshots.class, CREATING),
            Map.entry(ProviderCall.PostFinalCommitSnapshots.class, CREATING),
            Map.entry(ProviderCall.AbortSnapshots.class, CREATING_OR_ABSENT),
            Map.entry(ProviderCall.OnLoad.class, CREATING),
            Map.entry(ProviderCall.OnUnload.class, Set.of(Hresult.S_OK, Hresult.S_FALSE)),
            Map.entry(ProviderCall.Release.class, Set.of(Hresult.S_OK)),
            Map.entry(ProviderCall.Probe.class, Set.of(Hresult.S_OK)));

    private MethodCodes() {}

    private static Set<Integer> ofProvider(int... more) {
        Set<Integer> all = new HashSet<>(with(more));
        all.add(Hresult.E_ACCESSDENIED);
        return Set.copyOf(all);
    }

    private static Set<Integer> with(int... more) {
        Set<Integer> all = new HashSet<>(ALWAYS);
        for (int code : more) {
            all.add(code);
        }
        return Set.copyOf(all);
    }

    /** Returns the HRESULTs of a method. */
    static Set<Integer> codes(Class<? extends ProviderCall> call) {
        return CODES.getOrDefault(call, Set.of());
    }

    /** Returns whether the method documents that HRESULT. */
    static boolean isDocumented(ProviderCall call, int hresult) {
        return codes(call.getClass()).contains(hresult);
    }

    /** Returns what stands for a failure without a code of its own. */
    static int failure(ProviderCall call) {
        return isDocumented(call, Hresult.VSS_E_PROVIDER_VETO)
                ? Hresult.VSS_E_PROVIDER_VETO
                : isDocumented(call, Hresult.E_OUTOFMEMORY) ? Hresult.E_OUTOFMEMORY : Hresult.S_OK;
    }
}
