/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.testkit.MemoryExport;
import java.util.Arrays;
import java.util.List;

/**
 * What fuzzing and the replay of its corpus run: hostile bytes on a connection without sockets.
 *
 * <p>Oracle: nothing is thrown out of the connection, memory stays within its bound, every export that was opened is
 * closed, and a good client that comes next is served as if nothing had been.
 */
final class FuzzTarget {
    private static final byte[] GOOD_CLIENT = ClientScript.entered("data")
            .request(NbdProtocol.CMD_WRITE, 0, 1, 0, 8)
            .raw(new byte[8])
            .request(NbdProtocol.CMD_READ, 0, 2, 0, 8)
            .disconnect()
            .bytes();

    private final MemoryExport data = new MemoryExport("data", 64 << 10, false);
    private final MemoryExport copy = new MemoryExport("data@1", 64 << 10, true);
    private final InProcess server = new InProcess(MemoryExport.exports(data, copy));
    private final List<byte[]> starts = List.of(
            ClientScript.entered("data").bytes(),
            ClientScript.enteredSimple("data").bytes(),
            ClientScript.entered("data@1").bytes(),
            ClientScript.modern().exportName("data").bytes());
    private final int goodAnswerBytes = server.run(GOOD_CLIENT).length;

    /** Runs bytes as everything that a client sends. */
    void handshake(byte[] input) {
        server.run(input);
        check();
    }

    /** Runs bytes as everything that a client sends after negotiation; the first chooses what was agreed on. */
    void transmission(byte[] input) {
        if (input.length == 0) {
            return;
        }
        byte[] start = starts.get(Byte.toUnsignedInt(input[0]) % starts.size());
        byte[] whole = Arrays.copyOf(start, start.length + input.length - 1);
        System.arraycopy(input, 1, whole, start.length, input.length - 1);
        server.run(whole);
        check();
    }

    private void check() {
        assertThat(server.pooledBytes())
                .isLessThanOrEqualTo(NbdLimits.defaults().payloadBytes());
        long errors = server.stats().errors();
        // The order of replies is free, so their size is compared, and that none is an error.
        assertThat(server.run(GOOD_CLIENT)).hasSize(goodAnswerBytes);
        assertThat(server.stats().errors()).isEqualTo(errors);
        assertThat(data.closed()).isEqualTo(data.opened());
        assertThat(copy.closed()).isEqualTo(copy.opened());
    }
}
