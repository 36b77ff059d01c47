/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.snapshot.VolumeInfo;
import dev.gnomon.vss.VolumeLocator.Foreign;
import dev.gnomon.vss.VolumeLocator.Located;
import dev.gnomon.vss.VolumeLocator.Missing;
import dev.gnomon.vss.VolumeLocator.Ours;
import org.jspecify.annotations.Nullable;

/** What VSS asks about volumes (provider contract 1.4, 3.2, 4.9, 5.2). Thread-safe. */
final class VssVolumes {
    /** The longest path of Windows. */
    private static final int MOST_NAME = 32_767;

    private static final int MOST_COPIES = 512;

    private final VssEngine engine;
    private final VolumeLocator locator;
    private final Surfacing surfacing;
    private final VssCopies copies;

    VssVolumes(VssEngine engine, VolumeLocator locator, Surfacing surfacing, VssCopies copies) {
        this.engine = engine;
        this.locator = locator;
        this.surfacing = surfacing;
        this.copies = copies;
    }

    /** Returns what a name means, or null if it is malformed. */
    @Nullable
    Located locate(@Nullable String name) {
        if (name == null || name.length() < 2 || name.length() > MOST_NAME || !name.endsWith("\\")) {
            return null;
        }
        return surfacing.isDeviceOfACopy(name) ? new Foreign() : locator.locate(name);
    }

    static ProviderAnswer malformed() {
        return ProviderAnswer.failed(
                Hresult.E_INVALIDARG, "the volume's name is NULL, or has no backslash at its end, or is too long");
    }

    static ProviderAnswer missing(@Nullable String name) {
        return ProviderAnswer.failed(Hresult.VSS_E_OBJECT_NOT_FOUND, "there is no volume " + name);
    }

    ProviderAnswer isSupported(@Nullable String name, int context) {
        return switch (locate(name)) {
            case null -> malformed();
            case Missing _ -> missing(name);
            case Foreign _ -> ProviderAnswer.ok(new ProviderResult.Supported(false));
            case Ours ours ->
                ProviderAnswer.ok(new ProviderResult.Supported(
                        Contexts.isSupported(context) && refusal(ours).isEmpty()));
        };
    }

    ProviderAnswer isSnapshotted(@Nullable String name) {
        return switch (locate(name)) {
            case null -> malformed();
            case Missing _ -> missing(name);
            case Foreign _ -> ProviderAnswer.ok(new ProviderResult.Snapshotted(false, 0));
            case Ours ours ->
                ProviderAnswer.ok(new ProviderResult.Snapshotted(
                        copies.all().stream().anyMatch(copy -> copy.volume().equals(ours.volume())), 0));
        };
    }

    /** Returns why no copy of a volume can be made in principle, empty if one can; limits that pass do not count. */
    private String refusal(Ours ours) {
        VolumeInfo info = engine.volume(ours.volume());
        if (info == null) {
            return "there is no Gnomon volume " + ours.volume();
        }
        if (info.state() != VolumeInfo.State.ONLINE) {
            return "Gnomon volume " + ours.volume() + " is " + info.state() + ": " + info.stateReason();
        }
        return surfacing.isAvailable() ? "" : "the service was not told how shadow copies become devices";
    }

    /** Returns why a copy of a volume cannot be made now, or null. */
    @Nullable
    ProviderAnswer refusalNow(Ours ours) {
        String never = refusal(ours);
        if (!never.isEmpty()) {
            return ProviderAnswer.failed(Hresult.VSS_E_VOLUME_NOT_SUPPORTED_BY_PROVIDER, never);
        }
        VolumeInfo info = engine.volume(ours.volume());
        if (info != null && info.copies() >= MOST_COPIES) {
            return ProviderAnswer.failed(
                    Hresult.VSS_E_MAXIMUM_NUMBER_OF_SNAPSHOTS_REACHED,
                    "volume " + ours.volume() + " has " + info.copies() + " shadow copies: at most " + MOST_COPIES);
        }
        boolean reverting =
                engine.reverts().stream().anyMatch(each -> each.volume().equals(ours.volume()));
        return reverting
                ? ProviderAnswer.failed(Hresult.VSS_E_PROVIDER_VETO, "volume " + ours.volume() + " is being reverted")
                : null;
    }
}
