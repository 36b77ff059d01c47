/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A request in parts goes on from part to part on one thread at a time: see {@link PartTurn}. */
@JCStressTest
@Description(
        "A part that completes while its submission returns is gone on from by one of the two, who sees where it stands.")
@Outcome(
        id = {"1, 0", "0, 1"},
        expect = ACCEPTABLE,
        desc = "One goes on, with what the submitter left.")
@Outcome(expect = FORBIDDEN, desc = "Nobody goes on, both do, or from the wrong place.")
@State
public class PartTurnStress {
    private final PartTurn turn = new PartTurn();
    private int at;

    public PartTurnStress() {
        turn.submit();
    }

    @Actor
    public void submitter(II_Result result) {
        at = 1; // plain, as the state of the request is
        result.r1 = turn.returned() ? at : 0;
    }

    @Actor
    public void engine(II_Result result) {
        result.r2 = turn.completed() ? at == 1 ? 1 : 100 : 0;
    }
}
