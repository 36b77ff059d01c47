/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

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

    /** How many pieces the index holds when nothing is left in it that nobody reads, and before. */
    final long fewestExceptions;

    final long mostExceptions;

    /** The store's files, and what is in each of their blocks that are not all zeros, in order. */
    final List<Block> blocks;

    /** What a block is. */
    enum Kind {
        SUPERBLOCK,
        SEGMENT_HEADER,
        HEAD,
        /** The head of the empty batch behind all others: nothing is lost with it. */
        LAST_CLAIM,
        PAYLOAD,
        CHECKPOINT,
        RUN,
        /** Of the log before the checkpoint, what nobody reads any more: heads, and payload that no run names. */
        PASSED
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
            SimImage image, Map<String, byte[][]> contents, Set<String> copies, long[] exceptions, boolean clean) {
        this.clean = clean;
        this.image = image;
        this.contents = contents;
        this.copies = copies;
        this.fewestExceptions = exceptions[0];
        this.mostExceptions = exceptions[1];
        this.blocks = new SmallLayout(image).blocks();
    }

    /** Makes one, stopped in good order or killed after more than a second of idleness. */
    static SmallStore make(boolean clean) {
        Map<String, byte[][]> contents = new TreeMap<>();
        Set<String> copies = new TreeSet<>();
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
            if (clean) {
                life.engine().close();
            } else {
                life.sleep(2000 * Life.MILLISECOND);
            }
        });
        SimImage kept = image.cutKeepingNone();
        return new SmallStore(kept, contents, copies, exceptions(kept), clean);
    }

    private static long[] exceptions(SimImage kept) {
        long[] exceptions = new long[2];
        SimImage swept = Life.next(SEED, kept, life -> {
            exceptions[1] = life.engine().stats().exceptions();
            life.engine().close();
        });
        Life.next(SEED, swept, life -> exceptions[0] = life.engine().stats().exceptions());
        return exceptions;
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

    /**
     * Returns whether damage of these blocks must be found. Of the superblock there are two, the last claim is missed only by
     * the superblock of a clean stop, the other superblock may do without the checkpoint that this one names, and nothing is
     * lost with what nobody reads any more: runs name all live payload.
     */
    boolean counts(Block... damaged) {
        boolean superblock = false;
        boolean claim = false;
        boolean index = false;
        boolean other = false;
        for (Block block : damaged) {
            switch (block.kind) {
                case SUPERBLOCK -> superblock = true;
                case LAST_CLAIM -> claim = true;
                case CHECKPOINT, RUN -> index = true;
                case SEGMENT_HEADER, HEAD, PAYLOAD -> other = true;
                case PASSED -> {}
            }
        }
        return other || (((claim && clean) || index) && !superblock);
    }

    /** Returns a machine with this store, nothing running on it. */
    SimWorld world() {
        return new SimWorld(SEED, image);
    }
}
