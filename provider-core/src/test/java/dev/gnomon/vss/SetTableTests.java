/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.vss.SetTable.Action;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The table is whole, and keeps the rules that the contract states beside it. */
class SetTableTests {
    @ParameterizedTest
    @EnumSource(SetState.class)
    void everyCellHasAnAction(SetState state) {
        for (SetCall call : SetCall.values()) {
            assertThat(SetTable.of(state, call)).isNotNull();
        }
    }

    @ParameterizedTest
    @EnumSource(SetState.class)
    void oneCallAtMostTakesASetOnFromAnyState(SetState state) {
        long runs = EnumSet.allOf(SetCall.class).stream()
                .filter(call -> SetTable.of(state, call) == Action.RUN)
                .count();
        boolean rests =
                Set.of(SetState.UNKNOWN, SetState.CREATED, SetState.ABORTED).contains(state) || state.isProcessing();
        assertThat(runs).isEqualTo(rests ? 0 : 1);
    }

    @ParameterizedTest
    @EnumSource(SetState.class)
    void whatExistsIsDiscardedByAbortAloneAndAnotherSetIsAlwaysAdmitted(SetState state) {
        for (SetCall call : SetCall.values()) {
            if (state.exists() && call != SetCall.ABORT) {
                assertThat(SetTable.of(state, call)).isNotIn(Action.DROP, Action.DISCARD, Action.REPLACE);
            }
        }
        assertThat(SetTable.of(state, SetCall.BEGIN_OTHER)).isIn(Action.START, Action.REPLACE, Action.SUCCEED);
        assertThat(SetTable.of(state, SetCall.ABORT)).isIn(Action.DONE, Action.DISCARD, Action.CANCEL);
    }

    @Test
    void objectNotFoundIsNeverForTheFinalCalls() {
        for (SetState state : SetState.values()) {
            assertThat(SetTable.of(state, SetCall.PRE_FINAL)).isNotEqualTo(Action.ABSENT);
            assertThat(SetTable.of(state, SetCall.POST_FINAL)).isNotEqualTo(Action.ABSENT);
        }
    }

    @Test
    void numbersAreThoseOfVss() {
        assertThat(SetState.POSTCOMMITTED.number()).isEqualTo(15);
        assertThat(SetState.CREATED.number()).isEqualTo(12);
        assertThat(SetState.PROCESSING_POSTFINALCOMMIT.number()).isEqualTo(11);
    }
}
