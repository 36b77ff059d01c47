/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Which places VSS may hold writes to while it makes a set that Gnomon's volumes are in: every local volume of Windows, and the
 * system volume in nearly every backup. An origin, a diff area or a staging file there could not be flushed until VSS gives up
 * after 10 s (provider contract 2.2). Immutable.
 */
public final class HeldPlaces {
    private final String systemRoot;
    private final boolean allowSystem;

    /** What VSS may do to a place. */
    public enum Hold {
        /** Nothing: it is no volume of this Windows. */
        NEVER,
        /** Hold it, if somebody puts it into a set. */
        PERHAPS,
        /** Hold it in nearly every backup. */
        USUALLY
    }

    /**
     * Knows the places of one machine.
     *
     * @param systemRoot root of the system volume, such as {@code C:\}; empty where there is no VSS
     * @param allowSystem whether the system volume is used all the same
     */
    public HeldPlaces(String systemRoot, boolean allowSystem) {
        this.systemRoot = systemRoot.toLowerCase(Locale.ROOT);
        this.allowSystem = allowSystem;
    }

    /** Returns whether the system volume is used all the same. */
    boolean allowsSystem() {
        return allowSystem;
    }

    /** Returns what VSS may do to a place. */
    public Hold of(Path place) {
        Path root = place.toAbsolutePath().normalize().getRoot();
        String name = root == null ? "" : root.toString().toLowerCase(Locale.ROOT);
        if (systemRoot.isEmpty() || name.isEmpty() || name.startsWith("\\\\")) {
            return Hold.NEVER; // a share is another machine's
        }
        return name.equals(systemRoot) ? Hold.USUALLY : Hold.PERHAPS;
    }

    /** Refuses the system volume, unless it was allowed. */
    void require(String what, Path place) throws ControlException {
        require(what, place, false);
    }

    /** As {@link #require(String, Path)}; it may have been allowed for this one place. */
    void require(String what, Path place, boolean allowed) throws ControlException {
        if (of(place) == Hold.USUALLY && !allowSystem && !allowed) {
            throw new ControlException(
                    ErrorKind.REFUSED,
                    what + " " + place + " lies on the system volume, which VSS holds writes to in nearly every backup;"
                            + " allowed are other disks, allowSystemVolume in the file of --vss, and for an origin"
                            + " --allow-system-volume");
        }
    }

    /** Returns what is wrong with a place that is used all the same, empty if nothing. */
    String warning(String what, Path place) {
        return switch (of(place)) {
            case NEVER -> "";
            case PERHAPS ->
                what + " " + place
                        + " lies on a local volume: a snapshot set with that volume and one of Gnomon's could"
                        + " not be made; keep them apart, or put the " + what + " on a disk that nobody backs up";
            case USUALLY ->
                what + " " + place + " lies on the system volume: backups with VSS that include it and a volume of"
                        + " Gnomon fail; move it to another disk";
        };
    }
}
