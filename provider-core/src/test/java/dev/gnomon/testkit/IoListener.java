/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

/** Watches the I/Os of a storage, to freeze its state, or to halt the process, at any of them. */
@FunctionalInterface
public interface IoListener {
    /**
     * Called on the task that does the I/O, which has the baton: nothing else runs meanwhile. May call
     * {@link SimStorage#image} and {@link SimScheduler#halt}, and may run other worlds, but no port of its own world.
     */
    void onIo(IoEvent event);
}
