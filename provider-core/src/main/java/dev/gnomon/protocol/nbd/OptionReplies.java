/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Encodes the answers of negotiation. Texts and names have bounds, so that an echo never exceeds the protocol's. */
final class OptionReplies {
    /** Longest text of a refusal, well under the protocol's 4096 bytes. */
    static final int TEXT_BYTES_MAX = 1024;
    /** Longest part of a client's own name that is repeated to it. */
    private static final int ECHO_CHARS_MAX = 100;

    private final Replies replies;

    OptionReplies(Replies replies) {
        this.replies = replies;
    }

    void acknowledge(int option) throws IOException {
        header(option, NbdProtocol.REP_ACK, 0);
    }

    /** Refuses, with a text for people. */
    void refuse(int option, int type, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        int length = Math.min(bytes.length, TEXT_BYTES_MAX);
        header(option, type, length).put(bytes, 0, length);
    }

    /** Appends one name of a list. */
    void name(int option, String name) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        header(option, NbdProtocol.REP_SERVER, Integer.BYTES + bytes.length)
                .putInt(bytes.length)
                .put(bytes);
    }

    void infoExport(int option, long sizeBytes, int flags) throws IOException {
        header(option, NbdProtocol.REP_INFO, Short.BYTES + Long.BYTES + Short.BYTES)
                .putShort((short) NbdProtocol.INFO_EXPORT)
                .putLong(sizeBytes)
                .putShort((short) flags);
    }

    void infoText(int option, int kind, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        header(option, NbdProtocol.REP_INFO, Short.BYTES + bytes.length)
                .putShort((short) kind)
                .put(bytes);
    }

    void infoBlockSize(int option, int least, int preferred, int most) throws IOException {
        header(option, NbdProtocol.REP_INFO, Short.BYTES + 3 * Integer.BYTES)
                .putShort((short) NbdProtocol.INFO_BLOCK_SIZE)
                .putInt(least)
                .putInt(preferred)
                .putInt(most);
    }

    void context(int option, int id, String name) throws IOException {
        byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
        header(option, NbdProtocol.REP_META_CONTEXT, Integer.BYTES + bytes.length)
                .putInt(id)
                .put(bytes);
    }

    /** Answers EXPORT_NAME, which has no header. */
    void oldStyle(long sizeBytes, int flags, boolean padded) throws IOException {
        ByteBuffer out = replies.room(Long.BYTES + Short.BYTES + NbdProtocol.EXPORT_NAME_PADDING_BYTES);
        out.putLong(sizeBytes).putShort((short) flags);
        if (padded) {
            out.put(new byte[NbdProtocol.EXPORT_NAME_PADDING_BYTES]);
        }
    }

    /** Returns a client's text as it may stand in messages: short, and without control characters. */
    static String quote(String text) {
        String shown = text.length() <= ECHO_CHARS_MAX ? text : text.substring(0, ECHO_CHARS_MAX) + "…";
        return "'" + shown.replaceAll("\\p{Cntrl}", "?") + "'";
    }

    private ByteBuffer header(int option, int type, int payloadBytes) throws IOException {
        ByteBuffer out = replies.room(NbdProtocol.OPTION_REPLY_HEADER_BYTES + payloadBytes);
        return out.putLong(NbdProtocol.OPTION_REPLY_MAGIC)
                .putInt(option)
                .putInt(type)
                .putInt(payloadBytes);
    }
}
