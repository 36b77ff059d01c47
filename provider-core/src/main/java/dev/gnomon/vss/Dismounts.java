/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

/**
 * Port: makes sure that no file system of this host is mounted from a volume whose blocks are about to change. Thread-safe.
 */
public interface Dismounts {
    /**
     * Locks and dismounts a volume, or finds that it is not mounted; the lock is held until {@link Dismounted#close}.
     *
     * @param guidPath of the volume, with a backslash at the end
     * @param volume its name in Gnomon
     * @throws MountedException if it cannot be dismounted, or if that cannot be told
     */
    Dismounted dismount(String guidPath, String volume) throws MountedException;

    /** A volume that is dismounted. */
    interface Dismounted extends AutoCloseable {
        /** Returns whether clients of the volume are only this host's disk without a file system, and may be cut off. */
        boolean mayCutOffClients();

        /** Lets the volume be mounted again. */
        @Override
        void close();
    }

    /** A volume is mounted, or may be; the message says by whom. */
    final class MountedException extends Exception {
        private static final long serialVersionUID = 1L;

        /** Creates one. */
        public MountedException(String message) {
            super(message);
        }
    }

    /** Returns one that counts on this: what no client is connected to, nobody has mounted. The engine refuses the others. */
    static Dismounts byClients() {
        return (guidPath, volume) -> new Dismounted() {
            @Override
            public boolean mayCutOffClients() {
                return false;
            }

            @Override
            public void close() {}
        };
    }
}
