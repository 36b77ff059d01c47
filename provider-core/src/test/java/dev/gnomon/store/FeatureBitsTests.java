/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.VolumeInfo.State;
import dev.gnomon.store.format.FormatTooNewException;
import dev.gnomon.store.format.Prologue;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What docs/format.md says of feature bits in the prologue holds for each structure that has one. */
class FeatureBitsTests {
    private static final int BLOCK = 4096;
    private static final int CRC = 12;
    private static final int COMPATIBLE = 32;
    private static final int READ_ONLY = 40;
    private static final int INCOMPATIBLE = 48;

    /** The volume, a write, a set, a first touch and, after a second, the claim: its batch is the last. */
    private static final SimImage STORE = Life.first(1, life -> {
                life.prepareCopy();
                life.write("a", 0, 1, 2);
                life.sleep(2000 * Life.MILLISECOND);
            })
            .cutKeepingNone();

    /** Where the bits are put. */
    enum Place {
        SEGMENT,
        LAST_BATCH,
        /** The batch before it is lost, so that the log goes on here. */
        BATCH_BEHIND_A_GAP
    }

    @ParameterizedTest
    @EnumSource
    void unknownIncompatibleFeaturesAreRefused(Place place) {
        SimImage image = with(place, INCOMPATIBLE);
        assertThatThrownBy(() -> Life.next(1, image, life -> {}))
                .hasCauseInstanceOf(FormatTooNewException.class)
                .hasMessageContaining("incompatible features: expected at most 0x0, found 0x4");
    }

    @ParameterizedTest
    @EnumSource
    void unknownReadOnlyCompatibleFeaturesAdmitNoWrite(Place place) {
        Life.next(1, with(place, READ_ONLY), life -> {
            assertThat(life.state("a")).isEqualTo(State.FAILED);
            if (place != Place.BATCH_BEHIND_A_GAP) {
                assertThat(life.engine().volume("a").stateReason())
                        .contains("read-only compatible features 0x4, which this release does not know");
                life.expectCopy("a@s", 0, 1);
            }
        });
    }

    @ParameterizedTest
    @EnumSource(names = "BATCH_BEHIND_A_GAP", mode = EnumSource.Mode.EXCLUDE)
    void unknownCompatibleFeaturesAreIgnored(Place place) {
        Life.next(1, with(place, COMPATIBLE), life -> {
            assertThat(life.state("a")).isEqualTo(State.ONLINE);
            life.expectCopy("a@s", 0, 1);
        });
    }

    private static SimImage with(Place place, int field) {
        byte[] bytes = Life.bytes(STORE, Life.SEGMENT);
        int last = bytes.length - BLOCK;
        while (bytes[last] == 0) {
            last -= BLOCK;
        }
        int at = place == Place.SEGMENT ? 0 : last;
        ByteBuffer structure =
                ByteBuffer.wrap(Arrays.copyOfRange(bytes, at, at + BLOCK)).order(ByteOrder.LITTLE_ENDIAN);
        structure.putLong(field, 4).putInt(CRC, 0);
        structure.putInt(CRC, Prologue.crc(structure, 0, BLOCK));
        SimWorld world = new SimWorld(1, STORE);
        world.storage().damage(Life.SEGMENT, at, structure.array());
        if (place == Place.BATCH_BEHIND_A_GAP) {
            int payload = Life.find(bytes, 1);
            world.storage().flipBit(Life.SEGMENT, (payload - BLOCK + 60) * 8L);
        }
        return world.storage().image();
    }
}
