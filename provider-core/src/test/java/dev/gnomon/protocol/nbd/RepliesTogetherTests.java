/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.gnomon.observe.Events;
import dev.gnomon.observe.Latencies;
import dev.gnomon.testkit.ManualClock;
import dev.gnomon.testkit.MemoryExport;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What came in one receive is answered in one send, and a request leaves nothing for the garbage collector. */
class RepliesTogetherTests {
    private static final int PIECE = 4096;
    private static final int TOGETHER = 16;
    private static final int ROUNDS = 200;

    /** Rounds before counting: by then everything exists that is made once. */
    private static final int FIRST_ROUNDS = 50;

    /** What is added up on other threads of the server, and rounding. */
    private static final long NOTHING = 2;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** A client that sends so many requests at once, waits for their answers, and begins again. */
    private static final class Batches implements ByteLink {
        private final ByteBuffer negotiation;
        private final ByteBuffer batch;
        private int rounds;
        private long receives;
        private long sends;
        private long allocatedBytes;
        private long receivesBefore;
        private long sendsBefore;
        private long allocatedBefore;

        Batches(byte[] negotiation, byte[] batch) {
            this.negotiation = ByteBuffer.allocateDirect(negotiation.length)
                    .put(negotiation)
                    .flip();
            this.batch = ByteBuffer.allocateDirect(batch.length).put(batch).flip();
        }

        @Override
        public int receive(ByteBuffer target) {
            receives++;
            boolean negotiates = negotiation.hasRemaining();
            ByteBuffer source = negotiates ? negotiation : batch;
            if (!negotiates && !batch.hasRemaining()) {
                note();
                if (rounds == ROUNDS) {
                    return -1;
                }
                batch.rewind();
            }
            int count = Math.min(source.remaining(), target.remaining());
            target.put(target.position(), source, source.position(), count);
            target.position(target.position() + count);
            source.position(source.position() + count);
            return count;
        }

        private void note() {
            rounds++;
            if (rounds == FIRST_ROUNDS) {
                receivesBefore = receives;
                sendsBefore = sends;
                allocatedBefore = THREADS.getCurrentThreadAllocatedBytes();
            } else if (rounds == ROUNDS) {
                receives -= receivesBefore;
                sends -= sendsBefore;
                allocatedBytes = THREADS.getCurrentThreadAllocatedBytes() - allocatedBefore;
            }
        }

        @Override
        public void send(ByteBuffer source) {
            sends++;
            source.position(source.limit());
        }

        @Override
        public String peer() {
            return "batches";
        }

        @Override
        public void close() {
            // Nothing waits here.
        }
    }

    private static Batches serve(int command) {
        MemoryExport export = new MemoryExport("a", 1 << 20, false);
        ClientScript batch = new ClientScript();
        for (int i = 0; i < TOGETHER; i++) {
            boolean flush = command == NbdProtocol.CMD_FLUSH; // of everything, so without a range
            batch.request(command, 0, i, flush ? 0 : (long) i * PIECE, flush ? 0 : PIECE);
            if (command == NbdProtocol.CMD_WRITE) {
                batch.raw(new byte[PIECE]);
            }
        }
        Batches link = new Batches(ClientScript.entered("a").bytes(), batch.bytes());
        NbdLimits limits = NbdLimits.defaults();
        NbdStats stats = new NbdStats(new RequestTimes(new ManualClock(), new Latencies()));
        FixedBuffers buffers = new FixedBuffers(limits);
        try (BufferPool pool = new BufferPool(limits)) {
            Admission.Slot slot = Objects.requireNonNull(new Admission(limits).admit("test"));
            new Connection(link, new Progress(0), MemoryExport.exports(export), limits, pool, stats, Events.toLog())
                    .run(buffers, slot, sender -> Thread.ofVirtual().start(sender));
            slot.release();
        } finally {
            buffers.free();
        }
        assertThat(stats.faults() + stats.errors()).isZero();
        assertThat(stats.requests()).isEqualTo((long) ROUNDS * TOGETHER);
        return link;
    }

    private static void requireOneOfEach(int command) {
        Batches link = serve(command);
        int counted = ROUNDS - FIRST_ROUNDS;
        assertThat(link.receives).as("receives for " + counted + " batches").isEqualTo(counted);
        assertThat(link.sends).as("sends for " + counted + " batches").isEqualTo(counted);
        assertThat(link.allocatedBytes / ((long) counted * TOGETHER))
                .as("bytes left by a request")
                .isLessThanOrEqualTo(NOTHING);
    }

    @Test
    void writesAreAnsweredTogether() {
        requireOneOfEach(NbdProtocol.CMD_WRITE);
    }

    @Test
    void readsAreAnsweredTogether() {
        requireOneOfEach(NbdProtocol.CMD_READ);
    }

    @Test
    void flushesAreAnsweredTogether() {
        requireOneOfEach(NbdProtocol.CMD_FLUSH);
    }
}
