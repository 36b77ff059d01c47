/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.format.RunBlock;
import dev.gnomon.store.format.StoreException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The pieces of a part of a volume that a run has an exception of, with an epoch in a range. Reads only blocks that can
 * hold one of these pieces: the first few through the cache, one by one, for a short question costs little then; the
 * others in rows past it, for a long one would leave nothing else in it. Confined to one task; the run is pinned.
 */
final class RunChanges implements PieceSource {
    private static final int SINGLE_BLOCKS = 4;
    private static final int ROW_BLOCKS = 64;

    private final Run run;
    private final int volume;
    private final long first;
    private final long end;
    private final long above;
    private final long through;
    private final int endBlock;
    private ByteBuffer buffer = buffer(1);
    private int block;
    private int single;
    private int rowFrom;
    private int rowEnd;
    private int entry;
    private int entries;
    private int start;
    private long last = ChangeScan.NONE;
    private long seen;

    RunChanges(Run run, int volume, long first, long end, long above, long through) {
        this.run = run;
        this.volume = volume;
        this.first = first;
        this.end = end;
        this.above = above;
        this.through = through;
        this.block = run.blockFor(volume, first) - 1;
        this.endBlock = run.endBlock(volume);
        this.rowEnd = block + 1;
    }

    private static ByteBuffer buffer(int blocks) {
        return Arena.ofAuto()
                .allocate(blocks * (long) RunBlock.BYTES, RunBlock.BYTES)
                .asByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public long next() throws StoreException {
        while (true) {
            while (entry < entries) {
                long piece = RunBlock.piece(buffer, start, entry);
                if (piece >= end) {
                    return ChangeScan.NONE;
                }
                long epoch = RunBlock.epoch(buffer, start, entry++);
                seen++;
                if (piece >= first && piece != last && epoch > above && epoch <= through) {
                    last = piece;
                    return piece;
                }
            }
            if (block + 1 >= endBlock || run.firstPiece(block + 1) >= end) {
                return ChangeScan.NONE;
            }
            block++;
            load();
        }
    }

    private void load() throws StoreException {
        if (block >= rowEnd) {
            if (single < SINGLE_BLOCKS) {
                single++;
                rowFrom = block;
                rowEnd = block + 1;
                run.load(block, volume, buffer);
            } else {
                if (buffer.capacity() == RunBlock.BYTES) {
                    buffer = buffer(ROW_BLOCKS);
                }
                rowFrom = block;
                rowEnd = Math.min(endBlock, block + ROW_BLOCKS);
                run.read(rowFrom, rowEnd - rowFrom, volume, buffer);
            }
        }
        start = (block - rowFrom) * RunBlock.BYTES;
        entry = 0;
        entries = RunBlock.count(buffer, start);
    }

    @Override
    public long seen() {
        return seen;
    }
}
