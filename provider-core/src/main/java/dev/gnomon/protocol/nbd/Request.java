/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.nio.ByteBuffer;

/** The request that the reader works on; one per connection, refilled for each. */
final class Request {
    private static final int FLAGS_AT = 4;
    private static final int TYPE_AT = 6;
    private static final int COOKIE_AT = 8;
    private static final int OFFSET_AT = 16;
    private static final int LENGTH_AT = 24;

    int flags;
    int type;
    long cookie;
    /** Unsigned on the wire; negative here means 2^63 or more. */
    long offset;
    /** 0 to 2^32 - 1. */
    long length;
    /** When it arrived, by the clock of {@link RequestTimes}. */
    long began;

    /** Takes the header at the buffer's position and consumes it. */
    void take(ByteBuffer in) throws ProtocolViolation {
        int at = in.position();
        int magic = in.getInt(at);
        if (magic != NbdProtocol.REQUEST_MAGIC) {
            throw new ProtocolViolation("request magic is 0x" + Integer.toHexString(magic) + ", expected 0x"
                    + Integer.toHexString(NbdProtocol.REQUEST_MAGIC));
        }
        flags = Short.toUnsignedInt(in.getShort(at + FLAGS_AT));
        type = Short.toUnsignedInt(in.getShort(at + TYPE_AT));
        cookie = in.getLong(at + COOKIE_AT);
        offset = in.getLong(at + OFFSET_AT);
        length = Integer.toUnsignedLong(in.getInt(at + LENGTH_AT));
        in.position(at + NbdProtocol.REQUEST_BYTES);
    }

    boolean has(int flag) {
        return (flags & flag) != 0;
    }
}
