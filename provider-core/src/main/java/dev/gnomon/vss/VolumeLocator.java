/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

/**
 * Port: which Gnomon volume is meant by a name that Windows has for it. Thread-safe. Asked by every backup on the host, so an
 * implementation answers fast, and {@link Foreign} rather than with an error if it does not know.
 */
public interface VolumeLocator {
    /**
     * Looks a volume up.
     *
     * @param name volume GUID path, drive root or mounted folder, with a backslash at the end; any upper and lower case
     */
    Located locate(String name);

    /** What was found. */
    sealed interface Located {}

    /**
     * One of Gnomon's volumes.
     *
     * @param guidPath the volume's GUID path, with a backslash at the end, as Windows writes it
     * @param volume its name in Gnomon
     */
    record Ours(String guidPath, String volume) implements Located {}

    /** It exists and is not Gnomon's: another disk, the volume of the diff area, a shadow copy. */
    record Foreign() implements Located {}

    /** There is no volume of that name. */
    record Missing() implements Located {}
}
