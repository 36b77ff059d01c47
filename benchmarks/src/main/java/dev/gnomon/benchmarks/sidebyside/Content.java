/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import dev.gnomon.protocol.nbd.client.NbdClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * What a volume must hold: for every piece the base content, which has no zeros to skip and nothing to compress, or what a
 * job of fio wrote ({@link Fio#pattern}). Owned by one thread.
 */
public final class Content {
    /** Where content is read from. */
    @FunctionalInterface
    public interface Source {
        /** Reads into the whole remaining buffer. */
        void read(long offsetBytes, ByteBuffer target) throws IOException;
    }

    private static final int PIECE_LONGS = Fio.PIECE_BYTES / Long.BYTES;
    private static final int BUFFER_BYTES = 1 << 20;

    private final long seed;
    private final boolean zeros;
    /** For each piece the tag of the job that wrote it last, 0 for the base content. */
    private final byte[] tags;

    /** Makes the base content; with {@code zeros} it is all zeros, as of a sparse file. */
    public Content(long sizeBytes, long seed, boolean zeros) {
        if (sizeBytes <= 0 || sizeBytes % BUFFER_BYTES != 0) {
            throw new IllegalArgumentException("size " + sizeBytes + " is not a multiple of " + BUFFER_BYTES);
        }
        this.seed = seed;
        this.zeros = zeros;
        this.tags = new byte[Math.toIntExact(sizeBytes / Fio.PIECE_BYTES)];
    }

    private Content(Content other) {
        this.seed = other.seed;
        this.zeros = other.zeros;
        this.tags = other.tags.clone();
    }

    /** Returns the same content, which changes by itself from then on. */
    public Content copy() {
        return new Content(this);
    }

    /** Returns the size of the volume. */
    public long sizeBytes() {
        return (long) tags.length * Fio.PIECE_BYTES;
    }

    /** Makes a file of the base content and forces it. */
    public void write(Path file) throws BenchFailure {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            if (zeros) {
                channel.write(ByteBuffer.allocate(1), sizeBytes() - 1);
            } else {
                ByteBuffer buffer = buffer();
                for (long offset = 0; offset < sizeBytes(); offset += BUFFER_BYTES) {
                    buffer.clear();
                    while (buffer.hasRemaining()) {
                        buffer.putLong(base((offset + buffer.position()) / Long.BYTES));
                    }
                    buffer.flip();
                    while (buffer.hasRemaining()) {
                        channel.write(buffer, offset + buffer.position());
                    }
                }
            }
            channel.force(true);
        } catch (IOException e) {
            throw new BenchFailure(file + ": cannot be written: " + e, e);
        }
    }

    /** Reads a whole export and requires that it holds exactly this content. */
    void require(NbdClient export, String what) throws BenchFailure {
        compare(export::read, export.sizeBytes(), what, 1, 0);
    }

    /**
     * Reads a whole export and requires that each piece holds this content or what a job with one of the tags wrote there.
     * From then on this content is what was read.
     *
     * @return how many pieces those jobs had written
     */
    long absorb(NbdClient export, String what, int tagMin, int tagMax) throws BenchFailure {
        return compare(export::read, export.sizeBytes(), what, tagMin, tagMax);
    }

    /** Returns how many pieces hold what a job with that tag wrote, as far as it was absorbed. */
    long piecesOf(int tag) {
        long pieces = 0;
        for (byte each : tags) {
            if ((each & 0xff) == tag) {
                pieces++;
            }
        }
        return pieces;
    }

    /** Does what {@link #absorb} does; {@code tagMin} above {@code tagMax} allows no change. */
    public long compare(Source source, long sourceBytes, String what, int tagMin, int tagMax) throws BenchFailure {
        if (sourceBytes != sizeBytes()) {
            throw new BenchFailure(what + ": has " + sourceBytes + " bytes, expected " + sizeBytes());
        }
        long changed = 0;
        ByteBuffer buffer = buffer();
        for (long offset = 0; offset < sizeBytes(); offset += BUFFER_BYTES) {
            buffer.clear();
            try {
                source.read(offset, buffer);
            } catch (IOException e) {
                throw new BenchFailure(what + ": cannot be read at " + offset + ": " + e.getMessage(), e);
            }
            for (int at = 0; at < BUFFER_BYTES; at += Fio.PIECE_BYTES) {
                int piece = (int) ((offset + at) / Fio.PIECE_BYTES);
                if (holds(buffer, at, piece, tags[piece] & 0xff)) {
                    continue;
                }
                long found = buffer.getLong(at);
                if (found < tagMin || found > tagMax || !holds(buffer, at, piece, (int) found)) {
                    throw new BenchFailure(what + ": wrong content at " + (offset + at) + ": expected that of job "
                            + (tags[piece] & 0xff) + (tagMin <= tagMax ? " or " + tagMin + " to " + tagMax : "")
                            + ", found a piece that begins with " + Long.toHexString(found) + " "
                            + Long.toHexString(buffer.getLong(at + Long.BYTES)));
                }
                tags[piece] = (byte) found;
                changed++;
            }
        }
        return changed;
    }

    /** Returns whether the piece in the buffer is what a job, or the base content for tag 0, has there. */
    private boolean holds(ByteBuffer buffer, int at, int piece, int tag) {
        long offset = (long) piece * Fio.PIECE_BYTES;
        for (int i = 0; i < PIECE_LONGS; i++) {
            long expected = tag == 0 ? base(offset / Long.BYTES + i) : i % 2 == 0 ? tag : offset;
            if (buffer.getLong(at + i * Long.BYTES) != expected) {
                return false;
            }
        }
        return true;
    }

    /** Returns the base content's value of a place counted in longs: the finaliser of SplitMix64. */
    private long base(long index) {
        if (zeros) {
            return 0;
        }
        long z = (seed + index) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private static ByteBuffer buffer() {
        return ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    }
}
