/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import dev.gnomon.export.Export;
import dev.gnomon.export.Export.Durability;
import dev.gnomon.export.Export.ZeroMode;
import dev.gnomon.io.IoStatus;
import dev.gnomon.protocol.nbd.MetaContexts.Context;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests of one connection, from negotiation to its end. Runs on the reader's thread.
 *
 * <p>The reader takes requests while there are any in the receive buffer. Reads and block status are answered at once;
 * the others are handed to the export, which completes them on this thread or later on its own. Before the reader waits
 * for anything it sends what is ready.
 *
 * <p><b>Invariants:</b>
 *
 * <ul>
 *   <li>every request that was received whole is answered exactly once, unless the connection ends;
 *   <li>a write's payload is in a pooled buffer from before it is submitted until it has completed;
 *   <li>the reader waits for room only while the engine or the sender holds something that will signal it.
 * </ul>
 */
final class Transmission {
    private static final int STATUS_CHUNK_BYTES =
            NbdProtocol.CHUNK_HEADER_BYTES + Integer.BYTES + Extents.MAX * 2 * Integer.BYTES;

    private final Session session;
    private final NbdLimits limits;
    private final Inlet inlet;
    private final Replies replies;
    private final InFlight inFlight;
    private final BufferPool pool;
    private final BufferPool.Account account;
    private final NbdStats stats;
    private final RequestRules rules;
    private final Reads reads;

    /** The export holds writes back, until {@link #endGather}. */
    private boolean gathering;

    private final Request request = new Request();
    private final Extents extents = new Extents();

    Transmission(Session session, Connection.Parts parts) {
        Export export = session.export();
        this.session = session;
        this.limits = parts.limits();
        this.inlet = parts.inlet();
        this.replies = parts.replies();
        this.inFlight = parts.inFlight();
        this.pool = parts.pool();
        this.account = parts.account();
        this.stats = parts.stats();
        this.rules = new RequestRules(
                export.sizeBytes(),
                export.readOnly(),
                session.structured(),
                !session.contexts().isEmpty(),
                limits.requestBytes());
        this.reads = new Reads(session, replies, parts.outlet(), this::tryBorrow);
    }

    /** Serves until the client disconnects or leaves between requests. */
    void run() throws IOException, ProtocolViolation {
        inlet.beforeWait(this::answerAndFlush);
        try {
            serveAll();
        } finally {
            endGather();
        }
    }

    private void serveAll() throws IOException, ProtocolViolation {
        while (inlet.await(NbdProtocol.REQUEST_BYTES)) {
            request.take(inlet.buffer());
            if (request.type == NbdProtocol.CMD_DISC || session.export().cutOff()) {
                endGather();
                inFlight.awaitIdle();
                answerAndFlush();
                return;
            }
            stats.requests.increment();
            request.began = stats.times.now();
            serve();
        }
    }

    private void serve() throws IOException, ProtocolViolation {
        boolean carriesPayload = request.type == NbdProtocol.CMD_WRITE;
        if (carriesPayload && request.length > limits.requestBytes()) {
            throw new ProtocolViolation(
                    "a write of " + request.length + " bytes, allowed are " + limits.requestBytes());
        }
        NbdError error = rules.check(request);
        if (error != NbdError.NONE) {
            if (carriesPayload) {
                inlet.skip((int) request.length);
            }
            refuse(error);
            return;
        }
        if (!carriesPayload) {
            endGather(); // it may wait, and nobody else is to wait for that
        }
        switch (request.type) {
            case NbdProtocol.CMD_READ -> read();
            case NbdProtocol.CMD_WRITE -> write();
            case NbdProtocol.CMD_BLOCK_STATUS -> blockStatus();
            case NbdProtocol.CMD_CACHE -> cache();
            default -> submit();
        }
    }

    private void read() throws IOException, ProtocolViolation {
        if (reads.serve(request) == NbdError.NONE) {
            stats.readBytes.add(request.length);
        } else {
            stats.errors.increment();
        }
        recordTime();
    }

    private void recordTime() {
        stats.times.record(request.type, request.began, stats.times.now());
    }

    /** A range longer than any read is only taken note of: reading it would keep the other requests waiting. */
    private void cache() throws IOException {
        NbdError error = request.length > limits.requestBytes() ? NbdError.NONE : reads.ahead(request);
        if (error == NbdError.NONE) {
            replies.simple(request.cookie, 0);
        } else {
            refuse(error);
        }
    }

    /** The reader's own hold on the operation ends here, whatever happens; the engine's end with its completions. */
    private void write() throws IOException {
        Operation operation = take();
        operation.begin(request);
        boolean streamed = false;
        try {
            stream(operation);
            streamed = true;
        } finally {
            operation.complete(streamed ? IoStatus.OK : IoStatus.IO_ERROR);
        }
    }

    /** Streams a payload to the export in slices; a failed slice drops the rest, which is taken off the wire. */
    private void stream(Operation operation) throws IOException {
        Durability durability = durability();
        long offset = request.offset;
        int left = (int) request.length;
        while (left > 0 && !operation.failed()) {
            int count = Math.min(left, NbdLimits.SLICE_BYTES);
            PooledBuffer slice = borrow(count);
            receive(slice);
            slice.submit(operation);
            gather();
            try {
                session.export().write(offset, slice.view(), durability, slice);
            } catch (RuntimeException | Error e) {
                slice.abandon();
                throw e;
            }
            stats.writtenBytes.add(count);
            offset += count;
            left -= count;
        }
        inlet.skip(left);
    }

    private void receive(PooledBuffer slice) throws IOException {
        boolean received = false;
        try {
            inlet.readFully(slice.view());
            received = true;
        } finally {
            if (!received) {
                slice.release();
            }
        }
    }

