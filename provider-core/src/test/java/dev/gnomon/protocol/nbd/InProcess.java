/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.export.Exports;
import dev.gnomon.observe.Events;
import dev.gnomon.observe.Latencies;
import dev.gnomon.testkit.ManualClock;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Runs connections without sockets: a client's bytes go in, the server's bytes come out. The connection ends where its
 * input ends.
 */
final class InProcess implements AutoCloseable {
    /** Output that is kept; of more only the length counts. */
    private static final int KEPT_BYTES = 4 << 20;

    private final NbdLimits limits;
    private final BufferPool pool;
    private final Admission admission;
    private final FixedBuffers buffers;
    private final Exports exports;
    private final NbdStats stats = new NbdStats(new RequestTimes(new ManualClock(), new Latencies()));
    private boolean closedByServer;
    private int consumedBytes;

    InProcess(Exports exports, NbdLimits limits) {
        this.exports = exports;
        this.limits = limits;
        this.pool = new BufferPool(limits);
        this.admission = new Admission(limits);
        this.buffers = new FixedBuffers(limits);
    }

    InProcess(Exports exports) {
        this(exports, NbdLimits.defaults());
    }

    /** Runs one connection whose client sends everything at once; returns what the server sent. */
    byte[] run(byte[] input) {
        return run(input, Integer.MAX_VALUE);
    }

    /** Runs one connection whose client's bytes arrive in pieces of at most the given size. */
    byte[] run(byte[] input, int pieceBytes) {
        Script link = new Script(input, pieceBytes);
        Admission.Slot slot = Objects.requireNonNull(admission.admit("test"));
        try {
            new Connection(link, new Progress(0), exports, limits, pool, stats, Events.toLog())
                    .run(buffers, slot, sender -> Thread.ofVirtual().start(sender));
        } finally {
            slot.release();
        }
        closedByServer = !link.drained;
        consumedBytes = link.input.position();
        assertThat(stats.faults()).as("uncaught exceptions").isZero();
        assertThat(admission.connections()).isZero();
        return link.output.toByteArray();
    }

    /** Returns what the server sends after its greeting of 18 bytes. */
    ByteBuffer replies(byte[] input) {
        byte[] output = run(input);
        return ByteBuffer.wrap(output, Math.min(18, output.length), Math.max(0, output.length - 18))
                .slice();
    }

    /** Returns whether the last connection was ended before the client's bytes were. */
    boolean cut() {
        return closedByServer;
    }

    /** Returns how much of the last connection's input was received. */
    int consumedBytes() {
        return consumedBytes;
    }

    NbdStats stats() {
        return stats;
    }

    long pooledBytes() {
        return pool.allocatedBytes();
    }

    @Override
    public void close() {
        pool.close();
        buffers.free();
    }

    private static final class Script implements ByteLink {
        private final ByteBuffer input;
        private final int pieceBytes;
        private final ByteArrayOutputStream output = new ByteArrayOutputStream();
        private volatile boolean drained;

        Script(byte[] input, int pieceBytes) {
            this.input = ByteBuffer.wrap(input);
            this.pieceBytes = pieceBytes;
        }

        @Override
        public int receive(ByteBuffer target) {
            int count = Math.min(pieceBytes, Math.min(input.remaining(), target.remaining()));
            if (count == 0) {
                drained = true;
                return -1;
            }
            target.put(target.position(), input, input.position(), count);
            target.position(target.position() + count);
            input.position(input.position() + count);
            return count;
        }

        /** Takes at most 1000 bytes at a time, as a busy socket would. */
        @Override
        public void send(ByteBuffer source) {
            byte[] part = new byte[Math.min(1000, source.remaining())];
            source.get(part);
            if (output.size() < KEPT_BYTES) {
                output.writeBytes(part);
            }
        }

        @Override
        public String peer() {
            return "script";
        }

        @Override
        public void close() {
            // Nothing waits here.
        }
    }
}
