/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.mutants.Life;
import dev.gnomon.simulation.SmallStore.Block;
import dev.gnomon.simulation.SmallStore.Kind;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.testkit.SimImage;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;

/** Finds out what each block of a store is, by the description of the format and without the engine. */
final class SmallLayout {
    private static final int BLOCK = SmallStore.BLOCK_BYTES;
    private static final int SECOND_SLOT = 64 << 10;
    private static final int MOST_SEGMENTS = 100;
    private static final int PLACE_OFFSET_BITS = 18;
    private static final long ZEROS = (1L << 47) - 1;

    private final SimImage image;
    private final List<Block> blocks = new ArrayList<>();

    /** Places that runs name, in blocks, by segment; and these segments. */
    private final Set<Long> live = new TreeSet<>();

    private final Set<Integer> liveSegments = new TreeSet<>();
    private int startSegment;
    private long startOffset;
    private long lastSequence;
    private int lastHead = -1;

    SmallLayout(SimImage image) {
        this.image = image;
        byte[] superblocks = Life.bytes(image, Life.SUPERBLOCK);
        add(Life.SUPERBLOCK, superblocks, 0, Kind.SUPERBLOCK);
        add(Life.SUPERBLOCK, superblocks, SECOND_SLOT, Kind.SUPERBLOCK);
        ByteBuffer slots = ordered(superblocks);
        int newest = slots.getLong(56) > slots.getLong(SECOND_SLOT + 56) ? 0 : SECOND_SLOT;
        checkpoint(slots.getLong(newest + 168));
        ByteBuffer bigEndian = ByteBuffer.wrap(superblocks);
        UUID store = new UUID(bigEndian.getLong(16), bigEndian.getLong(24));
        for (int number = 0; number < MOST_SEGMENTS; number++) {
            if (image.describe().contains(segment(number).toString())
                    && (number >= startSegment || liveSegments.contains(number))) {
                segment(number, store);
            }
        }
        if (lastHead >= 0) {
            Block claim = blocks.get(lastHead);
            blocks.set(lastHead, new Block(claim.file(), claim.offsetBytes(), Kind.LAST_CLAIM, claim.bytes()));
        }
    }

    List<Block> blocks() {
        return List.copyOf(blocks);
    }

    private void checkpoint(long number) {
        if (number == 0) {
            return;
        }
        Path path = file("checkpoint", number);
        byte[] bytes = all(path, Kind.CHECKPOINT);
        ByteBuffer checkpoint = ordered(bytes);
        startSegment = (int) checkpoint.getLong(80);
        startOffset = checkpoint.getLong(88);
        for (int i = 0; i < checkpoint.getInt(116); i++) {
            run(checkpoint.getLong(160 + i * 16));
        }
    }

    private void run(long number) {
        ByteBuffer run = ordered(all(file("run", number), Kind.RUN));
        for (int block = 0; block < run.getInt(72); block++) {
            int at = (block + 1) * BLOCK;
            for (int entry = 0; entry < run.getShort(at + 20); entry++) {
                // The last 2 bytes of the epoch are before the place.
                long place = run.getLong(at + 32 + entry * 24 + 12) >>> 16 & ZEROS;
                if (place != ZEROS) {
                    live.add(place);
                    liveSegments.add((int) (place >>> PLACE_OFFSET_BITS));
                }
            }
        }
    }

    private void segment(int number, UUID store) {
        byte[] bytes = Life.bytes(image, segment(number));
        ByteBuffer order = ordered(bytes);
        add(segment(number), bytes, 0, Kind.SEGMENT_HEADER);
        long sequence = 0;
        for (int at = BLOCK; at < bytes.length; ) {
            int head = BatchHeader.plausibleHeadBytes(order, at, store, bytes.length - at);
            long found = head == 0 ? 0 : BatchHeader.sequence(order, at);
            if (head == 0 || (sequence > 0 && found != sequence + 1)) {
                break; // Behind it lies what is left of an earlier life of the file.
            }
            sequence = found;
            boolean passed = number < startSegment || (number == startSegment && at < startOffset);
            if (!passed && sequence > lastSequence) {
                lastSequence = sequence;
                lastHead = blocks.size();
            }
            int end = at + head + (int) BatchHeader.payloadBytes(order, at);
            for (int block = at; block < end; block += BLOCK) {
                boolean named = live.contains(((long) number << PLACE_OFFSET_BITS) + block / BLOCK);
                Kind kind = block < at + head ? Kind.HEAD : Kind.PAYLOAD;
                add(segment(number), bytes, block, passed && !named ? Kind.PASSED : kind);
            }
            at = end;
        }
    }

    private byte[] all(Path path, Kind kind) {
        byte[] bytes = Life.bytes(image, path);
        for (int at = 0; at < bytes.length; at += BLOCK) {
            add(path, bytes, at, kind);
        }
        return bytes;
    }

    private static ByteBuffer ordered(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static Path segment(int number) {
        return file("segment", number);
    }

    private static Path file(String kind, long number) {
        return Life.STORE.resolve(String.format(Locale.ROOT, "%s-%08d", kind, number));
    }

    private void add(Path file, byte[] bytes, int at, Kind kind) {
        blocks.add(new Block(file, at, kind, Arrays.copyOfRange(bytes, at, at + BLOCK)));
    }
}
