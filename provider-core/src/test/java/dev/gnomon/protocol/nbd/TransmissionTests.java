/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_BLOCK_STATUS;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_CACHE;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_FLUSH;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_READ;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_TRIM;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_WRITE;
import static dev.gnomon.protocol.nbd.NbdProtocol.CMD_WRITE_ZEROES;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.IoStatus;
import dev.gnomon.testkit.MemoryExport;
import dev.gnomon.testkit.MemoryExport.Seen;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Requests and replies, byte by byte. Golden bytes are written down from the NBD protocol document. */
class TransmissionTests {
    private static final int SIZE = 1 << 20;

    private final MemoryExport data = new MemoryExport("data", SIZE, false);
    private final MemoryExport copy = new MemoryExport("copy", SIZE, true);
    private final InProcess server = new InProcess(MemoryExport.exports(data, copy));

    @AfterEach
    void close() {
        server.close();
    }

    @Test
    void readIsAnsweredInOneChunk() {
        data.put(512, new byte[] {1, 2, 3, 4});
        assertThat(structured(script().request(CMD_READ, 0, 7, 512, 4)))
                .isEqualTo("668e33ef 0001 0001 0000000000000007 0000000c 0000000000000200 01020304".replace(" ", ""));
    }

    @Test
    void readIsAnsweredSimplyWithoutStructuredReplies() {
        data.put(512, new byte[] {1, 2, 3, 4});
        assertThat(simple(script().request(CMD_READ, 0, 7, 512, 4)))
                .isEqualTo("67446698 00000000 0000000000000007 01020304".replace(" ", ""));
    }

    @Test
    void failedReadIsAnErrorChunk() {
        data.answer(IoStatus.IO_ERROR);
        assertThat(structured(script().request(CMD_READ, 0, 7, 512, 4)))
                .isEqualTo("668e33ef 0001 8001 0000000000000007 00000006 00000005 0000".replace(" ", ""));
        assertThat(simple(script().request(CMD_READ, 0, 7, 512, 4)))
                .isEqualTo("67446698 00000005 0000000000000007".replace(" ", ""));
    }

    @Test
    void writesAndTheirFlagsReachTheExport() {
        data.record();
        String replies = structured(script().request(CMD_WRITE, 0, 1, 5, 3)
                .raw((byte) 1, (byte) 2, (byte) 3)
                .request(CMD_WRITE, 1, 2, 8, 1)
                .raw((byte) 4)
                .request(CMD_FLUSH, 0, 3, 0, 0)
                .request(CMD_TRIM, 1, 4, 4096, 8192)
                .request(CMD_WRITE_ZEROES, 0, 5, 0, 6)
                .request(CMD_WRITE_ZEROES, 2, 6, 16, 1)
                .request(CMD_WRITE_ZEROES, 16, 7, 16, 1)
                .request(CMD_WRITE_ZEROES, 18, 8, 16, 1)
                .disconnect());
        assertThat(data.seen())
                .containsExactly(
                        new Seen("write", 5, 3, "BUFFERED"),
                        new Seen("write", 8, 1, "FORCED"),
                        new Seen("flush", 0, 0, ""),
                        new Seen("trim", 4096, 8192, "FORCED"),
                        new Seen("zero", 0, 6, "MAY_PUNCH BUFFERED"),
                        new Seen("zero", 16, 1, "KEEP_SPACE BUFFERED"),
                        new Seen("zero", 16, 1, "FAST_ONLY BUFFERED"));
        assertThat(data.copy(0, 9)).containsExactly(0, 0, 0, 0, 0, 0, 2, 3, 4);
        for (int cookie = 1; cookie <= 7; cookie++) {
            assertThat(replies).contains("6744669800000000000000000000000" + cookie);
        }
        assertThat(replies).contains("674466980000005f0000000000000008").hasSize(8 * 32);
    }

