/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Memory for what grows with volumes and exceptions. The JVM counts the memory of automatic arenas against its limit for
 * direct buffers, which follows the size of the heap; this is not counted, for it has bounds of its own. It is freed some
 * time after nothing refers to it any more. Thread-safe.
 */
final class OffHeap {
    private OffHeap() {}

    /** Returns zeros. Takes a handshake with all threads to free, so ask for much at once. */
    @SuppressWarnings({"restricted", "MustBeClosed"}) // Its size stays what the owner gave, and the cleaner closes it.
    static MemorySegment allocate(long bytes, long alignment) {
        Arena owner = Arena.ofShared();
        MemorySegment memory = owner.allocate(bytes, alignment);
        return memory.reinterpret(Arena.ofAuto(), freed -> owner.close());
    }
}
