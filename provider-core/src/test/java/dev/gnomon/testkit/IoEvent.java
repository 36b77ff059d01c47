/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import java.nio.file.Path;

/**
 * One I/O that is about to happen, or a write that has happened in part.
 *
 * @param index counts the I/Os of a storage from 0; both events of a write have the same
 * @param phase where in the I/O this is
 * @param kind the call
 * @param path the file or directory
 * @param offsetBytes 0 where it has no meaning
 * @param lengthBytes 0 where it has no meaning
 * @param task the name of the task that calls
 */
public record IoEvent(
        long index, Phase phase, IoKind kind, Path path, long offsetBytes, long lengthBytes, String task) {
    /** Where in an I/O an event is raised. */
    public enum Phase {
        /** Nothing has happened yet. */
        BEFORE,
        /** Only of writes: the cache has a leading part, and any sector may be on its way to the device. */
        MIDDLE
    }

    /** Returns whether the last name of the path is the given one. */
    public boolean isFile(String name) {
        return path.endsWith(name);
    }
}
