/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Takes the payload of one option apart. Every length is checked against what is there before it is believed. */
final class OptionPayload {
    /** Thrown when a payload is refused; says how to answer. */
    static final class Malformed extends Exception {
        private static final long serialVersionUID = 1L;
        private final int replyType;

        Malformed(int replyType, String message) {
            super(message);
            this.replyType = replyType;
        }

        int replyType() {
            return replyType;
        }
    }

    private final ByteBuffer bytes;
    private final NbdLimits limits;

    /** Reads from the buffer's position to its limit. */
    OptionPayload(ByteBuffer bytes, NbdLimits limits) {
        this.bytes = bytes;
        this.limits = limits;
    }

    /** Takes a string that fills the rest. */
    String rest() throws Malformed {
        return string(bytes.remaining());
    }

    /** Takes a 32-bit length and a string of that length. */
    String lengthAndString() throws Malformed {
        return string(Integer.toUnsignedLong(needed(Integer.BYTES).getInt()));
    }

    /** Takes a 32-bit count of items, bounded. */
    int count32() throws Malformed {
        return count(Integer.toUnsignedLong(needed(Integer.BYTES).getInt()));
    }

    /** Takes a 16-bit count of items, bounded. */
    int count16() throws Malformed {
        return count(Short.toUnsignedInt(needed(Short.BYTES).getShort()));
    }

    int number16() throws Malformed {
        return Short.toUnsignedInt(needed(Short.BYTES).getShort());
    }

    void end() throws Malformed {
        if (bytes.hasRemaining()) {
            throw invalid(bytes.remaining() + " bytes follow the end of the option");
        }
    }

    private int count(long count) throws Malformed {
        if (count > limits.infoRequests()) {
            throw new Malformed(NbdProtocol.REP_ERR_TOO_BIG, count + " items, allowed are " + limits.infoRequests());
        }
        return (int) count;
    }

    private String string(long length) throws Malformed {
        if (length > limits.stringBytes()) {
            throw new Malformed(
                    NbdProtocol.REP_ERR_TOO_BIG,
                    "a string of " + length + " bytes, allowed are " + limits.stringBytes());
        }
        ByteBuffer part = needed((int) length);
        int limit = part.limit();
        part.limit(part.position() + (int) length);
        try {
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(part)
                    .toString();
            if (text.indexOf('\0') >= 0) {
                throw invalid("a string with a zero byte");
            }
            return text;
        } catch (CharacterCodingException e) {
            throw invalid("a string that is not UTF-8");
        } finally {
            part.limit(limit);
        }
    }

    private ByteBuffer needed(int count) throws Malformed {
        if (bytes.remaining() < count) {
            throw invalid("the option ends where " + count + " more bytes were announced, " + bytes.remaining()
                    + " are there");
        }
        return bytes;
    }

    private static Malformed invalid(String message) {
        return new Malformed(NbdProtocol.REP_ERR_INVALID, message);
    }
}
