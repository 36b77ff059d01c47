/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

import dev.gnomon.protocol.nbd.NbdError;
import dev.gnomon.protocol.nbd.NbdProtocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Takes replies off the wire, simple and structured, and checks each against the request that it answers. */
final class ReplyReader {
    /** Finds the request of a cookie. */
    @FunctionalInterface
    interface Calls {
        @Nullable
        Call find(long cookie);
    }

    /** Most extents in one answer: more than any server has a reason to send. */
    private static final int EXTENTS_MAX = 1 << 20;

    private static final int TEXT_BYTES_MAX = 64 << 10;

    private final Wire wire;
    private final Calls calls;

    ReplyReader(Wire wire, Calls calls) {
        this.wire = wire;
        this.calls = calls;
    }

    /** Takes one message; returns the request that it ended, if it did. */
    @Nullable
    Call next() throws IOException {
        int magic = wire.need(Integer.BYTES).getInt();
        return switch (magic) {
            case NbdProtocol.SIMPLE_REPLY_MAGIC -> simple();
            case NbdProtocol.CHUNK_MAGIC -> chunk();
            default -> throw NbdException.broken("reply magic 0x" + Integer.toHexString(magic));
        };
    }

    private Call simple() throws IOException {
        ByteBuffer in = wire.need(NbdProtocol.SIMPLE_REPLY_BYTES - Integer.BYTES);
        int error = in.getInt();
        Call call = find(in.getLong());
        call.error = error;
        if (error == 0 && call.type == NbdProtocol.CMD_READ) {
            data(call, 0, call.lengthBytes);
        }
        return call;
    }

    private @Nullable Call chunk() throws IOException {
        ByteBuffer in = wire.need(NbdProtocol.CHUNK_HEADER_BYTES - Integer.BYTES);
        int flags = Short.toUnsignedInt(in.getShort());
        int type = Short.toUnsignedInt(in.getShort());
        Call call = find(in.getLong());
        long length = Integer.toUnsignedLong(in.getInt());
        if ((type & NbdProtocol.CHUNK_ERROR_BIT) != 0) {
            error(call, length);
        } else {
            payload(call, type, length);
        }
        if ((flags & NbdProtocol.CHUNK_DONE) == 0) {
            return null;
        }
        if (call.error == 0 && call.type == NbdProtocol.CMD_READ && call.receivedBytes != call.lengthBytes) {
            throw NbdException.broken("the answer to a " + call.describe() + " holds " + call.receivedBytes + " bytes");
        }
        return call;
    }

    private void payload(Call call, int type, long length) throws IOException {
        boolean read = call.type == NbdProtocol.CMD_READ;
        if (type == NbdProtocol.CHUNK_NONE && length == 0) {
            return;
        }
        if (type == NbdProtocol.CHUNK_OFFSET_DATA && read && length > Long.BYTES) {
            long at = wire.need(Long.BYTES).getLong() - call.offsetBytes;
            data(call, at, length - Long.BYTES);
        } else if (type == NbdProtocol.CHUNK_OFFSET_HOLE && read && length == Long.BYTES + Integer.BYTES) {
            ByteBuffer in = wire.need(Long.BYTES + Integer.BYTES);
            long at = in.getLong() - call.offsetBytes;
            ByteBuffer target = part(call, at, Integer.toUnsignedLong(in.getInt()));
            while (target.hasRemaining()) {
                target.put((byte) 0);
            }
        } else if (type == NbdProtocol.CHUNK_BLOCK_STATUS && call.type == NbdProtocol.CMD_BLOCK_STATUS) {
            extents(call, length);
        } else {
            throw NbdException.broken(
                    "a chunk of type " + type + " and " + length + " bytes answers a " + call.describe());
        }
    }

    private void data(Call call, long at, long length) throws IOException {
        wire.readFully(part(call, at, length));
    }

    private ByteBuffer part(Call call, long at, long length) throws NbdException {
        ByteBuffer target = call.data;
        if (target == null || at < 0 || length > call.lengthBytes || at > call.lengthBytes - length) {
            throw NbdException.broken(
                    length + " bytes at " + at + " do not lie inside the answer to a " + call.describe());
        }
        call.receivedBytes += length;
        return target.slice(target.position() + (int) at, (int) length);
    }

    private void extents(Call call, long length) throws IOException {
        long count = (length - Integer.BYTES) / (2 * Integer.BYTES);
        if (count < 1 || count > EXTENTS_MAX || length != Integer.BYTES + count * 2 * Integer.BYTES) {
            throw NbdException.broken("a block status answer of " + length + " bytes");
        }
        wire.need(Integer.BYTES).getInt();
        for (int i = 0; i < count; i++) {
            ByteBuffer in = wire.need(2 * Integer.BYTES);
            call.extents.add(new NbdExtent(Integer.toUnsignedLong(in.getInt()), in.getInt()));
        }
    }

    private void error(Call call, long length) throws IOException {
        if (length < Integer.BYTES || length > TEXT_BYTES_MAX) {
            throw NbdException.broken("an error chunk of " + length + " bytes");
        }
        int error = wire.need(Integer.BYTES).getInt();
        call.error = error == 0 ? NbdError.EIO.code() : error;
        wire.bytes((int) length - Integer.BYTES);
    }

    private Call find(long cookie) throws NbdException {
        Call call = calls.find(cookie);
        if (call == null) {
            throw NbdException.broken("a reply to no request: cookie " + cookie);
        }
        return call;
    }
}
