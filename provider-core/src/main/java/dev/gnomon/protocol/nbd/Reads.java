/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import dev.gnomon.io.IoStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Serves READ on the reader's thread: straight from the export into the reply buffer. Used by the reader only.
 *
 * <p>A read that fits one chunk is answered whole or with its error. A larger one is sent chunk by chunk if the client
 * takes chunks; else it is first read whole into pooled memory, so that an error answers only this request.
 */
final class Reads {
    private static final int DATA_CHUNK_BYTES = NbdProtocol.CHUNK_HEADER_BYTES + Long.BYTES;

    /** Lends buffers; null if there is no memory for this now. */
    @FunctionalInterface
    interface Lender {
        @Nullable
        PooledBuffer borrow(int bytes);
    }

    private final Session session;
    private final Replies replies;
    private final Outlet outlet;
    private final Lender lender;

    Reads(Session session, Replies replies, Outlet outlet, Lender lender) {
        this.session = session;
        this.replies = replies;
        this.outlet = outlet;
        this.lender = lender;
    }

    /** Answers a read that the rules admit; returns the error that was sent. */
    NbdError serve(Request request) throws IOException, ProtocolViolation {
        int length = (int) request.length;
        boolean whole = !session.structured() || request.has(NbdProtocol.CMD_FLAG_DF);
        if (length <= NbdLimits.CHUNK_BYTES) {
            return chunk(request.cookie, request.offset, length, NbdProtocol.CHUNK_DONE);
        }
        return whole ? large(request, length) : chunks(request, length);
    }

    /** Reads a range and drops it, so that it is near when it is asked for. It is a hint, so lack of memory is no error. */
    NbdError ahead(Request request) {
        int length = (int) request.length;
        PooledBuffer buffer = lender.borrow(Math.min(length, NbdLimits.SLICE_BYTES));
        if (buffer == null) {
            return NbdError.NONE;
        }
        try {
            NbdError error = NbdError.NONE;
            for (int done = 0; done < length && error == NbdError.NONE; done += NbdLimits.SLICE_BYTES) {
                int count = Math.min(length - done, NbdLimits.SLICE_BYTES);
                error = fillSlice(buffer.view(), request.offset + done, count);
            }
            return error;
        } finally {
            buffer.release();
        }
    }

    private NbdError chunks(Request request, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int count = Math.min(length - done, NbdLimits.CHUNK_BYTES);
            int flags = done + count == length ? NbdProtocol.CHUNK_DONE : 0;
            NbdError error = chunk(request.cookie, request.offset + done, count, flags);
            if (error != NbdError.NONE) {
                return error;
            }
            done += count;
        }
        return NbdError.NONE;
    }

    private NbdError chunk(long cookie, long offset, int length, int flags) throws IOException {
        ByteBuffer out = replies.room(DATA_CHUNK_BYTES + length);
        int start = out.position();
        header(out, cookie, offset, length, flags);
        NbdError error = fill(out, offset, length);
        if (error != NbdError.NONE) {
            out.position(start);
            refuse(cookie, error);
        }
        return error;
    }

    private void header(ByteBuffer out, long cookie, long offset, int length, int flags) {
        if (session.structured()) {
            Replies.putChunk(out, flags, NbdProtocol.CHUNK_OFFSET_DATA, cookie, Long.BYTES + length);
            out.putLong(offset);
        } else {
            Replies.putSimple(out, cookie, 0);
        }
    }

    private void refuse(long cookie, NbdError error) throws IOException {
        if (session.structured()) {
            replies.errorChunk(cookie, error);
        } else {
            replies.simple(cookie, error.code());
        }
    }

    /** Reads into the buffer at its position; checks that every byte was written, so that nothing old goes out. */
    private NbdError fill(ByteBuffer target, long offset, int length) {
        int end = target.position() + length;
        target.limit(end);
        IoStatus status = session.export().read(offset, target);
        boolean filled = target.position() == end;
        target.limit(target.capacity());
        return status == IoStatus.OK && !filled ? NbdError.EIO : NbdError.of(status);
    }

    private NbdError large(Request request, int length) throws IOException, ProtocolViolation {
        PooledBuffer[] buffers = new PooledBuffer[(length + NbdLimits.SLICE_BYTES - 1) / NbdLimits.SLICE_BYTES];
        int borrowed = 0;
        try {
            while (borrowed < buffers.length) {
                PooledBuffer buffer = lender.borrow(sliceLength(length, borrowed));
                if (buffer == null) {
                    return streamed(request, length);
                }
                buffers[borrowed++] = buffer;
            }
            NbdError error = NbdError.NONE;
            for (int index = 0; index < buffers.length && error == NbdError.NONE; index++) {
                long at = request.offset + (long) index * NbdLimits.SLICE_BYTES;
                error = fillSlice(buffers[index].view(), at, sliceLength(length, index));
            }
            if (error != NbdError.NONE) {
                refuse(request.cookie, error);
                return error;
            }
            header(replies.room(DATA_CHUNK_BYTES), request.cookie, request.offset, length, NbdProtocol.CHUNK_DONE);
            outlet.together(() -> {
                replies.flush();
                for (PooledBuffer buffer : buffers) {
                    outlet.send(buffer.view());
                }
            });
            return NbdError.NONE;
        } finally {
            Arrays.stream(buffers, 0, borrowed).forEach(PooledBuffer::release);
        }
    }

    /**
     * The way out when memory is short: the reply says success before the bytes are read, so an error can only be told by
     * ending the connection (NBD protocol, "Simple reply").
     */
    private NbdError streamed(Request request, int length) throws IOException, ProtocolViolation {
        header(replies.room(DATA_CHUNK_BYTES), request.cookie, request.offset, length, NbdProtocol.CHUNK_DONE);
        NbdError[] error = {NbdError.NONE};
        outlet.together(() -> {
            for (int done = 0; done < length && error[0] == NbdError.NONE; done += NbdLimits.CHUNK_BYTES) {
                int count = Math.min(length - done, NbdLimits.CHUNK_BYTES);
                error[0] = fill(replies.room(count), request.offset + done, count);
            }
            if (error[0] == NbdError.NONE) {
                replies.flush();
            }
        });
        if (error[0] != NbdError.NONE) {
            replies.discard();
            throw new ProtocolViolation("a read failed with " + error[0] + " after its reply had begun");
        }
        return NbdError.NONE;
    }

    private NbdError fillSlice(ByteBuffer view, long offset, int length) {
        view.clear();
        NbdError error = fill(view, offset, length);
        view.limit(length).position(length);
        return error;
    }

    private static int sliceLength(int length, int index) {
        return Math.min(NbdLimits.SLICE_BYTES, length - index * NbdLimits.SLICE_BYTES);
    }
}
