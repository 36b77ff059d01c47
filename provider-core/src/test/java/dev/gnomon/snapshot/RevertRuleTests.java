/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The rule that tells a restart which pieces a revert has done, at every I/O of one: a piece is done if it has a record, or
 * staged new data, of an epoch of the revert. Volume a has ones in copy a@s, and then twos; during the revert a client
 * writes a three. A done piece that lacks its data would show a two, one that is taken for not done loses the three.
 */
class RevertRuleTests {
    private static final long SEED = 5;
    private static final int PIECES = 12;
    private static final int CLIENTS_PIECE = 7;

    /**
     * The machine before an I/O.
     *
     * @param flushed whether the client's three was flushed
     */
    private record State(SimImage image, String before, boolean flushed) {}

    private static List<State> states() {
        List<State> states = new ArrayList<>();
        boolean[] flushed = new boolean[1];
        Life.on(new SimWorld(SEED), Life.SLOW, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, PIECES, 1);
            life.set("s", "a");
            life.write("a", 0, PIECES, 2);
            life.settle();
            life.engine().revert("a@s", false);
            life.world().storage().listen(event -> {
                if (event.phase() == IoEvent.Phase.BEFORE && event.kind().changesState()) {
                    states.add(new State(life.world().storage().image(), event.toString(), flushed[0]));
                }
            });
            assertThat(life.write("a", CLIENTS_PIECE, 1, 3)).isEqualTo(IoStatus.OK);
            assertThat(life.flush("a")).isEqualTo(IoStatus.OK);
            flushed[0] = true;
            for (int seconds = 0; seconds < 60; seconds++) {
                life.sleep(1000 * Life.MILLISECOND);
            }
            assertThat(life.engine().reverts()).isEmpty();
        });
        return states;
    }

    @Test
    void aPieceIsDoneIfAndOnlyIfARecordOrStagedDataOfTheRevertSaysSo() {
        List<State> states = states();
        assertThat(states).hasSizeGreaterThan(20);
        for (State state : states) {
            for (SimImage left : ends(state.image())) {
                Life.on(new SimWorld(SEED, left), Life.SLOW, life -> {
                    for (int piece = 0; piece < PIECES; piece++) {
                        long found = life.read("a", piece);
                        boolean three = piece == CLIENTS_PIECE && (found == 3 || state.flushed());
                        assertThat(found)
                                .as("piece %d, cut before %s", piece, state.before())
                                .isEqualTo(three ? 3 : 1);
                    }
                });
            }
        }
    }

    /** A cut that keeps nothing that was not forced, one that keeps everything, and a kill. */
    private static List<SimImage> ends(SimImage image) {
        return List.of(image.cutKeepingNone(), image.cutKeepingAll(), image.killed());
    }
}
