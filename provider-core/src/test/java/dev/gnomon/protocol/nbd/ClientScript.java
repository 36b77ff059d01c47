/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Builds what a client sends, right or wrong, byte by byte. */
final class ClientScript {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** Starts with the usual client flags. */
    static ClientScript modern() {
        return new ClientScript().int32(NbdProtocol.FLAG_FIXED_NEWSTYLE | NbdProtocol.FLAG_NO_ZEROES);
    }

    /** Starts with negotiation of everything, up to transmission. */
    static ClientScript entered(String export) {
        return modern().option(NbdProtocol.OPT_STRUCTURED_REPLY, new byte[0])
                .setContext(export, NbdProtocol.BASE_ALLOCATION)
                .go(export);
    }

    /** Starts with negotiation of nothing, up to transmission. */
    static ClientScript enteredSimple(String export) {
        return modern().go(export);
    }

    ClientScript int16(int value) {
        bytes.write(value >>> 8);
        bytes.write(value);
        return this;
    }

    ClientScript int32(int value) {
        return int16(value >>> 16).int16(value);
    }

    ClientScript int64(long value) {
        return int32((int) (value >>> 32)).int32((int) value);
    }

    ClientScript raw(byte... content) {
        bytes.writeBytes(content);
        return this;
    }

    ClientScript optionHeader(int code, int length) {
        return int64(NbdProtocol.OPTION_MAGIC).int32(code).int32(length);
    }

    ClientScript option(int code, byte[] payload) {
        return optionHeader(code, payload.length).raw(payload);
    }

    ClientScript go(String export, int... infos) {
        return option(NbdProtocol.OPT_GO, describe(export, infos));
    }

    ClientScript info(String export, int... infos) {
        return option(NbdProtocol.OPT_INFO, describe(export, infos));
    }

    ClientScript exportName(String export) {
        return option(NbdProtocol.OPT_EXPORT_NAME, export.getBytes(StandardCharsets.UTF_8));
    }

    ClientScript setContext(String export, String... queries) {
        return option(NbdProtocol.OPT_SET_META_CONTEXT, contexts(export, queries));
    }

    ClientScript request(int type, int flags, long cookie, long offset, int length) {
        return int32(NbdProtocol.REQUEST_MAGIC)
                .int16(flags)
                .int16(type)
                .int64(cookie)
                .int64(offset)
                .int32(length);
    }

    ClientScript disconnect() {
        return request(NbdProtocol.CMD_DISC, 0, 0, 0, 0);
    }

    byte[] bytes() {
        return bytes.toByteArray();
    }

    static byte[] describe(String export, int... infos) {
        ClientScript script = new ClientScript().string(export).int16(infos.length);
        for (int info : infos) {
            script.int16(info);
        }
        return script.bytes();
    }

    static byte[] contexts(String export, String... queries) {
        ClientScript script = new ClientScript().string(export).int32(queries.length);
        for (String query : queries) {
            script.string(query);
        }
        return script.bytes();
    }

    ClientScript string(String text) {
        byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
        return int32(encoded.length).raw(encoded);
    }

    /** Returns a name of so many bytes. */
    static String name(int bytes) {
        return "n".repeat(bytes);
    }

    static ByteBuffer wrap(byte[] content) {
        return ByteBuffer.wrap(content);
    }
}
