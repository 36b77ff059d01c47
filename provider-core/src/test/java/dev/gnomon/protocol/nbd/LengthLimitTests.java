/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_BLOCK_STATUS;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_CACHE;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_DISC;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_FLUSH;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_READ;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_TRIM;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_WRITE;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_WRITE_ZEROES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.export.Export;
import dev.gnomon.export.Exports;
import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * CVE-2025-47711, CVE-2025-47712: every command with lengths at the edges of 31 and 32 bits and of the device, on small and
 * large devices. The expectations are stated here a second time, as a reader of the protocol document would.
 */
class LengthLimitTests {
    private static final long MIB = 1 << 20;
    private static final int REQUEST_MAX = 32 << 20;
    private static final int CUT = -1;
    private static final int ENDED = -2;

    @ParameterizedTest
    @ValueSource(longs = {MIB, 1L << 31, 1L << 32, 1L << 46, Long.MAX_VALUE / 512 * 512})
    void everyCommandSurvivesEveryLength(long size) {
        Endless export = new Endless(size);
        long[] lengths = LongStream.of(
                        0,
                        1,
                        REQUEST_MAX - 1,
                        REQUEST_MAX,
                        REQUEST_MAX + 1L,
                        (1L << 31) - 1,
                        1L << 31,
                        (1L << 31) + 1,
                        (1L << 32) - 1,
                        size - 1,
                        size,
                        size + 1)
                .filter(length -> length >= 0 && length < 1L << 32)
                .distinct()
                .toArray();
        int answered = 0;
        try (InProcess server = new InProcess(export.asExports())) {
            for (long offset : new long[] {0, 1, 2, size - 1, size, size + 1, -1, Long.MIN_VALUE}) {
                for (long length : lengths) {
                    for (int type : new int[] {0, 1, 2, 3, 4, 5, 6, 7, 8}) {
                        String what = "command " + type + " of " + length + " bytes at " + offset + " of " + size;
                        int expected = expected(type, offset, length, size);
                        assertThat(outcome(server, type, offset, length, expected))
                                .as(what)
                                .isEqualTo(expected);
                        answered++;
                    }
                }
            }
        }
        assertThat(answered).isEqualTo(8 * 9 * lengths.length);
        assertThat(lengths.length).isGreaterThanOrEqualTo(9);
        assertThat(export.seen).as("ranges that reached the export").allSatisfy(range -> {
            assertThat(range.length()).isBetween(1L, (1L << 32) - 1);
            assertThat(range.offset()).isBetween(0L, size - range.length());
        });
    }

    @Test
    void blockStatusCoversItsWholeRange() {
        Endless export = new Endless(1L << 40);
        try (InProcess server = new InProcess(export.asExports())) {
            ByteBuffer replies = server.replies(ClientScript.entered("data")
                    .request(CMD_BLOCK_STATUS, 0, 7, 512, -1)
                    .bytes());
            OptionReply.takeAll(replies);
            ByteBuffer chunk = replies.slice();
            assertThat(chunk.getInt(16)).as("payload: context, one extent").isEqualTo(12);
            assertThat(Integer.toUnsignedLong(chunk.getInt(24))).isEqualTo((1L << 32) - 1);
        }
    }

    private static int expected(int type, long offset, long length, long size) {
        boolean inside = length > 0 && offset >= 0 && offset <= size && length <= size - offset;
        return switch (type) {
            case CMD_DISC -> ENDED;
            case CMD_FLUSH -> offset == 0 && length == 0 ? 0 : 22;
            case CMD_READ -> inside && length <= REQUEST_MAX ? 0 : 22;
            case CMD_WRITE -> length > REQUEST_MAX ? CUT : inside ? 0 : length == 0 ? 22 : 28;
            case CMD_WRITE_ZEROES -> inside ? 0 : length == 0 ? 22 : 28;
            case CMD_TRIM, CMD_BLOCK_STATUS, CMD_CACHE -> inside ? 0 : 22;
            default -> 22;
        };
    }

    /** Sends a request and, behind it, a flush, which tells whether the connection is still in step. */
    private static int outcome(InProcess server, int type, long offset, long length, int expected) {
        ClientScript script = ClientScript.entered("data").request(type, 0, 7, offset, (int) length);
        if (type == CMD_WRITE && length <= REQUEST_MAX) {
            // Full sizes take long, and are written where they are good and where they are just too large.
            script.raw(new byte[(int) length]);
        }
        ByteBuffer replies =
                server.replies(script.request(CMD_FLUSH, 0, 8, 0, 0).bytes());
        OptionReply.takeAll(replies);
        if (!replies.hasRemaining()) {
            return expected == CUT && server.stats().violations() > 0 ? CUT : ENDED;
        }
        return firstError(replies.slice());
    }

    private static int firstError(ByteBuffer reply) {
        if (reply.getInt(0) == NbdProtocol.SIMPLE_REPLY_MAGIC) {
            // A flush may overtake what is slower, whose reply may be a chunk.
            boolean overtaken = reply.getLong(8) == 8 && reply.remaining() > 16;
            return overtaken ? firstError(reply.position(16).slice()) : reply.getInt(4);
        }
        assertThat(reply.getInt(0)).isEqualTo(NbdProtocol.CHUNK_MAGIC);
        int kind = Short.toUnsignedInt(reply.getShort(6));
        return (kind & NbdProtocol.CHUNK_ERROR_BIT) != 0 ? reply.getInt(20) : 0;
    }

    /** A device of any size that holds nothing. */
    private static final class Endless implements Export {
        record Range(long offset, long length) {}

        private final List<Range> seen = new ArrayList<>();
        private final long size;

        Endless(long size) {
            this.size = size;
        }

        Exports asExports() {
            return new Exports() {
                @Override
                public List<String> names() {
                    return List.of("data");
                }

                @Override
                public @Nullable Export open(String name) {
                    return name.equals("data") ? Endless.this : null;
                }
            };
        }

        @Override
        public String name() {
            return "data";
        }

        @Override
        public long sizeBytes() {
            return size;
        }

        @Override
        public boolean readOnly() {
            return false;
        }

        @Override
        public int preferredBlockBytes() {
            return 4096;
        }

        @Override
        public IoStatus read(long offsetBytes, ByteBuffer target) {
            see(offsetBytes, target.remaining());
            target.position(target.limit());
            return IoStatus.OK;
        }

        @Override
        public void write(long offsetBytes, ByteBuffer source, Durability durability, Completion completion) {
            see(offsetBytes, source.remaining());
            completion.complete(IoStatus.OK);
        }

        @Override
        public void flush(Completion completion) {
            completion.complete(IoStatus.OK);
        }

        @Override
        public void trim(long offsetBytes, long lengthBytes, Durability durability, Completion completion) {
            see(offsetBytes, lengthBytes);
            completion.complete(IoStatus.OK);
        }

        @Override
        public void writeZeroes(
                long offsetBytes, long lengthBytes, ZeroMode mode, Durability durability, Completion completion) {
            see(offsetBytes, lengthBytes);
            completion.complete(IoStatus.OK);
        }

        @Override
        public IoStatus blockStatus(long offsetBytes, long lengthBytes, int maxExtents, ExtentSink sink) {
            see(offsetBytes, lengthBytes);
            sink.extent(lengthBytes, ExtentKind.HOLE_ZERO);
            return IoStatus.OK;
        }

        @Override
        public void close() {
            // Nothing is held.
        }

        private void see(long offset, long length) {
            seen.add(new Range(offset, length));
        }
    }
}
