/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.gnomon.io.IoStatus;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;

/** A {@link PooledBuffer} comes back once, and its slice ends once. */
public final class PooledBufferStress {
    private static final int BYTES = 4096;

    /** Pools that a test has left with a buffer in it: memory off the heap is too dear to be got anew for each test. */
    private static final ConcurrentLinkedQueue<BufferPool> POOLS = new ConcurrentLinkedQueue<>();

    private PooledBufferStress() {}

    /** What the tests share: a buffer that is at the export, as a slice of a write. */
    public abstract static class Submitted {
        final BufferPool pool;
        final BufferPool.Account account = new BufferPool.Account();
        final InFlight inFlight = new InFlight(1);
        final PooledBuffer buffer;
        private final Operation operation = inFlight.tryTake();

        Submitted() {
            BufferPool used = POOLS.poll();
            pool = used == null ? new BufferPool(NbdLimits.defaults()) : used;
            buffer = pool.tryBorrow(account, BYTES);
            operation.begin(new Request());
            buffer.submit(operation);
            operation.complete(IoStatus.OK); // the reader's own hold
        }

        final int complete() {
            try {
                buffer.complete(IoStatus.OK);
                return 1;
            } catch (IllegalStateException e) {
                return 0;
            }
        }

        /** Tells what the account holds, and how often the write was handed over to be answered. */
        final void judge(III_Result result) {
            result.r2 = (int) pool.heldBytes(account);
            for (Operation each = inFlight.takeCompleted(); each != null; each = each.next) {
                result.r3++;
            }
            if (pool.allocatedBytes() > 0) {
                POOLS.add(pool);
            } else {
                buffer.free(); // given up by the pool; nobody touches it any more
            }
        }
    }

    /** A faulty export completes a slice on two threads. */
    @JCStressTest
    @Description("Of two completions of a slice one is refused.")
    @Outcome(id = "1, 0, 1", expect = ACCEPTABLE, desc = "Given back once, answered once.")
    @Outcome(expect = FORBIDDEN, desc = "The buffer would be lent to two, or the write answered twice.")
    @State
    public static class CompletedTwice extends Submitted {
        private int byOne;
        private int byOther;

        @Actor
        public void one() {
            byOne = complete();
        }

        @Actor
        public void other() {
            byOther = complete();
        }

        @Arbiter
        public void judged(III_Result result) {
            result.r1 = byOne + byOther;
            judge(result);
        }
    }

    /** An export hands a slice to a task of its own, and throws. */
    @JCStressTest
    @Description("A slice that is given up while the export completes it ends once.")
    @Outcome(
            id = {"1, 0, 1", "0, 0, 1"},
            expect = ACCEPTABLE,
            desc = "Uncharged once, answered once.")
    @Outcome(expect = FORBIDDEN, desc = "The account is uncharged twice or never, or the write is not answered once.")
    @State
    public static class AbandonedWhileCompleted extends Submitted {
        @Actor
        public void engine(III_Result result) {
            result.r1 = complete();
        }

        @Actor
        public void reader() {
            buffer.abandon();
        }

        @Arbiter
        public void judged(III_Result result) {
            judge(result);
        }
    }
}
