/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import org.junit.jupiter.api.Test;

/** An engine whose system is about to end: what was acknowledged survives a power cut, though no client flushed. */
class DurableServingTests {
    private static final long SEED = 1;

    @Test
    void whatWasAcknowledgedBeforeSurvivesAPowerCut() {
        SimImage image = Life.first(SEED, life -> {
            life.prepareCopy();
            assertThat(life.write("a", 0, 1, 20)).isEqualTo(IoStatus.OK);
            assertThat(life.engine().serveDurably()).isEmpty();
        });
        Life.next(SEED, image.cutKeepingNone(), life -> {
            assertThat(life.read("a", 0)).isEqualTo(20);
            life.expectCopy("a@s", 0, 1);
        });
    }

    @Test
    void aFirstOverwriteIsDurableWhenItIsAcknowledged() {
        SimImage image = Life.first(SEED, life -> {
            life.prepareCopy();
            assertThat(life.engine().serveDurably()).isEmpty();
            assertThat(life.write("a", 1, 1, 21)).isEqualTo(IoStatus.OK);
        });
        Life.next(SEED, image.cutKeepingNone(), life -> {
            assertThat(life.read("a", 1)).isEqualTo(21);
            life.expectCopy("a@s", 1, 1);
        });
    }

    @Test
    void aWriteStraightToTheOriginIsDurableWhenItIsAcknowledged() {
        SimImage image = Life.first(SEED, life -> {
            life.prepareCopy();
            assertThat(life.write("a", 1, 1, 21)).isEqualTo(IoStatus.OK);
            life.settle();
            assertThat(life.engine().serveDurably()).isEmpty();
            assertThat(life.write("a", 1, 1, 22)).isEqualTo(IoStatus.OK);
        });
        Life.next(
                SEED,
                image.cutKeepingNone(),
                life -> assertThat(life.read("a", 1)).isEqualTo(22));
    }

    @Test
    void aWriteOfManyPartsAndAVolumeThatComesLaterLastToo() {
        SimImage image = Life.first(SEED, life -> {
            life.prepareCopy();
            assertThat(life.engine().serveDurably()).isEmpty();
            assertThat(life.write("a", 0, 64, 7)).isEqualTo(IoStatus.OK);
            life.volume("later", Life.MIN_BYTES);
            assertThat(life.write("later", 0, 1, 8)).isEqualTo(IoStatus.OK);
        });
        Life.next(SEED, image.cutKeepingNone(), life -> {
            assertThat(life.read("a", 0)).isEqualTo(7);
            assertThat(life.read("a", 63)).isEqualTo(7);
            assertThat(life.read("later", 0)).isEqualTo(8);
        });
    }

    @Test
    void aVolumeThatCannotBeMadeDurableIsNamed() {
        Life.first(SEED, life -> {
            life.prepareCopy();
            life.volume("b", Life.MIN_BYTES);
            assertThat(life.write("b", 0, 1, 3)).isEqualTo(IoStatus.OK);
            life.world()
                    .storage()
                    .inject(FaultRule.on(IoKind.FORCE).file("b").always().then(new Fault.IoError()));

            assertThat(life.engine().serveDurably()).containsExactly("b");
        });
    }
}
