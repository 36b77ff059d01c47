/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

import dev.gnomon.protocol.nbd.NbdProtocol;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One request from submission to its answer. Filled by the submitter, then used by the sender, then by the receiver. */
final class Call {
    final int type;
    final int flags;
    final long offsetBytes;
    final long lengthBytes;
    /** Where a read goes, what a write sends; its position does not move before the end. */
    final @Nullable ByteBuffer data;

    final NbdClient.Callback callback;
    final List<NbdExtent> extents = new ArrayList<>();
    final Coverage coverage = new Coverage();
    long cookie;
    /** Where the extents end, from the start of the range. */
    long statusBytes;

    int chunks;
    int error;

    Call(
            int type,
            int flags,
            long offsetBytes,
            long lengthBytes,
            @Nullable ByteBuffer data,
            NbdClient.Callback callback) {
        this.type = type;
        this.flags = flags;
        this.offsetBytes = offsetBytes;
        this.lengthBytes = lengthBytes;
        this.data = data;
        this.callback = callback;
    }

    /** Returns what it is, for messages. */
    String describe() {
        String name = switch (type) {
            case NbdProtocol.CMD_READ -> "read";
            case NbdProtocol.CMD_WRITE -> "write";
            case NbdProtocol.CMD_FLUSH -> "flush";
            case NbdProtocol.CMD_TRIM -> "trim";
            case NbdProtocol.CMD_WRITE_ZEROES -> "write of zeros";
            case NbdProtocol.CMD_BLOCK_STATUS -> "block status";
            default -> "command " + type;
        };
        return type == NbdProtocol.CMD_FLUSH ? name : name + " of " + lengthBytes + " bytes at " + offsetBytes;
    }

    /** Ends it with the server's answer. */
    void end() {
        if (error != 0) {
            callback.done(NbdException.refused(describe(), error));
            return;
        }
        if (data != null) {
            data.position(data.limit());
        }
        callback.done(null);
    }
}
