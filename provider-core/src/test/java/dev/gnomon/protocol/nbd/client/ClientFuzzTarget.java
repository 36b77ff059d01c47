/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.protocol.nbd.NbdProtocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What fuzzing of the client and the replay of its corpus run: hostile bytes as everything that a server sends.
 *
 * <p>Oracle: nothing but an {@link IOException} is thrown. A read that ends well has been answered for every byte: two runs
 * over buffers of different content end with the same content. Block status that ends well covers something.
 */
final class ClientFuzzTarget {
    private static final int LENGTH = 64;
    private static final int AT = 8192;

    /** Runs bytes as a server's half of negotiation. */
    void negotiation(byte[] input) {
        try {
            ClientHandshake handshake = new ClientHandshake(new Wire(new Script(input)));
            handshake.greet();
            NbdExportInfo info = handshake.enter("data");
            assertThat(info.sizeBytes()).isNotNegative();
            assertThat(info.preferredBlockBytes()).isBetween(512, 32 << 20);
            assertThat(info.maxRequestBytes()).isBetween(info.preferredBlockBytes(), 32 << 20);
        } catch (IOException e) {
            // Refused, or ended too early: that is what must happen.
        }
        try {
            ClientHandshake handshake = new ClientHandshake(new Wire(new Script(input)));
            handshake.greet();
            assertThat(handshake.list()).allMatch(name -> name.length() <= 4096);
        } catch (IOException e) {
            // As above.
        }
    }

    /** Runs bytes as replies to a read, a block status, a write and a flush; the first byte says what was agreed on. */
    void replies(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] script = Arrays.copyOfRange(input, 1, input.length);
        boolean structured = (input[0] & 1) == 0;
        assertThat(readContents(script, structured, (byte) 0x55))
                .isEqualTo(readContents(script, structured, (byte) 0xAA));
    }

    /** Returns what the reads hold that ended well. */
    private static List<String> readContents(byte[] script, boolean structured, byte fill) {
        byte[] buffer = new byte[LENGTH];
        Arrays.fill(buffer, fill);
        Map<Long, Call> calls = new HashMap<>(Map.of(
                1L, call(NbdProtocol.CMD_READ, ByteBuffer.wrap(buffer)),
                2L, call(NbdProtocol.CMD_BLOCK_STATUS, null),
                3L, call(NbdProtocol.CMD_WRITE, ByteBuffer.allocate(LENGTH)),
                4L, call(NbdProtocol.CMD_FLUSH, null)));
        List<String> contents = new ArrayList<>();
        try {
            Wire wire = new Wire(new Script(script));
            ReplyReader reader = new ReplyReader(wire, new ReplyReader.Agreement(structured, 7), calls::get);
            while (!wire.ended()) {
                Call ended = reader.next();
                if (ended != null) {
                    calls.values().remove(ended);
                    contents.add(outcome(ended));
                }
            }
        } catch (IOException e) {
            contents.add("broken");
        }
        return contents;
    }

    private static String outcome(Call ended) {
        if (ended.error != 0) {
            return "error " + ended.error;
        }
        if (ended.type == NbdProtocol.CMD_BLOCK_STATUS) {
            assertThat(ended.extents).isNotEmpty();
        }
        ByteBuffer data = ended.data;
        byte[] content = new byte[ended.type == NbdProtocol.CMD_READ ? LENGTH : 0];
        if (data != null) {
            data.get(0, content);
        }
        return ended.type + Arrays.toString(content);
    }

    private static Call call(int type, @Nullable ByteBuffer data) {
        return new Call(type, 0, AT, LENGTH, data, failure -> {});
    }

    /** Gives a script's bytes in small pieces, and takes whatever is sent. */
    private static final class Script implements Transport {
        private static final int PIECE_BYTES = 1000;

        private final ByteBuffer input;

        Script(byte[] input) {
            this.input = ByteBuffer.wrap(input);
        }

        @Override
        public int receive(ByteBuffer target) {
            int count = Math.min(PIECE_BYTES, Math.min(input.remaining(), target.remaining()));
            if (count == 0) {
                return -1;
            }
            target.put(target.position(), input, input.position(), count);
            target.position(target.position() + count);
            input.position(input.position() + count);
            return count;
        }

        @Override
        public void send(ByteBuffer source) {
            source.position(source.limit());
        }

        @Override
        public void endOutput() {
            // Nobody listens.
        }

        @Override
        public void close() {
            // Nothing waits here.
        }
    }
}
