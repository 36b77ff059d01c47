/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;

/**
 * A small store that the engine made and that nobody has open: two volumes, four sets, two of them deleted, first touches
 * of one piece, of several and of zeros, over three segments. Knows what it must hold and what lies where. Unchanging.
 */
@SuppressWarnings("ArrayRecordComponent") // The arrays are never modified.
final class SmallStore {
    /** All pieces that are ever written, and one that is not. */
    static final int[] PIECES = {0, 1, 2, 3, 4, 5, 6, 100};

    static final int BLOCK_BYTES = 4096;

    private static final long SEED = 7;

    final SimImage image;

    /** Contents of {@link #PIECES} by volume, or {@code VOLUME@SET}; deleted copies are among them. */
    final Map<String, byte[][]> contents;

    /** The copies that are there. */
    final Set<String> copies;

    /** How many pieces the index holds. */
    final long exceptions;

    /** The store's files, and what is in each of their blocks that are not all zeros, in order. */
    final List<Block> blocks;

    /** What a block is. */
    enum Kind {
        SUPERBLOCK,
        SEGMENT_HEADER,
        HEAD,
        /** The head of the empty batch behind all others: nothing is lost with it. */
        LAST_CLAIM,
        PAYLOAD
    }

    /** One block of 4 KiB. */
    record Block(Path file, long offsetBytes, Kind kind, byte[] bytes) {
        /** Returns how many leading bytes hold anything, in steps of 8. */
        int usedBytes() {
            int used = BLOCK_BYTES;
            while (used > 0 && bytes[used - 1] == 0) {
                used--;
            }
            return (used + 7) / 8 * 8;
        }

        @Override
        public String toString() {
            return kind + " in " + file.getFileName() + " at " + offsetBytes;
        }
    }

    private final boolean clean;

    private SmallStore(
            SimImage image, Map<String, byte[][]> contents, Set<String> copies, long exceptions, boolean clean) {
        this.clean = clean;
        this.image = image;
        this.contents = contents;
        this.copies = copies;
        this.exceptions = exceptions;
        this.blocks = layOut(image);
    }

    /** Makes one, stopped in good order or killed after more than a second of idleness. */
    static SmallStore make(boolean clean) {
        Map<String, byte[][]> contents = new TreeMap<>();
        Set<String> copies = new TreeSet<>();
        long[] exceptions = new long[1];
        SimImage image = Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.volume("b", Life.MIN_BYTES);
            life.write("a", 0, 6, 1);
            life.write("b", 0, 2, 2);
            life.set("one", "a", "b");
            life.write("a", 0, 3, 11);
            life.write("b", 1, 1, 12);
            life.set("two", "a");
            life.write("a", 3, 4, 21);
            life.write("a", 0, 1, 22);
            life.set("three", "a", "b");
            life.write("b", 0, 2, 31);
            life.await(done -> life.live("a").writeZeros(Life.PIECE, Life.PIECE, false, done));
            read(life, "a@two", contents);
            life.engine().deleteSet("two");
            life.write("a", 2, 1, 32);
            life.set("four", "a", "b");
            life.write("a", 5, 1, 41);
            read(life, "b@four", contents);
            life.engine().deleteCopy("b@four");
            life.write("b", 0, 1, 42);
            life.write("a", 6, 1, 43); // the last batch before the claim has a payload
            life.flush("a");
            life.flush("b");
            for (CopyInfo copy : life.engine().copies()) {
                copies.add(copy.volume() + "@" + copy.name());
            }
            for (String copy : copies) {
                read(life, copy, contents);
            }
            contents.put("a", pieces(life.live("a")::read));
            contents.put("b", pieces(life.live("b")::read));
            exceptions[0] = life.engine().stats().exceptions();
            if (clean) {
                life.engine().close();
            } else {
                life.sleep(2000 * Life.MILLISECOND);
            }
        });
        return new SmallStore(image.cutKeepingNone(), contents, copies, exceptions[0], clean);
    }

    private static void read(Life life, String copy, Map<String, byte[][]> to) throws Exception {
        to.put(copy, pieces(life.copy(copy)::read));
    }

    private static byte[][] pieces(Life.Source source) {
        byte[][] pieces = new byte[PIECES.length][BLOCK_BYTES];
        for (int i = 0; i < PIECES.length; i++) {
            IoStatus status = source.read(PIECES[i] * (long) BLOCK_BYTES, ByteBuffer.wrap(pieces[i]));
            Life.Wrong.unless(status == IoStatus.OK, "reading piece " + PIECES[i] + " ended with " + status);
        }
        return pieces;
    }

    /** Returns the names of the store's files. */
    List<Path> files() {
        return blocks.stream().map(Block::file).distinct().toList();
    }

    private static List<Block> layOut(SimImage image) {
        List<Block> blocks = new ArrayList<>();
        byte[] superblocks = Life.bytes(image, Life.SUPERBLOCK);
        add(blocks, Life.SUPERBLOCK, superblocks, 0, Kind.SUPERBLOCK);
        add(blocks, Life.SUPERBLOCK, superblocks, 64 << 10, Kind.SUPERBLOCK);
        UUID store = storeOf(superblocks);
        int lastHead = 0;
        for (int number = 0; image.describe().contains(segment(number).toString()); number++) {
            byte[] bytes = Life.bytes(image, segment(number));
            ByteBuffer order = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            add(blocks, segment(number), bytes, 0, Kind.SEGMENT_HEADER);
            for (int at = BLOCK_BYTES; at < bytes.length; ) {
                int head = BatchHeader.plausibleHeadBytes(order, at, store, bytes.length - at);
                if (head == 0) {
                    break;
                }
                lastHead = blocks.size();
                int end = at + head + (int) BatchHeader.payloadBytes(order, at);
                for (int block = at; block < end; block += BLOCK_BYTES) {
                    add(blocks, segment(number), bytes, block, block < at + head ? Kind.HEAD : Kind.PAYLOAD);
                }
                at = end;
            }
        }
        Block claim = blocks.get(lastHead);
        blocks.set(lastHead, new Block(claim.file, claim.offsetBytes, Kind.LAST_CLAIM, claim.bytes));
        return List.copyOf(blocks);
    }

    /**
     * Returns whether damage of these blocks must be found. Of the superblock there are two, and the last claim is missed
     * only by the superblock of a clean stop.
     */
    boolean counts(Block... damaged) {
        boolean superblock = false;
        boolean claim = false;
        boolean other = false;
        for (Block block : damaged) {
            superblock |= block.kind == Kind.SUPERBLOCK;
            claim |= block.kind == Kind.LAST_CLAIM;
            other |= block.kind != Kind.SUPERBLOCK && block.kind != Kind.LAST_CLAIM;
        }
        return other || (claim && clean && !superblock);
    }

    private static UUID storeOf(byte[] superblock) {
        ByteBuffer bigEndian = ByteBuffer.wrap(superblock);
        return new UUID(bigEndian.getLong(16), bigEndian.getLong(24));
    }

    private static Path segment(int number) {
        return Objects.requireNonNull(Life.SEGMENT.getParent()).resolve("segment-0000000" + number);
    }

    private static void add(List<Block> blocks, Path file, byte[] bytes, int at, Kind kind) {
        blocks.add(new Block(file, at, kind, java.util.Arrays.copyOfRange(bytes, at, at + BLOCK_BYTES)));
    }

    /** Returns a machine with this store, nothing running on it. */
    SimWorld world() {
        return new SimWorld(SEED, image);
    }
}
