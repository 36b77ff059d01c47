/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** No operation of {@link InFlight} is lost or handed out twice, and nobody sleeps through what he waits for. */
public final class InFlightStress {
    private InFlightStress() {}

    /** Returns the marks of the operations of a list, each of which must be there once, summed. */
    private static int marks(Operation list, Operation first, Operation second) {
        int marks = 0;
        for (Operation each = list; each != null; each = each.next) {
            marks += each == first ? 1 : each == second ? 2 : 100;
        }
        return marks;
    }

    /** Two threads of the engine complete at once. */
    @JCStressTest
    @Description("Of two completions at once neither is lost.")
    @Outcome(id = "3", expect = ACCEPTABLE, desc = "Both wait to be answered.")
    @Outcome(
            expect = FORBIDDEN,
            desc = "A completion is lost or there twice: a client waits for ever or hears an answer twice.")
    @State
    public static class BothComplete {
        private final InFlight inFlight = new InFlight(2);
        private final Operation first = new Operation(inFlight);
        private final Operation second = new Operation(inFlight);

        @Actor
        public void one() {
            inFlight.completed(first);
        }

        @Actor
        public void other() {
            inFlight.completed(second);
        }

        @Arbiter
        public void answer(I_Result result) {
            result.r1 = marks(inFlight.takeCompleted(), first, second);
        }
    }

    /** The engine completes while the sender takes what there is. */
    @JCStressTest
    @Description("A completion during the taking of the list is in this list or in the next.")
    @Outcome(
            id = {"3, 0", "1, 2"},
            expect = ACCEPTABLE,
            desc = "Each is taken once.")
    @Outcome(expect = FORBIDDEN, desc = "A completion is lost or taken twice.")
    @State
    public static class CompletedWhileTaken {
        private final InFlight inFlight = new InFlight(2);
        private final Operation first = new Operation(inFlight);
        private final Operation second = new Operation(inFlight);

        public CompletedWhileTaken() {
            inFlight.completed(first);
        }

        @Actor
        public void engine() {
            inFlight.completed(second);
        }

        @Actor
        public void sender(II_Result result) {
            result.r1 = marks(inFlight.takeCompleted(), first, second);
        }

        @Arbiter
        public void rest(II_Result result) {
            result.r2 = marks(inFlight.takeCompleted(), first, second);
        }
    }

    /** The reader takes operations for new requests while the sender gives back those that it has answered. */
    @JCStressTest
    @Description("Of what is given back each operation is used again, by one request at a time.")
    @Outcome(
            id = {"0, 3", "1, 2", "2, 1", "3, 0"},
            expect = ACCEPTABLE,
            desc = "Each is taken once.")
    @Outcome(expect = FORBIDDEN, desc = "An operation is lost, or carries two requests.")
    @State
    public static class RecycledWhileTaken {
        private final InFlight inFlight = new InFlight(2);
        private final Operation first;
        private final Operation second;

        public RecycledWhileTaken() {
            first = inFlight.tryTake();
            second = inFlight.tryTake();
        }

        @Actor
        public void sender() {
            inFlight.recycle(first);
            inFlight.recycle(second);
        }

        @Actor
        public void reader(II_Result result) {
            result.r1 = takeTwo();
        }

        @Arbiter
        public void rest(II_Result result) {
            result.r2 = takeTwo();
        }

        private int takeTwo() {
            return marks(inFlight.tryTake(), first, second) + marks(inFlight.tryTake(), first, second);
        }
    }

    /** The reader waits for room, as {@code Transmission.take} does; a wake-up that it misses hangs the test. */
    @JCStressTest
    @Description("A reader that waits for an operation is woken by the one that is given back.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "It was woken and has the operation.")
    @Outcome(expect = FORBIDDEN, desc = "It has another operation than the only one.")
    @State
    public static class WokenByRecycled {
        private volatile Given given;

        private record Given(InFlight inFlight, Operation operation) {}

        @Actor
        public void reader(I_Result result) {
            InFlight inFlight = new InFlight(1); // its reader is the thread that makes it
            Operation operation = inFlight.tryTake();
            given = new Given(inFlight, operation);
            Operation taken;
            do {
                long mark = inFlight.mark();
                taken = inFlight.tryTake();
                if (taken == null) {
                    inFlight.awaitEvent(mark);
                }
            } while (taken == null);
            result.r1 = taken == operation ? 1 : 2;
        }

        @Actor
        public void sender() {
            while (given == null) {
                Thread.onSpinWait();
            }
            given.inFlight.recycle(given.operation);
        }
    }
}
