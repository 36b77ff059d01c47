/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What one volume may take of the diff area. */
class DiffLimitTests {
    private static final long SEED = 1;
    private static final int ALL = 256;
    private static final long LIMIT = ALL * (long) Life.PIECE;

    private static void volumes(Life life) throws Exception {
        for (String name : new String[] {"a", "b"}) {
            life.volume(name, Life.MIN_BYTES);
            life.write(name, 0, ALL, 1);
        }
        life.engine().setProperties("a", Map.of("diff-limit", Long.toString(LIMIT)));
    }

    @Test
    void aVolumeThatUsedItsShareRefusesFirstOverwritesAndTheOthersGoOn() {
        SimImage left = Life.first(SEED, life -> {
            volumes(life);
            life.set("s", "a", "b");
            assertThat(life.write("a", 0, ALL, 2)).isEqualTo(IoStatus.OK); // exactly as much
            life.settle();
            life.engine().deleteCopy("b@s");
            life.engine().setProperties("a", Map.of("when-full", "hold", "hold-seconds", "1"));
            life.set("t", "a", "b");
            assertThat(life.write("a", 0, 1, 3)).isEqualTo(IoStatus.NO_SPACE);
            assertThat(life.write("b", 0, ALL, 3)).isEqualTo(IoStatus.OK);
            assertThat(life.read("a", 0)).isEqualTo(2);
            assertThat(life.told().of(EventId.DIFF_AREA_FULL))
                    .singleElement()
                    .extracting(Event::message)
                    .asString()
                    .contains("1048576 bytes are preserved of its diff-limit of 1048576", "hold");
            life.expectCopy("a@s", 0, 1);
            life.engine().setProperties("a", Map.of("when-full", "refuse"));
            assertThatThrownBy(() -> life.set("u", "a"))
                    .isInstanceOfSatisfying(
                            EngineException.class,
                            e -> assertThat(e.kind()).isEqualTo(EngineException.Kind.DIFF_AREA_FULL))
                    .hasMessageContaining("its diff-limit of 1048576 bytes is nearly used");
            life.set("v", "b");
        });
        Life.next(SEED, left.cutKeepingNone(), life -> {
            assertThat(life.write("a", 0, 1, 3)).isEqualTo(IoStatus.NO_SPACE); // the limit survived
            life.engine().setProperties("a", Map.of("diff-limit", Long.toString(2 * LIMIT)));
            assertThat(life.write("a", 0, 1, 3)).isEqualTo(IoStatus.OK);
            DiffAreaInfo.Share share = life.engine().diffArea().volumes().getFirst();
            assertThat(share.limitBytes()).isEqualTo(2 * LIMIT);
            life.engine().setProperties("a", Map.of("diff-limit", ""));
            assertThat(life.engine().volume("a").properties()).containsEntry("diff-limit", "none");
        });
    }

    @Test
    void aVolumeDropsItsOwnOldestCopyWhenItUsedItsShare() {
        Life.on(new SimWorld(SEED), Life.SMALL, WhenFull.DROP_OLDEST, life -> {
            volumes(life);
            life.set("s", "b");
            life.write("b", 0, ALL, 2);
            life.set("t", "a");
            life.write("a", 0, 200, 2);
            life.set("u", "a");
            assertThat(life.write("a", 0, 200, 3)).isEqualTo(IoStatus.OK);
            life.settle();
            assertThat(life.told().of(EventId.COPY_DROPPED))
                    .singleElement()
                    .satisfies(event -> assertThat(event.copy()).isEqualTo("a@t"));
            assertThat(life.engine().copies()).extracting(CopyInfo::exportName).containsExactlyInAnyOrder("b@s", "a@u");
            for (int piece = 0; piece < ALL; piece++) {
                life.expectCopy("a@u", piece, piece < 200 ? 2 : 1);
                life.expectCopy("b@s", piece, 1);
            }
            assertThat(life.engine().volume("a").preservedBytes()).isLessThanOrEqualTo(LIMIT);
        });
    }
}
