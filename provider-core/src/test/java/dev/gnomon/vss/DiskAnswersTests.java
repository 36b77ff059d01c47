/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.vss.DiskAnswers.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DiskAnswersTests {
    private static final String EXTENTS = "02000000 00000000"
            + "01000000 00000000 0000100000000000 0000400000000000"
            + "07000000 00000000 0002000000000000 0000000001000000";

    private static final String IDENTIFIERS = "0c000000 38000000 02000000"
            + "01000000 03000000 0800 1800 00000000 600140512345abcd"
            + "02000000 01000000 0300 0000 01000000 414243 00";

    @Test
    void extentsAreReadFromTheirBytes() throws Exception {
        assertThat(DiskAnswers.extents(hex(EXTENTS)))
                .containsExactly(new Extent(1, 1 << 20, 4 << 20), new Extent(7, 512, 1L << 32));
        assertThat(DiskAnswers.extents(hex("00000000 00000000"))).isEmpty();
    }

    @Test
    void identifiersAreReadFromTheirBytes() throws Exception {
        List<DiskAnswers.Identifier> found = DiskAnswers.identifiers(hex(IDENTIFIERS));

        assertThat(found).hasSize(2);
        assertThat(found.getFirst().codeSet()).isEqualTo(1);
        assertThat(found.getFirst().type()).isEqualTo(3);
        assertThat(found.getFirst().association()).isZero();
        assertThat(found.getFirst().bytes()).isEqualTo(hex("600140512345abcd"));
        assertThat(found.getLast().codeSet()).isEqualTo(2);
        assertThat(found.getLast().association()).isEqualTo(1);
        assertThat(found.getLast().bytes()).isEqualTo(hex("414243"));
    }

    @Test
    void everyPrefixOfAnAnswerIsRefused() {
        ByteBuffer extents = hex(EXTENTS);
        for (int length = 0; length < extents.limit(); length++) {
            ByteBuffer cut = extents.slice(0, length);
            assertThatThrownBy(() -> DiskAnswers.extents(cut))
                    .as("%d bytes", length)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the driver wrote " + length);
        }
        ByteBuffer identifiers = hex(IDENTIFIERS);
        for (int length = 0; length < identifiers.limit(); length++) {
            ByteBuffer cut = identifiers.slice(0, length);
            assertThatThrownBy(() -> DiskAnswers.identifiers(cut))
                    .as("%d bytes", length)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("the driver wrote " + length);
        }
    }

    @Test
    void lyingCountsAndLengthsAreRefused() {
        assertThatThrownBy(() -> DiskAnswers.extents(hex(EXTENTS.replaceFirst("02000000", "ffffffff"))))
                .hasMessage("4294967295 disk extents: expected 103079215088 bytes; the driver wrote 56");
        assertThatThrownBy(() -> DiskAnswers.extents(hex(EXTENTS.replaceFirst("0000100000000000", "00001000000000ff"))))
                .hasMessageContaining("disk extent 0 of 2 is not possible");
        assertThatThrownBy(() -> DiskAnswers.extents(hex(EXTENTS.replaceFirst("0000400000000000", "ffffffffffffff7f"))))
                .hasMessageContaining("disk extent 0 of 2 is not possible");
        assertThatThrownBy(() -> DiskAnswers.extents(hex(EXTENTS.replaceFirst("0000400000000000", "0000000000000000"))))
                .hasMessageContaining("disk extent 0 of 2 is not possible");
        assertThatThrownBy(() -> DiskAnswers.identifiers(hex(IDENTIFIERS.replaceFirst("38000000", "39000000"))))
                .hasMessage("identifiers: expected 57 bytes; the driver wrote 56");
        assertThatThrownBy(() -> DiskAnswers.identifiers(hex(IDENTIFIERS.replaceFirst("38000000", "08000000"))))
                .hasMessageContaining("by its own size");
        assertThatThrownBy(() -> DiskAnswers.identifiers(hex(IDENTIFIERS.replaceFirst("02000000", "ffffffff"))))
                .hasMessage("identifier 1 of 4294967295: the next begins 0 bytes on; expected at least 19");
        assertThatThrownBy(() -> DiskAnswers.identifiers(hex(IDENTIFIERS.replaceFirst("0800 1800", "0800 1700"))))
                .hasMessage("identifier 0 of 2: the next begins 23 bytes on; expected at least 24");
        assertThatThrownBy(() -> DiskAnswers.identifiers(hex(IDENTIFIERS.replaceFirst("0800 1800", "ffff ffff"))))
                .hasMessage("identifier 0 of 2: expected 65563 bytes; the driver wrote 56");
        assertThatThrownBy(() -> DiskAnswers.identifiers(hex(IDENTIFIERS.replaceFirst("0800 1800", "0800 ffff"))))
                .hasMessage("identifier 1 of 2: expected 65563 bytes; the driver wrote 56");
    }

    @Test
    void randomBytesAreReadOrRefused() {
        long seed = 0x83;
        Random random = new Random(seed);
        int read = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = HexFormat.of().parseHex((i % 2 == 0 ? EXTENTS : IDENTIFIERS).replace(" ", ""));
            for (int j = random.nextInt(4); j >= 0; j--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(random.nextBoolean() ? 4 : 256);
            }
            try {
                if (i % 2 == 0) {
                    DiskAnswers.extents(ByteBuffer.wrap(bytes));
                } else {
                    DiskAnswers.identifiers(ByteBuffer.wrap(bytes));
                }
                read++;
            } catch (IOException e) {
                assertThat(e.getMessage()).as("seed %d, step %d", seed, i).isNotBlank();
            }
        }
        assertThat(read).isBetween(2_000, 19_000);
    }

    private static ByteBuffer hex(String text) {
        return ByteBuffer.wrap(HexFormat.of().parseHex(text.replace(" ", "")));
    }
}
