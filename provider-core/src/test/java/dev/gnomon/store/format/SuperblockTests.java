/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SuperblockTests {
    private static final Superblock SAMPLE = new Superblock(
            new UUID(0x0123_4567_89ab_4defL, 0x8123_4567_89ab_cdefL),
            7,
            16384,
            1 << 20,
            41,
            3,
            true,
            false,
            "boot",
            2,
            0,
            new SegmentDirectories("/mnt/ä", SegmentDirectories.OWN_TARGET));

    @Test
    void readsBackWhatWasWritten() throws Exception {
        assertThat(Superblock.decode(encoded(), "superblock", 0)).isEqualTo(SAMPLE);
    }

    @Test
    void everyFlippedBitIsFound() {
        for (int bit = 0; bit < Superblock.SLOT_BYTES * 8; bit++) {
            ByteBuffer slot = encoded();
            flip(slot, bit);
            assertThatThrownBy(() -> Superblock.decode(slot, "superblock", 0))
                    .as("bit %d", bit)
                    .isInstanceOf(CorruptionException.class);
        }
    }

    @Test
    void aPathThatIsTooLongIsDamage() {
        ByteBuffer slot = encoded();
        slot.putShort(1200, (short) 1023);
        Prologue.seal(slot, 0, Superblock.SLOT_BYTES);
        assertThatThrownBy(() -> Superblock.decode(slot, "superblock", 0))
                .isInstanceOf(CorruptionException.class)
                .hasMessageContaining("length of the path of the segments: expected at most 1022, found 1023");
        assertThat(SegmentDirectories.fits("ä".repeat(511))).isTrue();
        assertThat(SegmentDirectories.fits("ä".repeat(512))).isFalse();
    }

    @Test
    void aNewerVersionIsRefusedWithBothNumbers() {
        ByteBuffer slot = encoded();
        slot.putShort(8, (short) 3);
        Prologue.seal(slot, 0, Superblock.SLOT_BYTES);
        assertThatThrownBy(() -> Superblock.decode(slot, "/s/superblock", 65536))
                .isInstanceOf(FormatTooNewException.class)
                .hasMessage("too new: /s/superblock at offset 65536: format version: expected at most 1, found 3;"
                        + " a newer release is needed");
    }

    @Test
    void unknownIncompatibleFeaturesAreRefused() {
        ByteBuffer slot = encoded();
        slot.putLong(48, 4);
        Prologue.seal(slot, 0, Superblock.SLOT_BYTES);
        assertThatThrownBy(() -> Superblock.decode(slot, "superblock", 0))
                .isInstanceOf(FormatTooNewException.class)
                .hasMessageContaining("incompatible features: expected at most 0x0, found 0x4");
    }

    @Test
    void unknownReadOnlyFeaturesAreReportedAndUnknownCompatibleOnesIgnored() throws Exception {
        ByteBuffer slot = encoded();
        slot.putLong(32, 9);
        slot.putLong(40, 2);
        Prologue.seal(slot, 0, Superblock.SLOT_BYTES);
        assertThat(Superblock.decode(slot, "superblock", 0).readOnlyFeatures()).isEqualTo(2);
    }

    @Test
    void generationsAlternateBetweenTheSlots() {
        assertThat(SAMPLE.slotOffset()).isEqualTo(65536);
        assertThat(SAMPLE.next(50, 4, false, true, "b").slotOffset()).isZero();
        assertThat(SAMPLE.next(12, 2, false, false, "b").durableThrough()).isEqualTo(41);
    }

    private static ByteBuffer encoded() {
        ByteBuffer slot = ByteBuffer.allocate(Superblock.SLOT_BYTES);
        SAMPLE.encode(slot);
        return slot;
    }

    static void flip(ByteBuffer bytes, int bit) {
        bytes.put(bit / 8, (byte) (bytes.get(bit / 8) ^ 1 << (bit % 8)));
    }
}
