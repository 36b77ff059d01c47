/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.VolumeInfo;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Which volume a fault is for, and which a call is about. Thread-safe.
 *
 * <p>A volume has one name here: that in Gnomon, or for one that is not Gnomon's its GUID path, which VSS uses in every call. Names of
 * Windows are resolved by the locator that the provider itself asks, when the fault is added and when VSS names a volume: so never while
 * writes are held.
 */
public interface FaultVolumes {
    /**
     * Returns the volume that a person means.
     *
     * @param name of a Gnomon volume, or as Windows has it: drive, mounted folder, GUID path, with a backslash at the end or not
     * @throws IllegalArgumentException if there is none, or faults cannot be for it; the message says why
     */
    String chosen(String name);

    /** Returns the volume that VSS names; one that does not exist has a name of its own. May ask disks. */
    String named(String windowsName);

    /** Returns the volumes of a shadow copy, or of a set, that exists. In memory. */
    Set<String> ofCopies(UUID copyOrSet);

    /** For a service that allows no faults: nothing is asked. */
    static FaultVolumes none() {
        return new FaultVolumes() {
            @Override
            public String chosen(String name) {
                throw new IllegalArgumentException("volume '" + Texts.oneLine(name, 60) + "'; faults are not allowed");
            }

            @Override
            public String named(String windowsName) {
                return windowsName;
            }

            @Override
            public Set<String> ofCopies(UUID copyOrSet) {
                return Set.of();
            }
        };
    }

    /**
     * Returns one over what exists.
     *
     * @param locator of the provider
     * @param volumes of Gnomon, as they are now
     * @param copies of Gnomon, as they are now
     */
    static FaultVolumes of(VolumeLocator locator, Supplier<List<VolumeInfo>> volumes, Supplier<List<CopyInfo>> copies) {
        return new FaultVolumes() {
            @Override
            public String chosen(String name) {
                if (volumes.get().stream().anyMatch(volume -> volume.name().equals(name))) {
                    return name;
                }
                String shown = "volume '" + Texts.oneLine(name, 60) + "'";
                return switch (locator.locate(withBackslash(name))) {
                    case VolumeLocator.Ours ours -> ours.volume();
                    case VolumeLocator.Foreign _ -> {
                        if (!GuidPath.is(withBackslash(name))) {
                            throw new IllegalArgumentException(shown
                                    + " is not Gnomon's; such a volume must be named by its GUID path, as VSS does");
                        }
                        yield key(name);
                    }
                    case VolumeLocator.Missing _ ->
                        throw new IllegalArgumentException(shown + "; there is none of that name in Gnomon, and none"
                                + " that the service finds under it in Windows");
                };
            }

            @Override
            public String named(String windowsName) {
                return locator.locate(withBackslash(windowsName)) instanceof VolumeLocator.Ours ours
                        ? ours.volume()
                        : key(windowsName);
            }

            @Override
            public Set<String> ofCopies(UUID copyOrSet) {
                return copies.get().stream()
                        .filter(copy ->
                                copy.id().equals(copyOrSet) || copy.setId().equals(copyOrSet))
                        .map(CopyInfo::volume)
                        .collect(Collectors.toUnmodifiableSet());
            }
        };
    }

    private static String withBackslash(String name) {
        return name.endsWith("\\") ? name : name + "\\";
    }

    /** Returns a name of Windows so that it is equal however it was written. */
    private static String key(String name) {
        return withBackslash(name.toLowerCase(Locale.ROOT));
    }
}
