/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;

/** The buffers that a connection owns while it lives; kept for the next one. Whoever takes them gives them back. */
final class FixedBuffers {
    private final Arena arena = Arena.ofShared();
    private final ByteBuffer receive;
    private final ByteBuffer reply;
    private final ByteBuffer sender;

    FixedBuffers(NbdLimits limits) {
        receive = arena.allocate(NbdLimits.RECEIVE_BYTES, 4096).asByteBuffer();
        reply = arena.allocate(NbdLimits.REPLY_BYTES, 4096).asByteBuffer();
        sender = arena.allocate((long) limits.inFlightOperations() * NbdProtocol.SIMPLE_REPLY_BYTES)
                .asByteBuffer();
    }

    ByteBuffer receive() {
        return receive;
    }

    ByteBuffer reply() {
        return reply;
    }

    ByteBuffer sender() {
        return sender;
    }

    void free() {
        arena.close();
    }
}
