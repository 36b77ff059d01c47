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

    /** What negotiation has settled about replies. */
    record Agreement(boolean structured, int allocationContext) {}

    /** Most extents in one answer: more than any server has a reason to send. */
    private static final int EXTENTS_MAX = 1 << 20;
    /** Most chunks in one answer: 512 bytes each for the largest read. */
    private static final int CHUNKS_MAX = 1 << 16;
    /** Error 4, length of the text 2. */
    private static final int ERROR_HEADER_BYTES = Integer.BYTES + Short.BYTES;
    /** Longest text of an error, with room for what an error of a later protocol may add (NBD protocol: 4096). */
    private static final int TEXT_BYTES_MAX = 8 << 10;

    private final Wire wire;
    private final Agreement agreed;
    private final Calls calls;

    ReplyReader(Wire wire, Agreement agreed, Calls calls) {
        this.wire = wire;
        this.agreed = agreed;
        this.calls = calls;
    }

    /** Takes one message; returns the request that it ended, if it did. */
    @Nullable
    Call next() throws IOException {
        int magic = wire.need(Integer.BYTES).getInt();
        if (magic == NbdProtocol.SIMPLE_REPLY_MAGIC) {
            return simple();
        }
        if (magic == NbdProtocol.CHUNK_MAGIC && agreed.structured()) {
            return chunk();
        }
        throw NbdException.broken("reply magic 0x" + Integer.toHexString(magic));
    }

    private Call simple() throws IOException {
        ByteBuffer in = wire.need(NbdProtocol.SIMPLE_REPLY_BYTES - Integer.BYTES);
        int error = in.getInt();
        Call call = find(in.getLong());
        if (error != 0) {
            fail(call, error);
        } else if (call.type == NbdProtocol.CMD_BLOCK_STATUS
                || call.chunks > 0
                || (isRead(call) && agreed.structured())) {
            throw NbdException.broken("a simple reply answers a " + call.describe());
        } else if (isRead(call)) {
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
        boolean done = (flags & NbdProtocol.CHUNK_DONE) != 0;
        if (++call.chunks > CHUNKS_MAX) {
            throw NbdException.broken("more than " + CHUNKS_MAX + " chunks answer a " + call.describe());
        }
        if ((type & NbdProtocol.CHUNK_ERROR_BIT) != 0) {
            error(call, length);
        } else {
            payload(call, type, length, done);
        }
        if (done && call.error == 0) {
            checkWhole(call);
        }
        return done ? call : null;
    }

    /** An answer without an error that leaves bytes of the buffer as they were would be wrong data, silently. */
    private static void checkWhole(Call call) throws NbdException {
        if (isRead(call) && !call.coverage.complete(call.lengthBytes)) {
            throw NbdException.broken("the answer to a " + call.describe() + " is not whole");
        }
        if (call.type == NbdProtocol.CMD_BLOCK_STATUS && call.extents.isEmpty()) {
            throw NbdException.broken("the answer to a " + call.describe() + " has no extent");
        }
    }

    private void payload(Call call, int type, long length, boolean done) throws IOException {
        if (type == NbdProtocol.CHUNK_NONE && length == 0 && done) {
            return;
        }
        if (type == NbdProtocol.CHUNK_OFFSET_DATA && isRead(call) && length > Long.BYTES) {
            long at = wire.need(Long.BYTES).getLong() - call.offsetBytes;
            data(call, at, length - Long.BYTES);
        } else if (type == NbdProtocol.CHUNK_OFFSET_HOLE && isRead(call) && length == Long.BYTES + Integer.BYTES) {
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

    /** Returns the place for a range of the answer, which must lie inside it and not have been there before. */
    private static ByteBuffer part(Call call, long at, long length) throws NbdException {
        ByteBuffer target = call.data;
        if (target == null || at < 0 || length < 1 || length > call.lengthBytes || at > call.lengthBytes - length) {
            throw NbdException.broken(
                    length + " bytes at " + at + " do not lie inside the answer to a " + call.describe());
        }
        if (!call.coverage.add(at, length)) {
            throw NbdException.broken(length + " bytes at " + at + " of the answer to a " + call.describe()
                    + " came twice, or in too many pieces");
        }
        return target.slice(target.position() + (int) at, (int) length);
    }

    private void extents(Call call, long length) throws IOException {
        long count = (length - Integer.BYTES) / (2 * Integer.BYTES);
        if (count < 1 || count > EXTENTS_MAX || length != Integer.BYTES + count * 2 * Integer.BYTES) {
            throw NbdException.broken("a block status answer of " + length + " bytes");
        }
        int context = wire.need(Integer.BYTES).getInt();
        if (context != agreed.allocationContext() || !call.extents.isEmpty()) {
            throw NbdException.broken(
                    "a block status answer for context " + context + ", which was not asked for or came before");
        }
        for (int i = 0; i < count; i++) {
            ByteBuffer in = wire.need(2 * Integer.BYTES);
            long extentBytes = Integer.toUnsignedLong(in.getInt());
            // Only the last may pass the end of the range (NBD protocol, NBD_CMD_BLOCK_STATUS).
            if (extentBytes == 0 || call.statusBytes >= call.lengthBytes) {
                throw NbdException.broken("an extent of " + extentBytes + " bytes at " + call.statusBytes
                        + " of the answer to a " + call.describe());
            }
            call.statusBytes += extentBytes;
            call.extents.add(new NbdExtent(extentBytes, in.getInt()));
        }
    }

    private void error(Call call, long length) throws IOException {
        if (length < ERROR_HEADER_BYTES || length > TEXT_BYTES_MAX) {
            throw NbdException.broken("an error chunk of " + length + " bytes");
        }
        ByteBuffer in = wire.need(ERROR_HEADER_BYTES);
        int error = in.getInt();
        int textBytes = Short.toUnsignedInt(in.getShort());
        int rest = (int) length - ERROR_HEADER_BYTES;
        if (textBytes > rest) {
            throw NbdException.broken("an error chunk of " + length + " bytes with a text of " + textBytes);
        }
        wire.bytes(rest);
        fail(call, error == 0 ? NbdError.EIO.code() : error);
    }

    /** The first error counts; one that looks like a lost connection is as good as any unknown one. */
    private static void fail(Call call, int error) {
        if (call.error == 0) {
            call.error = error == NbdException.NO_CODE ? NbdError.EINVAL.code() : error;
        }
    }

    private static boolean isRead(Call call) {
        return call.type == NbdProtocol.CMD_READ;
    }

    private Call find(long cookie) throws NbdException {
        Call call = calls.find(cookie);
        if (call == null) {
            throw NbdException.broken("a reply to no request: cookie " + cookie);
        }
        return call;
    }
}
