/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Counts connections against the limits. Thread-safe.
 *
 * <p><b>Invariants</b> (under {@link #lock}): every count is the number of open slots of its kind and at most its limit;
 * a count of zero has no entry, so that hostile names and addresses leave nothing behind.
 */
final class Admission {
    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Integer> handshakes = new HashMap<>();
    private final Map<String, Integer> exports = new HashMap<>();
    private final NbdLimits limits;
    private int connections;

    Admission(NbdLimits limits) {
        this.limits = limits;
    }

    /** Admits a connection that starts negotiation, or returns null if a limit is reached. */
    @Nullable
    Slot admit(String address) {
        lock.lock();
        try {
            if (connections >= limits.connections() || !add(handshakes, address, limits.handshakesPerAddress())) {
                return null;
            }
            connections++;
            return new Slot(address);
        } finally {
            lock.unlock();
        }
    }

    int connections() {
        lock.lock();
        try {
            return connections;
        } finally {
            lock.unlock();
        }
    }

    private static boolean add(Map<String, Integer> counts, String key, int limit) {
        int count = counts.getOrDefault(key, 0);
        if (count >= limit) {
            return false;
        }
        counts.put(key, count + 1);
        return true;
    }

    private static void remove(Map<String, Integer> counts, String key) {
        counts.computeIfPresent(key, (name, count) -> count > 1 ? count - 1 : null);
    }

    /** What one connection was admitted to. Used by one thread. */
    final class Slot {
        private @Nullable String address;
        private @Nullable String export;
        private boolean open = true;

        private Slot(String address) {
            this.address = address;
        }

        /** Negotiation is over: the address may start another. */
        void handshakeDone() {
            lock.lock();
            try {
                if (address != null) {
                    remove(handshakes, address);
                    address = null;
                }
            } finally {
                lock.unlock();
            }
        }

        /** Returns whether there was room on the export. */
        boolean enterExport(String name) {
            lock.lock();
            try {
                if (!add(exports, name, limits.connectionsPerExport())) {
                    return false;
                }
                export = name;
                return true;
            } finally {
                lock.unlock();
            }
        }

        void leaveExport() {
            lock.lock();
            try {
                if (export != null) {
                    remove(exports, export);
                    export = null;
                }
            } finally {
                lock.unlock();
            }
        }

        /** Gives everything back; a second time does nothing. */
        void release() {
            handshakeDone();
            leaveExport();
            lock.lock();
            try {
                if (open) {
                    open = false;
                    connections--;
                }
            } finally {
                lock.unlock();
            }
        }
    }
}
