/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.RunBlock;
import dev.gnomon.store.format.RunHeader;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The exceptions of a run, or of one volume in it, read in order in large parts, past the cache of blocks. */
final class RunSource implements ExceptionSource {
    private static final int BUFFER_BLOCKS = 256;

    private final Run run;
    private final Throttle throttle;
    private final ByteBuffer buffer;
    private final int endBlock;
    private int nextBlock;
    private int bufferedFrom;
    private int buffered;
    private int block = -1;
    private int start;
    private int entry;
    private int volume;

    RunSource(Run run, Throttle throttle) {
        this(run, 0, run.blocks(), throttle);
    }

    private RunSource(Run run, int firstBlock, int endBlock, Throttle throttle) {
        this.run = run;
        this.nextBlock = firstBlock;
        this.bufferedFrom = firstBlock;
        this.endBlock = endBlock;
        this.throttle = throttle;
        this.buffer = Arena.ofAuto()
                .allocate(Math.clamp(endBlock - firstBlock, 1, BUFFER_BLOCKS) * (long) RunBlock.BYTES, 4096)
                .asByteBuffer()
                .order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Reads what a run holds of one volume. */
    static RunSource ofVolume(Run run, int volume, Throttle throttle) {
        int first = run.firstBlock(volume);
        return new RunSource(run, first, first + run.blocks(volume), throttle);
    }

    @Override
    public boolean next() throws StoreException {
        entry++;
        if (block >= 0 && entry < RunBlock.count(buffer, start)) {
            return true;
        }
        if (nextBlock == endBlock) {
            return false;
        }
        if (nextBlock == bufferedFrom + buffered) {
            fill();
        }
        block = nextBlock++;
        start = (block - bufferedFrom) * RunBlock.BYTES;
        entry = 0;
        volume = run.volumeOf(block);
        RunBlock.require(
                buffer, start, volume, run.number(), block, run.file().path().toString(), offset(block));
        return true;
    }

    private static long offset(int block) {
        return RunHeader.BYTES + block * (long) RunBlock.BYTES;
    }

    private void fill() throws StoreException {
        bufferedFrom = nextBlock;
        buffered = Math.min(buffer.capacity() / RunBlock.BYTES, endBlock - nextBlock);
        buffer.clear().limit(buffered * RunBlock.BYTES);
        throttle.begin();
        try {
            run.file().read(buffer, offset(bufferedFrom));
        } catch (IOException e) {
            throw new DeviceException("reading " + run.file().path() + " at offset " + offset(bufferedFrom), e);
        } finally {
            throttle.end(buffered * (long) RunBlock.BYTES);
        }
        buffer.clear();
    }

    @Override
    public int volume() {
        return volume;
    }

    @Override
    public long piece() {
        return RunBlock.piece(buffer, start, entry);
    }

    @Override
    public long epoch() {
        return RunBlock.epoch(buffer, start, entry);
    }

    @Override
    public long location() {
        return Run.location(buffer, start, entry);
    }

    @Override
    public int crc() {
        return RunBlock.crc(buffer, start, entry);
    }

    @Override
    public boolean moved() {
        return RunBlock.moved(buffer, start, entry);
    }
}
