/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.Z_Result;

/** Whoever bounds the time of a {@link Wire} sees what was received before it looks. */
@JCStressTest
@Description("What was received before somebody asks for the progress is counted.")
@Outcome(id = "true", expect = ACCEPTABLE, desc = "As much as was received, or more.")
@Outcome(id = "false", expect = FORBIDDEN, desc = "A server that answers would be given up as silent.")
@State
public class WireStress {
    /** One for all, since its buffers are large; it only counts up, and one thread at a time receives. */
    private static final Wire WIRE = new Wire(new OneByte());

    private volatile long received;

    @Actor
    public void receiver() {
        try {
            WIRE.readFully(ByteBuffer.allocate(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        received = WIRE.progress();
    }

    @Actor
    public void watcher(Z_Result result) {
        long before = received;
        result.r1 = WIRE.progress() >= before;
    }

    /** A server that always has one more byte. */
    private static final class OneByte implements Transport {
        @Override
        public int receive(ByteBuffer target) {
            target.put((byte) 1);
            return 1;
        }

        @Override
        public void send(ByteBuffer source) {
            source.position(source.limit());
        }

        @Override
        public void endOutput() {}

        @Override
        public void close() {}
    }
}
