/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.Xoshiro256;

/** A number that two runs share if the same tasks did the same I/Os in the same order. */
final class Trace {
    private long value;

    void add(IoEvent event) {
        mix(event.index());
        mix(event.phase().name().hashCode());
        mix(event.kind().name().hashCode());
        mix(event.path().toString().hashCode());
        mix(event.offsetBytes());
        mix(event.lengthBytes());
        mix(event.task().hashCode());
    }

    private void mix(long part) {
        value = Xoshiro256.mix(value * 31 + part + 1);
    }

    long value() {
        return value;
    }
}
