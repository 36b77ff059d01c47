/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/** A look-up of the {@link LookupPool} is one reader's at a time, and is not forgotten. */
public final class LookupPoolStress {
    private static final Lookup FIRST = new Lookup();
    private static final Lookup SECOND = new Lookup();

    private LookupPoolStress() {}

    /** Two readers take at once. */
    @JCStressTest
    @Description("Two readers do not get the same look-up.")
    @Outcome(id = "1", expect = ACCEPTABLE, desc = "One each.")
    @Outcome(expect = FORBIDDEN, desc = "Both fill the same one: a read gets bytes of another place.")
    @State
    public static class BothTake {
        private final LookupPool pool = new LookupPool();
        private Lookup ofOne;
        private Lookup ofOther;

        public BothTake() {
            pool.give(FIRST);
            pool.give(SECOND);
        }

        @Actor
        public void one() {
            ofOne = pool.take();
        }

        @Actor
        public void other() {
            ofOther = pool.take();
        }

        @Arbiter
        public void compare(I_Result result) {
            result.r1 = ofOne == ofOther ? 0 : 1;
        }
    }

    /** Two readers give back at once. */
    @JCStressTest
    @Description("Of two look-ups given back at once both are there again.")
    @Outcome(id = "3", expect = ACCEPTABLE, desc = "Both are there.")
    @Outcome(expect = FORBIDDEN, desc = "One is lost, or there twice.")
    @State
    public static class BothGive {
        private final LookupPool pool = new LookupPool();

        @Actor
        public void one() {
            pool.give(FIRST);
        }

        @Actor
        public void other() {
            pool.give(SECOND);
        }

        @Arbiter
        public void count(I_Result result) {
            result.r1 = mark(pool.take()) + mark(pool.take());
        }

        private static int mark(Lookup taken) {
            return taken == FIRST ? 1 : taken == SECOND ? 2 : 100;
        }
    }
}
