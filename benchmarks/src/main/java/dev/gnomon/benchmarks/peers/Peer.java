/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A server with a live volume, and mostly a way to have a copy of it. Owned by one thread; closing it stops its processes. */
interface Peer extends AutoCloseable {
    /** What the live volume is after a copy was given up. */
    enum Dropped {
        /** As it was written: the copy was beside it. */
        LIVE_STAYS,
        /** What the copy was: what was written since was beside the copy. */
        BACK_TO_COPY
    }

    /** Returns the live volume; legal while it is served. */
    Target live();

    /** Returns the copy; legal after {@link #take}. */
    Target copy();

    /** Returns files whose content may be read in order to preserve it, so that none has it in the cache in better form. */
    List<Path> files();

    /** Takes a copy; until it is dropped there is no other. */
    void take() throws BenchFailure;

    /** Gives the copy up. */
    Dropped drop() throws BenchFailure;

    /** Waits until work that was put off behind acknowledged writes is done. */
    default void quiesce() throws BenchFailure {}

    /**
     * Returns whether the kernel counts what the server moves through sockets among what it reads and writes: so it is for
     * nbdkit and a JVM, which use the calls for files. qemu uses those for messages.
     */
    default boolean countsSocketBytes() {
        return true;
    }

    /**
     * What copies cost in space.
     *
     * @param usedBytes taken for copies now
     * @param preservedBytes old bytes kept so far, since the peer was made
     */
    record Space(long usedBytes, long preservedBytes) {}

    /** Returns what copies cost in space, if the peer can tell. */
    default Optional<Space> space() throws BenchFailure {
        return Optional.empty();
    }

    @Override
    void close() throws BenchFailure;
}
