/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.mutants.Life;
import dev.gnomon.store.format.FormatTooNewException;
import dev.gnomon.store.format.FormatTooOldException;
import dev.gnomon.store.format.Prologue;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A store of another format version is refused as that, never taken for damage or for one that was not finished. */
class FormatVersionTests {
    private static final int SLOT_BYTES = 4096;
    private static final int SECOND_SLOT = 64 << 10;
    private static final int VERSION = 8;
    private static final int CRC = 12;

    @ParameterizedTest(name = "with a segment: {0}")
    @ValueSource(booleans = {true, false})
    void versionZeroIsRefusedAsTooOld(boolean segment) {
        SimImage old = with(store(segment), 0, 0, SECOND_SLOT);
        assertThatThrownBy(() -> Life.next(2, old, life -> {}))
                .hasCauseInstanceOf(FormatTooOldException.class)
                .hasMessageContaining("too old: ")
                .hasMessageContaining("superblock")
                .hasMessageContaining(
                        "expected format version 1 or newer, found 0; only the release that wrote it reads it");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, SECOND_SLOT})
    void oneSlotOfAnotherVersionIsNotPassedOver(int slot) {
        SimImage old = with(store(true), 0, slot);
        SimImage newer = with(store(true), Prologue.VERSION + 1, slot);
        assertThatThrownBy(() -> Life.next(2, old, life -> {})).hasCauseInstanceOf(FormatTooOldException.class);
        assertThatThrownBy(() -> Life.next(2, newer, life -> {})).hasCauseInstanceOf(FormatTooNewException.class);
    }

    private static SimImage store(boolean segment) {
        return Life.first(1, life -> {
                    if (segment) {
                        life.prepareCopy();
                    }
                    life.engine().close();
                })
                .cutKeepingNone();
    }

    /** Returns the image with the version of superblock slots changed. */
    private static SimImage with(SimImage image, int version, int... slots) {
        byte[] bytes = Life.bytes(image, Life.SUPERBLOCK);
        SimWorld world = new SimWorld(1, image);
        for (int slot : slots) {
            ByteBuffer structure = ByteBuffer.wrap(Arrays.copyOfRange(bytes, slot, slot + SLOT_BYTES))
                    .order(ByteOrder.LITTLE_ENDIAN);
            assertThat(structure.getLong(0)).as("magic at " + slot).isNotZero();
            structure.putShort(VERSION, (short) version).putInt(CRC, 0);
            structure.putInt(CRC, Prologue.crc(structure, 0, SLOT_BYTES));
            world.storage().damage(Life.SUPERBLOCK, slot, structure.array());
        }
        return world.storage().image();
    }
}
