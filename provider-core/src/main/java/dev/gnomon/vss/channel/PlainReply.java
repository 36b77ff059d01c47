/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes a reply that has no values into one buffer that is there already, by hand: while VSS holds writes nothing is loaded, and hardly anything
 * allocated. Owned by whoever holds the connection's turn to send.
 */
final class PlainReply {
    /** Longest reason, in UTF-16 units; each takes at most 6 bytes. */
    static final int MAX_REASON_UNITS = 1_024;

    private static final byte[] HEAD = ascii("{\"type\":\"reply\",\"id\":");
    private static final byte[] HRESULT = ascii(",\"hresult\":\"");
    private static final byte[] RESULT = ascii("\",\"result\":{}");
    private static final byte[] REASON = ascii(",\"reason\":\"");
    private static final byte[] FAULT = ascii(",\"fault\":");
    private static final byte[] HEX = ascii("0123456789ABCDEF");

    private static final int CAPACITY = 8_192;

    private final ByteBuffer buffer = ByteBuffer.allocateDirect(CAPACITY);

    /**
     * Returns the frame, valid until the next one is made.
     *
     * @param reason empty if there is none
     * @param fault a JSON object in ASCII, or empty
     */
    ByteBuffer encode(long id, int hresult, String reason, byte[] fault) {
        buffer.clear().position(Integer.BYTES);
        buffer.put(HEAD);
        decimal(id);
        buffer.put(HRESULT).put((byte) '0').put((byte) 'x');
        for (int shift = 28; shift >= 0; shift -= 4) {
            buffer.put(HEX[(hresult >>> shift) & 0xF]);
        }
        buffer.put(RESULT);
        if (hresult < 0 && !reason.isEmpty()) {
            buffer.put(REASON);
            text(reason);
            buffer.put((byte) '"');
        }
        if (fault.length > 0) {
            buffer.put(FAULT).put(fault);
        }
        buffer.put((byte) '}');
        buffer.putInt(0, buffer.position() - Integer.BYTES);
        return buffer.flip();
    }

    private void decimal(long number) {
        long divisor = 1;
        while (number / divisor >= 10) {
            divisor *= 10;
        }
        for (; divisor > 0; divisor /= 10) {
            buffer.put((byte) ('0' + number / divisor % 10));
        }
    }

    /** Writes a text in one line; what is not ASCII is escaped, lone surrogates replaced. */
    private void text(String text) {
        int length = Math.min(text.length(), MAX_REASON_UNITS);
        for (int i = 0; i < length; i++) {
            char unit = text.charAt(i);
            if (unit == '"' || unit == '\\') {
                buffer.put((byte) '\\').put((byte) unit);
            } else if (unit >= ' ' && unit < 0x7F) {
                buffer.put((byte) unit);
            } else if (Character.isISOControl(unit)) {
                buffer.put((byte) ' ');
            } else {
                escape(isLone(text, i, length) ? '\uFFFD' : unit);
            }
        }
    }

    private static boolean isLone(String text, int i, int length) {
        char unit = text.charAt(i);
        if (Character.isHighSurrogate(unit)) {
            return i + 1 >= length || !Character.isLowSurrogate(text.charAt(i + 1));
        }
        return Character.isLowSurrogate(unit) && (i == 0 || !Character.isHighSurrogate(text.charAt(i - 1)));
    }

    private void escape(char unit) {
        buffer.put((byte) '\\').put((byte) 'u');
        for (int shift = 12; shift >= 0; shift -= 4) {
            buffer.put(HEX[(unit >>> shift) & 0xF]);
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