    @Test
    void blockStatusIsOneChunkOfExtents() {
        data.put(4096, new byte[] {1});
        assertThat(structured(script().request(CMD_BLOCK_STATUS, 0, 7, 0, 12288)))
                .isEqualTo(("668e33ef 0001 0005 0000000000000007 0000001c 00000001"
                                + "00001000 00000003 00001000 00000000 00001000 00000003")
                        .replace(" ", ""));
        assertThat(structured(script().request(CMD_BLOCK_STATUS, 8, 7, 100, 12000)))
                .isEqualTo("668e33ef 0001 0005 0000000000000007 0000000c 00000001 00000f9c 00000003".replace(" ", ""));
    }

    /** Offsets and lengths at every edge: none may wrap, pass the end, or end the connection. */
    @ParameterizedTest
    @CsvSource({
        "0, 0, 22",
        "0, 1048576, 0",
        "0, 1048577, 22",
        "1048575, 1, 0",
        "1048575, 2, 22",
        "1048576, 1, 22",
        "1048576, 0, 22",
        "-1, 1, 22",
        "-1, 2, 22",
        "-9223372036854775808, 1, 22",
        "9223372036854775807, 1, 22",
        "9223372036854775807, 33554432, 22",
        "0, 2147483647, 22",
        "0, -2147483648, 22",
        "0, -1, 22",
        "512, -512, 22",
        "-512, 1024, 22",
    })
    void rangesAreChecked(long offset, int length, int error) {
        String code = HexFormat.of().toHexDigits(error);
        String pastEnd = length == 0 || error == 0 ? code : HexFormat.of().toHexDigits(28);
        for (int type : new int[] {CMD_READ, CMD_BLOCK_STATUS}) {
            String reply = structured(script().request(type, 0, 7, offset, length));
            if (error == 0) {
                assertThat(reply).startsWith("668e33ef000").doesNotContain("668e33ef00018");
            } else {
                assertThat(reply).isEqualTo("668e33ef00018001000000000000000700000006" + code + "0000");
            }
        }
        assertThat(structured(script().request(CMD_TRIM, 0, 7, offset, length)))
                .isEqualTo("67446698" + code + "0000000000000007");
        assertThat(structured(script().request(CMD_WRITE_ZEROES, 0, 7, offset, length)))
                .isEqualTo("67446698" + pastEnd + "0000000000000007");
        if (length >= 0 && length <= 32 << 20) {
            ClientScript write =
                    script().request(CMD_WRITE, 0, 7, offset, length).raw(new byte[length]);
            assertThat(structured(write)).isEqualTo("67446698" + pastEnd + "0000000000000007");
        }
        assertThat(server.stats().violations()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {(32 << 20) + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, -1})
    void oversizedWriteEndsTheConnection(int length) {
        assertThat(structured(script().request(CMD_WRITE, 0, 7, 0, length))).isEmpty();
        assertThat(server.stats().violations()).isEqualTo(1);
    }

    @Test
    void wrongRequestMagicEndsTheConnection() {
        assertThat(structured(script().raw(new byte[28]))).isEmpty();
        assertThat(server.stats().violations()).isEqualTo(1);
    }

    @Test
    void unknownCommandsAndFlagsAreRefusedOneByOne() {
        String replies = structured(script().request(9, 0, 1, 0, 4096)
                .request(8, 0, 2, 0, 0)
                .request(65535, 0, 3, 0, 0)
                .request(CMD_FLUSH, 2, 4, 0, 0)
                .request(CMD_FLUSH, 0, 5, 1, 0)
                .request(CMD_FLUSH, 0, 6, 0, 1)
                .request(CMD_TRIM, 0x8000, 7, 0, 512)
                .request(CMD_WRITE, 2, 8, 0, 2)
                .raw((byte) 1, (byte) 1)
                .request(CMD_FLUSH, 1, 9, 0, 0));
        StringBuilder expected = new StringBuilder();
        for (int cookie = 1; cookie <= 8; cookie++) {
            expected.append("6744669800000016000000000000000").append(cookie);
        }
        assertThat(replies).isEqualTo(expected + "67446698000000000000000000000009");
        assertThat(data.copy(0, 2)).containsOnly(0);
    }

    @Test
    void refusedWriteHasItsPayloadTakenOffTheWire() {
        ByteBuffer replies = server.replies(ClientScript.entered("copy")
                .request(CMD_WRITE, 0, 1, 0, 300_000)
                .raw(new byte[300_000])
                .request(CMD_FLUSH, 0, 2, 0, 0)
                .bytes());
        OptionReply.takeAll(replies);
        assertThat(hex(replies)).isEqualTo("67446698000000010000000000000001" + "67446698000000000000000000000002");
    }

    /** A hint: what is short is read and dropped, what is longer than a read is only taken note of. */
    @Test
    void cacheReadsAheadOrTakesNote() {
        data.record();
        assertThat(structured(script().request(CMD_CACHE, 0, 7, 512, 700_000).request(CMD_CACHE, 1, 8, 0, SIZE)))
                .isEqualTo("67446698000000000000000000000007" + "67446698000000000000000000000008");
        assertThat(data.seen()).containsExactly(new Seen("read", 512, 700_000, ""), new Seen("read", 0, SIZE, ""));
        assertThat(structured(script().request(CMD_CACHE, 0, 7, 0, SIZE + 1)))
                .isEqualTo("67446698000000160000000000000007");
        assertThat(structured(script().request(CMD_CACHE, 2, 7, 0, 512))).isEqualTo("67446698000000160000000000000007");
        data.answer(IoStatus.IO_ERROR);
        assertThat(simple(script().request(CMD_CACHE, 0, 7, 0, 512))).isEqualTo("67446698000000050000000000000007");
    }

    @Test
    void blockStatusWithoutContextIsRefused() {
        assertThat(simple(script().request(CMD_BLOCK_STATUS, 0, 7, 0, 4096)))
                .isEqualTo("67446698000000160000000000000007");
    }

    @Test
    void dontFragmentIsKept() {
        String reply = structured(script().request(CMD_READ, 4, 7, 0, 1_000_000));
        assertThat(reply)
                .startsWith("668e33ef000100010000000000000007" + HexFormat.of().toHexDigits(1_000_008));
        assertThat(simple(script().request(CMD_READ, 4, 7, 0, 512))).isEqualTo("67446698000000160000000000000007");
    }

    /** A client's bytes may arrive in any pieces. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 27, 28, 29, 4096})
    void piecesMakeNoDifference(int pieceBytes) {
        byte[] input = ClientScript.entered("data")
                .request(CMD_WRITE, 0, 1, 0, 70_000)
                .raw(new byte[70_000])
                .request(CMD_READ, 0, 2, 0, 5000)
                .request(CMD_FLUSH, 0, 3, 0, 0)
                .disconnect()
                .bytes();
        byte[] whole = server.run(input);
        assertThat(server.run(input, pieceBytes)).hasSameSizeAs(whole);
        assertThat(server.stats().errors()).isZero();
    }

    @Test
    void bytesAfterDisconnectAreIgnored() {
        assertThat(structured(script().disconnect().raw(new byte[28]))).isEmpty();
        assertThat(server.stats().violations()).isZero();
    }

    private String structured(ClientScript requests) {
        return exchange(ClientScript.entered("data"), requests);
    }

    private String simple(ClientScript requests) {
        return exchange(ClientScript.enteredSimple("data"), requests);
    }

    private String exchange(ClientScript start, ClientScript requests) {
        ByteBuffer replies = server.replies(start.raw(requests.bytes()).bytes());
        OptionReply.takeAll(replies);
        return hex(replies);
    }

    private static ClientScript script() {
        return new ClientScript();
    }

    private static String hex(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(bytes);
        return HexFormat.of().formatHex(bytes);
    }
}
