/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

import dev.gnomon.export.Export.Durability;
import dev.gnomon.export.Export.ZeroMode;
import dev.gnomon.protocol.nbd.NbdAddress;
import dev.gnomon.protocol.nbd.NbdProtocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One connection to an NBD export. Thread-safe: many requests may be in flight, from many threads.
 *
 * <p>The blocking methods wait for the server's answer; the {@code submit} ones return at once and call back on the
 * receiving thread. Buffers must stay untouched until then; afterwards a good request has moved its buffer's position to
 * the limit. At most {@value #IN_FLIGHT_MAX} requests are in flight: a further submission waits, except from a callback,
 * where it may exceed the bound by as much again and then fails.
 *
 * <p>Ranges are not checked here: the server's answer is what callers want to see. The server is not trusted: an answer that
 * breaks the protocol, does not fit its request or does not come breaks the connection, and every request in flight fails.
 */
public final class NbdClient implements AutoCloseable {
    /** Requests in flight that submissions do not wait for; as many as a server of ours takes from one connection. */
    public static final int IN_FLIGHT_MAX = 128;

    /** Takes the end of a request. */
    @FunctionalInterface
    public interface Callback {
        /**
         * Called exactly once on the receiving thread; must not wait for other requests of the same client.
         *
         * @param failure null if the server acknowledged the request
         */
        void done(@Nullable NbdException failure);
    }

    private final NbdAddress address;
    private final NbdExportInfo info;
    private final Pipeline pipeline;

    private NbdClient(NbdAddress address, NbdExportInfo info, Pipeline pipeline) {
        this.address = address;
        this.info = info;
        this.pipeline = pipeline;
    }

    /** Connects and opens an export, in the clear and with the usual time-outs. */
    public static NbdClient connect(NbdAddress address, String export) throws IOException {
        return connect(address, export, NbdTimeouts.DEFAULT, NbdSecurity.NONE);
    }

    /**
     * Connects and opens an export.
     *
     * @throws NbdException if the server has no such export, is none, says nothing for too long, or does not prove with
     *     TLS what it must
     * @throws IOException if nobody answers at the address, or the connection ends
     */
    public static NbdClient connect(NbdAddress address, String export, NbdTimeouts timeouts, NbdSecurity security)
            throws IOException {
        return negotiate(address, timeouts, security, (handshake, wire) -> {
            NbdExportInfo info = handshake.enter(export);
            return () -> new NbdClient(
                    address,
                    info,
                    new Pipeline(wire, address + " " + export, handshake.agreement(), timeouts.replyMs()));
        });
    }

    /** Returns the names of all exports of a server. */
    public static List<String> list(NbdAddress address) throws IOException {
        return list(address, NbdTimeouts.DEFAULT, NbdSecurity.NONE);
    }

    /** Returns the names of all exports of a server. */
    public static List<String> list(NbdAddress address, NbdTimeouts timeouts, NbdSecurity security) throws IOException {
        return negotiate(address, timeouts, security, (handshake, wire) -> {
            List<String> names = handshake.list();
            wire.close();
            return () -> names;
        });
    }

    /** Returns what the server told of the export. */
    public NbdExportInfo info() {
        return info;
    }

    /** Returns the size of the export in bytes. */
    public long sizeBytes() {
        return info.sizeBytes();
    }

    /** Reads into the whole remaining buffer. */
    public void read(long offsetBytes, ByteBuffer target) throws NbdException {
        await(callback -> submitRead(offsetBytes, target, callback));
    }

    /** Writes the whole remaining buffer. */
    public void write(long offsetBytes, ByteBuffer source, Durability durability) throws NbdException {
        await(callback -> submitWrite(offsetBytes, source, durability, callback));
    }

    /** Makes every acknowledged write durable. */
    public void flush() throws NbdException {
        await(this::submitFlush);
    }

    /** Tells that a range is not needed; its length is 1 to 2^32 - 1 bytes. */
    public void trim(long offsetBytes, long lengthBytes, Durability durability) throws NbdException {
        await(callback -> submitTrim(offsetBytes, lengthBytes, durability, callback));
    }

    /** Makes a range read as zeros; its length is 1 to 2^32 - 1 bytes. */
    public void writeZeroes(long offsetBytes, long lengthBytes, ZeroMode mode, Durability durability)
            throws NbdException {
        await(callback -> submitWriteZeroes(offsetBytes, lengthBytes, mode, durability, callback));
    }

    /** Returns the extents at the start of a range, at least one; they may end before the range does. */
    public List<NbdExtent> blockStatus(long offsetBytes, long lengthBytes) throws NbdException {
        CompletableFuture<@Nullable Void> answer = new CompletableFuture<>();
        Call call = new Call(NbdProtocol.CMD_BLOCK_STATUS, 0, offsetBytes, lengthBytes, null, settle(answer));
        pipeline.submit(call);
        join(answer);
        return List.copyOf(call.extents);
    }

    /** Starts {@link #read}. */
    public void submitRead(long offsetBytes, ByteBuffer target, Callback callback) {
        pipeline.submit(new Call(NbdProtocol.CMD_READ, 0, offsetBytes, target.remaining(), target, callback));
    }

    /** Starts {@link #write}. */
    public void submitWrite(long offsetBytes, ByteBuffer source, Durability durability, Callback callback) {
        pipeline.submit(
                new Call(NbdProtocol.CMD_WRITE, fua(durability), offsetBytes, source.remaining(), source, callback));
    }

    /** Starts {@link #flush}. */
    public void submitFlush(Callback callback) {
        pipeline.submit(new Call(NbdProtocol.CMD_FLUSH, 0, 0, 0, null, callback));
    }

    /** Starts {@link #trim}. */
    public void submitTrim(long offsetBytes, long lengthBytes, Durability durability, Callback callback) {
        pipeline.submit(new Call(NbdProtocol.CMD_TRIM, fua(durability), offsetBytes, lengthBytes, null, callback));
    }

    /** Starts {@link #writeZeroes}. */
    public void submitWriteZeroes(
            long offsetBytes, long lengthBytes, ZeroMode mode, Durability durability, Callback callback) {
        int flags = switch (mode) {
            case MAY_PUNCH -> 0;
            case KEEP_SPACE -> NbdProtocol.CMD_FLAG_NO_HOLE;
            case FAST_ONLY -> NbdProtocol.CMD_FLAG_FAST_ZERO;
        };
        pipeline.submit(new Call(
                NbdProtocol.CMD_WRITE_ZEROES, flags | fua(durability), offsetBytes, lengthBytes, null, callback));
    }

    /** Disconnects in good order: the server ends what is in flight first, for 5 s at most. A second close does nothing. */
    @Override
    public void close() {
        pipeline.close();
    }

    /** Drops the connection without a word, as a client that crashed would. Requests in flight fail. */
    public void abort() {
        pipeline.abort();
    }

    @Override
    public String toString() {
        return "NBD client of " + address;
    }

    private interface Submission {
        void submit(Callback callback);
    }

    private static void await(Submission submission) throws NbdException {
        CompletableFuture<@Nullable Void> answer = new CompletableFuture<>();
        submission.submit(settle(answer));
        join(answer);
    }

    private static Callback settle(CompletableFuture<@Nullable Void> answer) {
        return failure -> {
            if (failure == null) {
                answer.complete(null);
            } else {
                answer.completeExceptionally(failure);
            }
        };
    }

    private static void join(CompletableFuture<@Nullable Void> answer) throws NbdException {
        try {
            answer.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof NbdException failure) {
                throw failure.code() == NbdException.NO_CODE
                        ? new NbdException(String.valueOf(failure.getMessage()), failure)
                        : new NbdException(String.valueOf(failure.getMessage()), failure.code());
            }
            throw e;
        }
    }

    private static int fua(Durability durability) {
        return durability == Durability.FORCED ? NbdProtocol.CMD_FLAG_FUA : 0;
    }

    private interface Negotiation<T> {
        /** Negotiates; what it returns is called if that was in time. */
        Supplier<T> run(ClientHandshake handshake, Wire wire) throws IOException;
    }

    /** Connects and negotiates before a deadline; the connection is closed if either fails. */
    private static <T> T negotiate(
            NbdAddress address, NbdTimeouts timeouts, NbdSecurity security, Negotiation<T> negotiation)
            throws IOException {
        SocketTransport socket = SocketTransport.open(address);
        Wire wire = new Wire(socket);
        Deadline deadline = new Deadline(timeouts.negotiationMs(), () -> closeQuietly(wire));
        boolean succeeded = false;
        try {
            connect(socket, address);
            ClientHandshake handshake = new ClientHandshake(wire);
            handshake.greet();
            if (security instanceof NbdSecurity.Tls tls) {
                handshake.startTls(tls.credentials().clientEngine(tls.serverName()));
            }
            Supplier<T> result = negotiation.run(handshake, wire);
            if (deadline.met()) {
                succeeded = true;
                return result.get();
            }
            throw late(address, timeouts, null);
        } catch (IOException e) {
            throw deadline.met() ? e : late(address, timeouts, e);
        } finally {
            if (!succeeded) {
                closeQuietly(wire);
            }
        }
    }

    private static void connect(SocketTransport socket, NbdAddress address) throws IOException {
        try {
            socket.connect(address);
        } catch (IOException e) {
            throw new IOException("cannot reach the NBD server at " + address + ": " + e.getMessage(), e);
        }
    }

    private static NbdException late(NbdAddress address, NbdTimeouts timeouts, @Nullable IOException cause) {
        NbdException late = NbdException.broken("the NBD server at " + address + " has not finished negotiation within "
                + timeouts.negotiationMs() + " ms");
        if (cause != null) {
            late.addSuppressed(cause);
        }
        return late;
    }

    private static void closeQuietly(Wire wire) {
        try {
            wire.close();
        } catch (IOException e) {
            // The connection is of no further use either way.
        }
    }
}
