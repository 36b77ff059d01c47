/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.gnomon.io.IoStatus;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** An {@link Operation} is answered once, with the failure of any of its parts. */
public final class OperationStress {
    private static final int NOTHING = 0;
    private static final int OK = 1;
    private static final int FAILED = 2;

    private OperationStress() {}

    private static int take(InFlight inFlight) {
        Operation taken = inFlight.takeCompleted();
        if (taken == null) {
            return NOTHING;
        }
        return taken.next != null ? 100 : taken.error() == NbdError.NONE ? OK : FAILED;
    }

    /** A slice fails while the reader ends its own hold and looks for what it can answer. */
    @JCStressTest
    @Description("A write whose slice fails is answered once, as failed, whoever ends it.")
    @Outcome(
            id = {"2, 0", "0, 2"},
            expect = ACCEPTABLE,
            desc = "Answered once, as failed.")
    @Outcome(expect = FORBIDDEN, desc = "Never answered, twice, or as if it had been written.")
    @State
    public static class SliceFails {
        private final InFlight inFlight = new InFlight(1);
        private final Operation operation = inFlight.tryTake();

        public SliceFails() {
            operation.begin(new Request());
            operation.sliceStarted();
        }

        @Actor
        public void engine() {
            operation.complete(IoStatus.IO_ERROR);
        }

        @Actor
        public void reader(II_Result result) {
            operation.complete(IoStatus.OK);
            result.r1 = take(inFlight);
        }

        @Arbiter
        public void rest(II_Result result) {
            result.r2 = take(inFlight);
        }
    }

    /** An export hands a request to a task of its own, and throws. */
    @JCStressTest
    @Description("A request that is given up while the export completes it is answered once.")
    @Outcome(
            id = {"1", "2"},
            expect = ACCEPTABLE,
            desc = "Answered once.")
    @Outcome(expect = FORBIDDEN, desc = "Never answered, or twice.")
    @State
    public static class AbandonedWhileCompleted {
        private final InFlight inFlight = new InFlight(1);
        private final Operation operation = inFlight.tryTake();

        public AbandonedWhileCompleted() {
            operation.begin(new Request());
        }

        @Actor
        public void engine() {
            try {
                operation.complete(IoStatus.OK);
            } catch (IllegalStateException e) {
                // The other was first; a completion too many is refused.
            }
        }

        @Actor
        public void reader() {
            operation.abandon();
        }

        @Arbiter
        public void answer(I_Result result) {
            result.r1 = take(inFlight);
        }
    }
}
