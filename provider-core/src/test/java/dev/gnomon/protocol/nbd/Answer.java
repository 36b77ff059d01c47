/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static dev.gnomon.protocol.nbd.FakeServer.chunk;
import static dev.gnomon.protocol.nbd.NbdProtocol.CHUNK_DONE;
import static dev.gnomon.protocol.nbd.NbdProtocol.CHUNK_OFFSET_DATA;

import java.util.Arrays;

/** Builds answers to one read, right or wrong, chunk by chunk. */
final class Answer {
    /** Offset of the read that every case answers. */
    static final long AT = 8192;
    /** Length of that read. */
    static final int LENGTH = 1024;
    /** Its cookie: the first that the client gives. */
    static final long COOKIE = 1;

    private Answer() {}

    /** Returns half a read's worth of one byte. */
    static byte[] bytes(int value) {
        byte[] bytes = new byte[LENGTH / 2];
        Arrays.fill(bytes, (byte) value);
        return bytes;
    }

    static byte[] done(int type, long cookie, byte[] payload) {
        return chunk(CHUNK_DONE, type, cookie, payload);
    }

    static byte[] part(byte[] payload) {
        return part(CHUNK_OFFSET_DATA, payload);
    }

    static byte[] part(int type, byte[] payload) {
        return chunk(0, type, COOKIE, payload);
    }

    static byte[] hole(long offset, int length) {
        return new ClientScript().int64(offset).int32(length).bytes();
    }

    static byte[] error(int code) {
        return new ClientScript().int32(code).int16(0).bytes();
    }

    static byte[] status(int context, int... lengthsAndFlags) {
        ClientScript script = new ClientScript().int32(context);
        for (int value : lengthsAndFlags) {
            script.int32(value);
        }
        return script.bytes();
    }

    static byte[] join(byte[]... parts) {
        ClientScript script = new ClientScript();
        for (byte[] part : parts) {
            script.raw(part);
        }
        return script.bytes();
    }
}
