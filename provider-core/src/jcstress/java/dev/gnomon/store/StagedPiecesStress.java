/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.IZ_Result;
import org.openjdk.jcstress.infra.results.Z_Result;

/** What {@link StagedPieces} tells those who do not hold the volume's mutex. */
public final class StagedPiecesStress {
    private StagedPiecesStress() {}

    private static void add(StagedPieces staged, long piece) {
        staged.add(piece, 1, 0, 1, 0, 0, 0, 4096, false);
    }

    /** A slot leaves, and its place in the chain is written again, while a reader reads that place. */
    @JCStressTest
    @Description("A slot that is still there after its place was read was in that place when it was read (I5).")
    @Outcome(
            id = {"0, true", "0, false", "1, false"},
            expect = ACCEPTABLE,
            desc = "The old bytes, or told to look again.")
    @Outcome(id = "1, true", expect = FORBIDDEN, desc = "Other bytes are taken for those of the slot.")
    @State
    public static class LeftWhileRead {
        private final StagedPieces staged = new StagedPieces();
        /** The place in the chain: 0 are the bytes of the slot, 1 what comes there later. Files are as good as volatile. */
        private volatile int place;

        public LeftWhileRead() {
            add(staged, 7);
        }

        @Actor
        public void settler() {
            staged.leave(1);
            place = 1;
        }

        @Actor
        public void reader(IZ_Result result) {
            result.r1 = place;
            result.r2 = staged.holds(0);
        }
    }

    /** A slot comes before the last one leaves. */
    @JCStressTest
    @Description("Pieces that are staged one after the other without a gap are never taken for none.")
    @Outcome(id = "false", expect = ACCEPTABLE, desc = "Something is staged.")
    @Outcome(id = "true", expect = FORBIDDEN, desc = "Taken for empty: a read would miss what is staged.")
    @State
    public static class NeverEmpty {
        /** Many, because the moment between the two reads of {@link StagedPieces#isEmpty} is short. */
        private static final int STEPS = 50;

        private final StagedPieces staged = new StagedPieces();

        public NeverEmpty() {
            add(staged, 7);
        }

        @Actor
        public void volume() {
            for (int i = 1; i <= STEPS; i++) {
                add(staged, 7L + i);
                staged.leave(i);
            }
        }

        @Actor
        public void reader(Z_Result result) {
            boolean empty = false;
            for (int i = 0; i < STEPS; i++) {
                empty |= staged.isEmpty();
            }
            result.r1 = empty;
        }
    }
}
