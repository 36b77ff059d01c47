/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import dev.gnomon.io.Clock;
import dev.gnomon.observe.Latencies;
import dev.gnomon.observe.Timed;

/** Measures requests: two looks at the clock and one record each, nothing else. Thread-safe. */
final class RequestTimes {
    private final Clock clock;
    private final Latencies latencies;

    RequestTimes(Clock clock, Latencies latencies) {
        this.clock = clock;
        this.latencies = latencies;
    }

    long now() {
        return clock.nanoTime();
    }

    /** Records a request that began at one look at the clock and was answered at another; unknown commands are not. */
    void record(int command, long began, long answered) {
        long nanos = answered - began;
        switch (command) {
            case NbdProtocol.CMD_READ -> latencies.record(Timed.NBD_READ, nanos);
            case NbdProtocol.CMD_WRITE -> latencies.record(Timed.NBD_WRITE, nanos);
            case NbdProtocol.CMD_FLUSH -> latencies.record(Timed.NBD_FLUSH, nanos);
            case NbdProtocol.CMD_TRIM -> latencies.record(Timed.NBD_TRIM, nanos);
            case NbdProtocol.CMD_WRITE_ZEROES -> latencies.record(Timed.NBD_WRITE_ZEROES, nanos);
            case NbdProtocol.CMD_BLOCK_STATUS -> latencies.record(Timed.NBD_BLOCK_STATUS, nanos);
            default -> {}
        }
    }
}
