/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.util.concurrent.atomic.LongAdder;

/** Counters of a server since its start. Thread-safe; reading them is not a consistent cut. */
public final class NbdStats {
    final LongAdder accepted = new LongAdder();
    final LongAdder refused = new LongAdder();
    final LongAdder negotiated = new LongAdder();
    final LongAdder violations = new LongAdder();
    final LongAdder timeouts = new LongAdder();
    final LongAdder faults = new LongAdder();
    final LongAdder requests = new LongAdder();
    final LongAdder errors = new LongAdder();
    final LongAdder readBytes = new LongAdder();
    final LongAdder writtenBytes = new LongAdder();
    final RequestTimes times;

    NbdStats(RequestTimes times) {
        this.times = times;
    }

    /** Returns the connections that were accepted and served. */
    public long accepted() {
        return accepted.sum();
    }

    /** Returns the connections that were closed at once because a limit was reached. */
    public long refused() {
        return refused.sum();
    }

    /** Returns the connections that reached transmission. */
    public long negotiated() {
        return negotiated.sum();
    }

    /** Returns the connections that were closed because the client broke the protocol. */
    public long violations() {
        return violations.sum();
    }

    /** Returns the connections that were cut because the client made no progress. */
    public long timeouts() {
        return timeouts.sum();
    }

    /** Returns the connections that ended by a fault of this program. */
    public long faults() {
        return faults.sum();
    }

    /** Returns the requests that were received whole. */
    public long requests() {
        return requests.sum();
    }

    /** Returns the requests that were answered with an error. */
    public long errors() {
        return errors.sum();
    }

    /** Returns the bytes that reads returned. */
    public long readBytes() {
        return readBytes.sum();
    }

    /** Returns the bytes that writes handed to exports. */
    public long writtenBytes() {
        return writtenBytes.sum();
    }
}
