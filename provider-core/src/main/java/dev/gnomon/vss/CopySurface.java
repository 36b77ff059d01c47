/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.snapshot.CopyInfo;
import java.util.UUID;

/**
 * Port: makes shadow copies visible to this host as devices (provider contract 5.3). Thread-safe. Never called while writes are
 * held. A method that takes a deadline, in nanoseconds of the clock, returns or throws by then.
 */
public interface CopySurface {
    /** How long making a copy visible may take, waiting for its volume to arrive included. */
    long MOST_NANOS = 30_000_000_000L;

    /** Returns whether copies can be made visible at all; if not, no volume is supported. */
    boolean isAvailable();

    /** Returns the root of the copy's device, without a backslash at the end, attached or not: the same as long as this process lives. */
    String deviceName(UUID copy);

    /** Makes a copy visible, or changes how it is; with the copy's overlay if it has one. Idempotent. */
    void attach(CopyInfo copy, Access access, long deadlineNanos) throws SurfaceException;

    /** Makes a visible copy read-only under the same name, writers dismounted. Idempotent; nothing happens if it is not visible. */
    void setReadOnly(CopyInfo copy, long deadlineNanos) throws SurfaceException;

    /** Hides a copy. Idempotent. */
    void detach(UUID copy, long deadlineNanos) throws SurfaceException;

    /** Whether a device can be written to. */
    enum Access {
        /** As the copy is. */
        READ_ONLY,
        /** Writes go to the copy's overlay. */
        WRITABLE
    }

    /** A copy could not be made visible, or hidden; the message says why. */
    final class SurfaceException extends Exception {
        private static final long serialVersionUID = 1L;

        /** Creates one. */
        public SurfaceException(String message) {
            super(message);
        }
    }

    /** Returns one that shows nothing, for a service that was not told how to. */
    static CopySurface none() {
        return new NoSurface();
    }
}
