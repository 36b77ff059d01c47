/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** First overwrites of volumes with write-through: what is where when they are acknowledged. */
class WriteThroughTests {
    private static final long SEED = 1;
    private static final Map<String, String> ON = Map.of("write-through", "on");
    private static final Map<String, String> OFF = Map.of("write-through", "off");

    private static long inOrigin(SimImage image, int piece) {
        byte[] bytes = Life.bytes(image, Life.origin("a"));
        return ByteBuffer.wrap(bytes).getLong(piece * Life.PIECE);
    }

    @Test
    void aFirstOverwriteIsInTheOriginWhenItIsAcknowledgedAndPreservedForDurably() {
        SimImage image = Life.first(SEED, life -> {
            life.prepareCopy();
            life.write("a", 0, 1, 2);
            assertThat(inOrigin(life.world().storage().image(), 0))
                    .as("acknowledged from the chain")
                    .isEqualTo(1);
            assertThat(life.engine().setProperties("a", ON).properties()).containsAllEntriesOf(ON);
            assertThat(life.write("a", 1, 1, 3)).isEqualTo(IoStatus.OK);
        });
        assertThat(inOrigin(image, 1)).isEqualTo(3);
        // The chain, which was not forced, is gone with the power; the record of the old bytes is not.
        Life.next(SEED, image.cutKeepingNone(), life -> life.expectCopy("a@s", 1, 1));
        Life.next(SEED, image.cutKeepingAll(), life -> {
            life.expectCopy("a@s", 1, 1);
            assertThat(life.read("a", 1)).isEqualTo(3);
        });
    }

    @Test
    void thePropertySurvivesCrashesAndCheckpointsAndCanBeTakenBack() {
        SimImage image = Life.first(SEED, life -> {
            life.prepareCopy();
            life.engine().setProperties("a", ON);
        });
        SimImage stopped = Life.next(SEED, image.cutKeepingNone(), life -> {
            assertThat(life.engine().volume("a").properties()).containsAllEntriesOf(ON);
            life.engine().close();
        });
        SimImage on = Life.next(SEED, stopped, life -> life.write("a", 0, 1, 4));
        assertThat(inOrigin(on, 0)).isEqualTo(4);
        SimImage off = Life.next(SEED, stopped, life -> {
            assertThat(life.engine()
                            .setProperties("a", Map.of("write-through", ""))
                            .properties())
                    .containsAllEntriesOf(OFF);
            life.write("a", 0, 1, 4);
        });
        assertThat(inOrigin(off, 0)).isEqualTo(1);
    }

    @Test
    void flushesAndForcedWritesPromiseWhatTheyAlwaysDid() {
        SimImage image = Life.first(SEED, life -> {
            life.prepareCopy();
            life.engine().setProperties("a", ON);
            assertThat(life.write("a", 0, 1, 2)).isEqualTo(IoStatus.OK);
            assertThat(life.flush("a")).isEqualTo(IoStatus.OK);
            ByteBuffer bytes = ByteBuffer.allocate(Life.PIECE);
            while (bytes.hasRemaining()) {
                bytes.putLong(5);
            }
            bytes.flip();
            assertThat(life.await(done -> life.live("a").write(Life.PIECE, bytes, true, done)))
                    .isEqualTo(IoStatus.OK);
        });
        Life.next(SEED, image.cutKeepingNone(), life -> {
            assertThat(life.read("a", 0)).isEqualTo(2);
            assertThat(life.read("a", 1)).isEqualTo(5);
            life.expectCopy("a@s", 0, 1);
        });
    }

    @Test
    void aWriteThatTheOriginRefusesFailsInsteadOfWaiting() {
        Life.first(SEED, life -> {
            life.prepareCopy();
            life.engine().setProperties("a", ON);
            FaultRule refusing = life.world()
                    .storage()
                    .inject(FaultRule.on(IoKind.WRITE).file("a").always().then(new Fault.IoError()));
            assertThat(life.write("a", 0, 1, 2)).isEqualTo(IoStatus.IO_ERROR);
            life.world().storage().clear(refusing);
            life.settle();
            assertThat(life.write("a", 1, 1, 3)).isEqualTo(IoStatus.OK);
            life.expectCopy("a@s", 0, 1);
        });
    }

    @Test
    void writersThatWaitAreAnsweredWhenTheVolumeIsClosed() {
        Life.first(SEED, life -> {
            life.prepareCopy();
            life.engine().setProperties("a", ON);
            life.holdForce();
            IoStatus[] status = new IoStatus[1];
            life.start(() -> status[0] = life.write("a", 0, 1, 2));
            life.sleep(10 * Life.MILLISECOND);
            assertThat(status[0]).as("while the log is forced").isNull();
            life.engine().close();
            life.sleep(10 * Life.MILLISECOND);
            assertThat(status[0]).isEqualTo(IoStatus.OK);
        });
    }

    @Test
    void unknownPropertiesAndValuesAreRefused() {
        Life.first(SEED, life -> {
            life.prepareCopy();
            for (Map<String, String> wrong : List.of(Map.of("x", "on"), Map.of("write-through", "yes"))) {
                assertThatThrownBy(() -> life.engine().setProperties("a", wrong))
                        .isInstanceOfSatisfying(
                                EngineException.class, e -> assertThat(e.kind()).isEqualTo(Kind.INVALID))
                        .hasMessageContaining(": expected o");
            }
        });
    }
}
