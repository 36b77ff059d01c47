/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ContentTests {
    private static final int BYTES = 2 << 20;

    @TempDir
    private Path directory;

    private final Content content = new Content(BYTES, 5, false);
    private byte[] volume = new byte[0];

    @BeforeEach
    void makeVolume() throws BenchFailure, IOException {
        content.write(directory.resolve("origin"));
        volume = Files.readAllBytes(directory.resolve("origin"));
    }

    @Test
    void fileHoldsTheBaseContentAndNoZeroPiece() throws BenchFailure {
        assertThat(compare(1, 0)).isZero();
        assertThat(ByteBuffer.wrap(volume).getLong(Fio.PIECE_BYTES)).isNotZero();
    }

    @Test
    void writtenPieceIsCountedAndThenExpected() throws BenchFailure {
        write(300, 7);

        assertThat(compare(7, 7)).isEqualTo(1);
        assertThat(compare(1, 0)).isZero();
    }

    @Test
    void lostWriteIsFound() throws BenchFailure {
        byte[] before = volume.clone();
        write(300, 7);
        compare(7, 7);
        volume = before;

        assertThatThrownBy(() -> compare(1, 0)).hasMessageContaining("wrong content at " + 300 * Fio.PIECE_BYTES);
    }

    @Test
    void writeOfAnotherJobIsFound() {
        write(300, 8);

        assertThatThrownBy(() -> compare(7, 7)).hasMessageContaining("begins with 8 ");
    }

    @Test
    void writeAtAnotherPlaceIsFound() {
        write(300, 7);
        System.arraycopy(volume, 300 * Fio.PIECE_BYTES, volume, 301 * Fio.PIECE_BYTES, Fio.PIECE_BYTES);

        assertThatThrownBy(() -> compare(7, 7)).hasMessageContaining("wrong content at " + 301 * Fio.PIECE_BYTES);
    }

    @Test
    void tornPieceIsFound() {
        byte[] before = volume.clone();
        write(300, 7);
        int middle = 300 * Fio.PIECE_BYTES + Fio.PIECE_BYTES / 2;
        System.arraycopy(before, middle, volume, middle, Fio.PIECE_BYTES / 2);

        assertThatThrownBy(() -> compare(7, 7)).isInstanceOf(BenchFailure.class);
    }

    @Test
    void otherSizeIsFound() {
        assertThatThrownBy(() -> content.compare((offset, target) -> {}, BYTES + 1, "v", 1, 0))
                .hasMessageContaining("has " + (BYTES + 1) + " bytes, expected " + BYTES);
    }

    @Test
    void sparseContentIsZeros() throws BenchFailure, IOException {
        Content sparse = new Content(BYTES, 5, true);
        sparse.write(directory.resolve("sparse"));
        volume = Files.readAllBytes(directory.resolve("sparse"));

        assertThat(sparse.compare(this::read, volume.length, "v", 1, 0)).isZero();
        assertThat(volume).containsOnly(0);
    }

    private long compare(int tagMin, int tagMax) throws BenchFailure {
        return content.compare(this::read, volume.length, "v", tagMin, tagMax);
    }

    private void read(long offset, ByteBuffer target) {
        target.put(volume, (int) offset, target.remaining());
    }

    /** Writes a piece as fio does. */
    private void write(int piece, int tag) {
        ByteBuffer all = ByteBuffer.wrap(volume).order(ByteOrder.LITTLE_ENDIAN);
        all.position(piece * Fio.PIECE_BYTES);
        for (int i = 0; i < Fio.PIECE_BYTES / (2 * Long.BYTES); i++) {
            all.putLong(tag).putLong((long) piece * Fio.PIECE_BYTES);
        }
    }
}