    /** Hands over a request without payload. */
    private void submit() throws IOException {
        Operation operation = take();
        operation.begin(request);
        try {
            handOver(session.export(), operation);
        } catch (RuntimeException | Error e) {
            operation.abandon();
            throw e;
        }
    }

    private void handOver(Export export, Operation operation) {
        switch (request.type) {
            case NbdProtocol.CMD_FLUSH -> export.flush(operation);
            case NbdProtocol.CMD_TRIM -> export.trim(request.offset, request.length, durability(), operation);
            case NbdProtocol.CMD_WRITE_ZEROES -> zero(export, operation);
            default -> throw new IllegalStateException("command " + request.type + " passed the rules");
        }
    }

    private void zero(Export export, Operation operation) {
        boolean keepSpace = request.has(NbdProtocol.CMD_FLAG_NO_HOLE);
        boolean fast = request.has(NbdProtocol.CMD_FLAG_FAST_ZERO);
        if (keepSpace && fast) {
            // No export promises both at once, and ENOTSUP is what "not fast" is answered with.
            operation.complete(IoStatus.NOT_SUPPORTED);
            return;
        }
        ZeroMode mode = fast ? ZeroMode.FAST_ONLY : keepSpace ? ZeroMode.KEEP_SPACE : ZeroMode.MAY_PUNCH;
        export.writeZeroes(request.offset, request.length, mode, durability(), operation);
    }

    private void blockStatus() throws IOException {
        int most = request.has(NbdProtocol.CMD_FLAG_REQ_ONE) ? 1 : Extents.MAX;
        List<Context> contexts = session.contexts();
        // Room for all chunks at once: if a later one fails, none of the earlier has been sent.
        ByteBuffer out = replies.room(contexts.size() * STATUS_CHUNK_BYTES);
        int start = out.position();
        IoStatus status = IoStatus.OK;
        for (int i = 0; i < contexts.size() && status == IoStatus.OK; i++) {
            int flags = i == contexts.size() - 1 ? NbdProtocol.CHUNK_DONE : 0;
            status = blockStatus(contexts.get(i), most, out, flags);
        }
        recordTime();
        if (status != IoStatus.OK) {
            out.position(start);
            refuse(NbdError.of(status));
        }
    }

    /** Appends the chunk of one context. */
    private IoStatus blockStatus(Context context, int most, ByteBuffer out, int flags) {
        int start = out.position();
        int payload = start + NbdProtocol.CHUNK_HEADER_BYTES;
        out.position(payload).putInt(context.id());
        extents.begin(out, request.length, most);
        IoStatus status = switch (context) {
            case Context.Allocation _ -> session.export().blockStatus(request.offset, request.length, most, extents);
            case Context.Dirty dirty -> dirty.changes().changes(request.offset, request.length, most, extents::changed);
        };
        int end = out.position();
        if (status == IoStatus.OK && end == payload + Integer.BYTES) {
            return IoStatus.IO_ERROR; // The protocol demands an extent, and there is none.
        }
        out.position(start);
        Replies.putChunk(out, flags, NbdProtocol.CHUNK_BLOCK_STATUS, request.cookie, end - payload);
        out.position(end);
        return status;
    }

    private void refuse(NbdError error) throws IOException {
        stats.errors.increment();
        boolean chunked = request.type == NbdProtocol.CMD_READ || request.type == NbdProtocol.CMD_BLOCK_STATUS;
        if (chunked && session.structured()) {
            replies.errorChunk(request.cookie, error);
        } else {
            replies.simple(request.cookie, error.code());
        }
    }

    private Durability durability() {
        return request.has(NbdProtocol.CMD_FLAG_FUA) ? Durability.FORCED : Durability.BUFFERED;
    }

    /** Returns an operation, waiting for one to end if as many are in flight as the limit admits. */
    private Operation take() throws IOException {
        while (true) {
            long mark = inFlight.mark();
            Operation operation = inFlight.tryTake();
            if (operation != null) {
                return operation;
            }
            waitForRoom(mark);
        }
    }

    private PooledBuffer borrow(int bytes) throws IOException {
        while (true) {
            long mark = inFlight.mark();
            PooledBuffer buffer = pool.tryBorrow(account, bytes);
            if (buffer != null) {
                return buffer;
            }
            waitForRoom(mark);
        }
    }

    /** For reads, which hold several buffers at once and must not wait for more. */
    private @Nullable PooledBuffer tryBorrow(int bytes) {
        return pool.tryBorrow(account, bytes);
    }

    private void waitForRoom(long mark) throws IOException {
        answerAndFlush();
        inFlight.awaitEvent(mark);
        if (inFlight.ended()) {
            throw new IOException("the connection was closed while it waited for the engine");
        }
    }

    /** Lets the export wait for the other writes that have been received. */
    private void gather() {
        if (!gathering) {
            gathering = true;
            session.export().gather();
        }
    }

    private void endGather() {
        if (gathering) {
            gathering = false;
            session.export().submit();
        }
    }

    /** Has begun what was received, answers what the engine has completed, and sends all replies. */
    private void answerAndFlush() throws IOException {
        endGather();
        Operation operation = inFlight.takeCompleted();
        long answered = operation == null ? 0 : stats.times.now();
        while (operation != null) {
            Operation next = operation.next;
            stats.times.record(operation.command(), operation.began(), answered);
            NbdError error = operation.error();
            if (error != NbdError.NONE) {
                stats.errors.increment();
            }
            replies.simple(operation.cookie(), error.code());
            inFlight.recycle(operation);
            operation = next;
        }
        replies.flush();
    }
}
