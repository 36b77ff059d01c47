/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store.format;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class BatchTests {
    private static final UUID STORE = new UUID(1, 2);
    private static final int PIECE = Preserve.PIECE_BYTES;

    @Test
    void preservesReadBackWithTheirChecksums() throws Exception {
        for (int piecesPerChunk : new int[] {1, 4, 64, 256}) {
            BatchWriter writer = new BatchWriter(piecesPerChunk, 64 << 10, 40 * PIECE);
            Random random = new Random(piecesPerChunk);
            List<String> expected = new ArrayList<>();
            for (long piece : new long[] {0, 1, 2, 5, 7, 300, 301, 1L << 33}) {
                boolean zero = piece == 2;
                int crc = fill(writer.nextPiece(), zero ? null : random);
                writer.addPiece(3, piece, 9);
                expected.add(piece + " 9 " + (zero ? "zeros" : crc));
            }
            List<Boolean> payloads = new ArrayList<>();
            assertThat(pieces(seal(writer), piecesPerChunk, payloads)).isEqualTo(expected);
            assertThat(payloads).hasSize(7).containsOnly(true);
        }
    }

    @Test
    void everyFlippedBitOfTheHeadIsFound() {
        ByteBuffer batch = sample();
        for (int bit = 0; bit < 4096 * 8; bit++) {
            SuperblockTests.flip(batch, bit);
            int head = BatchHeader.plausibleHeadBytes(batch, 0, STORE, batch.capacity());
            boolean whole = head > 0 && head <= batch.capacity() && BatchHeader.intact(batch, 0, head);
            assertThat(whole).as("bit %d", bit).isFalse();
            SuperblockTests.flip(batch, bit);
        }
        assertThat(BatchHeader.intact(batch, 0, 4096)).isTrue();
    }

    @Test
    void aBatchOfAnotherStoreIsNone() {
        assertThat(BatchHeader.plausibleHeadBytes(sample(), 0, new UUID(1, 3), 1 << 20))
                .isZero();
    }

    @Test
    void aBatchThatPassesTheEndOfItsSegmentIsNone() {
        ByteBuffer batch = sample();
        int total = batch.capacity();
        assertThat(BatchHeader.plausibleHeadBytes(batch, 0, STORE, total)).isEqualTo(4096);
        assertThat(BatchHeader.plausibleHeadBytes(batch, 0, STORE, total - 4096))
                .isZero();
    }

    @Test
    void everyKindOfCatalogEntryReadsBack() throws Exception {
        List<CatalogEntry> entries = List.of(
                new CatalogEntry.VolumeAdded(1, new UUID(5, 6), "daten-ä", "/srv/a.img", 1 << 20, 1),
                new CatalogEntry.SetCreated(
                        new UUID(7, 8),
                        123_456_789L,
                        "nightly",
                        Map.of("k", "v"),
                        List.of(new CatalogEntry.CopyCreated(new UUID(9, 10), 1, 4, 1 << 20))),
                new CatalogEntry.SetAttributes(new UUID(7, 8), Map.of("vss.copy.x", "Prüfung", "k", "")),
                new CatalogEntry.CopiesDeleted(List.of(new UUID(9, 10), new UUID(11, 12))),
                new CatalogEntry.VolumeFailed(1, "EIO"),
                new CatalogEntry.VolumeCleared(1),
                new CatalogEntry.CopyHeld(new UUID(9, 10), true, "bis zur Prüfung"),
                new CatalogEntry.CopyHeld(new UUID(9, 10), false, ""),
                new CatalogEntry.RevertStarted(1, new UUID(13, 14), 9),
                new CatalogEntry.RevertDone(1),
                new CatalogEntry.VolumeResized(1, 5 << 20, 7L << 40),
                new CatalogEntry.VolumeProperty(1, "write-through", "on"),
                new CatalogEntry.VolumeProperty(1, "write-through", ""),
                new CatalogEntry.OriginNoted(
                        1,
                        CatalogEntry.OriginState.LEFT,
                        new CatalogEntry.OriginPrint(5 << 20, 123_456_789, "file 1:2", "0123"),
                        0,
                        ""),
                new CatalogEntry.OriginNoted(
                        1, CatalogEntry.OriginState.CHANGED, CatalogEntry.OriginPrint.NONE, 17, "Größe"),
                new CatalogEntry.VolumeRemoved(1));
        BatchWriter writer = new BatchWriter(4, 8192, 0);
        entries.forEach(writer::add);
        List<CatalogEntry> read = new ArrayList<>();
        ByteBuffer batch = seal(writer);
        BatchReader.visit(batch, 0, writer.headBytes(), 4, "log", 0, new BatchReader.Visitor() {
            @Override
            public void preserve(ByteBuffer head, int entry) {
                throw new AssertionError("no such entry was written");
            }

            @Override
            public void catalog(CatalogEntry entry) {
                read.add(entry);
            }
        });
        assertThat(read).isEqualTo(entries);
    }

    @Test
    void anEntryThatDoesNotFitLeavesTheBatchAsItWas() {
        BatchWriter writer = new BatchWriter(4, 4096, 0);
        writer.add(new CatalogEntry.VolumeRemoved(1));
        assertThatThrownBy(() -> writer.add(new CatalogEntry.VolumeFailed(1, "x".repeat(5000))))
                .isInstanceOf(BufferOverflowException.class);
        assertThat(writer.totalBytes()).isEqualTo(4096);
        writer.add(new CatalogEntry.VolumeCleared(1));
        assertThat(BatchHeader.entryCount(seal(writer), 0)).isEqualTo(2);
    }

    @Test
    void anUnknownEntryIsTooNewUnlessItMayBeSkipped() throws Exception {
        ByteBuffer batch = sample();
        batch.putShort(BatchHeader.BYTES, (short) 100);
        assertThatThrownBy(() -> pieces(batch, 4))
                .isInstanceOf(FormatTooNewException.class)
                .hasMessageContaining("entry type: expected at most 23, found 100");
        batch.putShort(BatchHeader.BYTES, (short) 0x8009);
        assertThat(pieces(batch, 4)).isEmpty();
    }

    @Test
    void damagedLengthsInsideAnEntryAreRefusedNotFollowed() {
        Random random = new Random(11);
        for (int i = 0; i < 20_000; i++) {
            ByteBuffer batch = sample();
            for (int n = 1 + random.nextInt(4); n > 0; n--) {
                batch.put(88 + random.nextInt(200), (byte) random.nextInt());
            }
            try {
                pieces(batch, 4);
            } catch (StoreException refused) {
                assertThat(refused).hasMessageContaining("log at offset");
            }
        }
    }

    @Test
    void theSameContentWrittenByAnotherProcessHasAnotherHash() {
        byte[][] hashes = new byte[2][BatchHeader.HASH_BYTES];
        for (int opening = 0; opening < 2; opening++) {
            BatchWriter writer = new BatchWriter(4, 8192, 4 * PIECE);
            fill(writer.nextPiece(), new Random(1));
            writer.addPiece(1, 6, 2);
            writer.seal(STORE, 5, 4, opening, 0, hashes[opening]);
        }
        assertThat(hashes[0]).isNotEqualTo(hashes[1]);
    }

    private static ByteBuffer sample() {
        BatchWriter writer = new BatchWriter(4, 8192, 4 * PIECE);
        fill(writer.nextPiece(), new Random(1));
        writer.addPiece(1, 6, 2);
        return seal(writer);
    }

    private static ByteBuffer seal(BatchWriter writer) {
        ByteBuffer sealed = writer.seal(STORE, 5, 4, 7, 0, new byte[BatchHeader.HASH_BYTES]);
        ByteBuffer copy = ByteBuffer.allocate(sealed.remaining()).order(ByteOrder.LITTLE_ENDIAN);
        return copy.put(sealed).clear();
    }

    private static int fill(ByteBuffer piece, @Nullable Random random) {
        byte[] bytes = new byte[PIECE];
        if (random != null) {
            random.nextBytes(bytes);
        }
        piece.put(bytes);
        return Prologue.crc(ByteBuffer.wrap(bytes), 0, PIECE);
    }

    private static List<String> pieces(ByteBuffer batch, int piecesPerChunk) throws StoreException {
        return pieces(batch, piecesPerChunk, null);
    }

    private static List<String> pieces(ByteBuffer batch, int piecesPerChunk, @Nullable List<Boolean> payloads)
            throws StoreException {
        List<String> found = new ArrayList<>();
        int headBytes = Math.min(batch.capacity(), Math.max(4096, batch.getInt(88)));
        BatchReader.visit(batch, 0, headBytes, piecesPerChunk, "log", 0, new BatchReader.Visitor() {
            @Override
            public void preserve(ByteBuffer head, int entry) {
                boolean raw = EntryHeader.codec(head, entry) == EntryHeader.CODEC_RAW;
                int rank = 0;
                for (int i = 0; i < piecesPerChunk; i++) {
                    if (Preserve.holds(head, entry, i)) {
                        int at = headBytes + (Preserve.payloadPiece(head, entry) + rank) * PIECE;
                        int stored = raw ? Preserve.crc(head, entry, piecesPerChunk, rank) : 0;
                        if (payloads != null && raw) {
                            payloads.add(Prologue.crc(head, at, PIECE) == stored);
                        }
                        long piece = Preserve.chunk(head, entry) * piecesPerChunk + i;
                        found.add(piece + " " + Preserve.epoch(head, entry) + " " + (raw ? stored : "zeros"));
                        rank++;
                    }
                }
            }

            @Override
            public void catalog(CatalogEntry entry) {}
        });
        return found;
    }
}
