/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

import dev.gnomon.protocol.nbd.NbdProtocol;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The requests in flight of one connection: a sending and a receiving thread, so that neither waits for the other.
 *
 * <p><b>Invariants</b> (under {@link #lock}): {@code inFlight} holds every call that was accepted and not ended, at most
 * twice {@link NbdClient#IN_FLIGHT_MAX}; {@code unsent} holds those of them that the sender has not taken; once
 * {@code broken} is set both are empty. Callbacks run without the lock.
 */
final class Pipeline {
    private static final int CALLBACK_IN_FLIGHT_MAX = 2 * NbdClient.IN_FLIGHT_MAX;
    private static final int CLOSE_SECONDS_MAX = 5;
    private static final int SEND_BYTES = 256 << 10;
    /** How many looks without progress make a server silent. */
    private static final int LOOKS = 4;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Condition work = lock.newCondition();
    private final Map<Long, Call> inFlight = new HashMap<>();
    private final ArrayDeque<Call> unsent = new ArrayDeque<>();
    private final CompletableFuture<@Nullable Void> receiverEnd = new CompletableFuture<>();
    private final ByteBuffer out = ByteBuffer.allocateDirect(SEND_BYTES);
    private final Wire wire;
    private final ReplyReader.Agreement agreed;
    private final int replyMs;
    private final Executor later;
    private final Thread receiver;
    private long lastCookie;
    private boolean closing;
    private @Nullable NbdException broken;

    Pipeline(Wire wire, String name, ReplyReader.Agreement agreed, int replyMs) {
        this.wire = wire;
        this.agreed = agreed;
        this.replyMs = replyMs;
        this.later = CompletableFuture.delayedExecutor(Math.max(1, replyMs / LOOKS), TimeUnit.MILLISECONDS);
        this.receiver =
                Thread.ofPlatform().daemon().name("nbd-client-receive " + name).unstarted(this::receive);
        receiver.start();
        Thread.ofPlatform().daemon().name("nbd-client-send " + name).start(this::send);
        later.execute(() -> look(0, 0));
    }

    /** Looks from time to time whether the server, if it owes replies, has sent anything since; gives up if not. */
    private void look(int silentLooks, long progressBefore) {
        long progress = wire.progress();
        boolean owes;
        lock.lock();
        try {
            if (broken != null) {
                return;
            }
            owes = !inFlight.isEmpty();
        } finally {
            lock.unlock();
        }
        // The first look at a request only starts the count: it may have been sent a moment ago.
        int looks = !owes ? 0 : progress == progressBefore ? silentLooks + 1 : 1;
        if (looks > LOOKS) {
            fail(NbdException.broken("the server has sent nothing for " + replyMs + " ms, with requests in flight"));
            return;
        }
        later.execute(() -> look(looks, progress));
    }

    /** Queues a call; it fails by its callback if the connection is of no more use. */
    void submit(Call call) {
        NbdException failure;
        lock.lock();
        try {
            while (Thread.currentThread() != receiver
                    && broken == null
                    && !closing
                    && inFlight.size() >= NbdClient.IN_FLIGHT_MAX) {
                room.awaitUninterruptibly();
            }
            failure = refusal();
            if (failure == null) {
                call.cookie = ++lastCookie;
                inFlight.put(call.cookie, call);
                unsent.add(call);
                work.signal();
            }
        } finally {
            lock.unlock();
        }
        if (failure != null) {
            call.callback.done(failure);
        }
    }

    void close() {
        lock.lock();
        try {
            closing = true;
            work.signal();
            room.signalAll();
        } finally {
            lock.unlock();
        }
        if (Thread.currentThread() != receiver) {
            receiverEnd
                    .completeOnTimeout(null, CLOSE_SECONDS_MAX, TimeUnit.SECONDS)
                    .join();
        }
        abort();
    }

    void abort() {
        fail(NbdException.broken("the connection was closed here"));
    }

    private @Nullable NbdException refusal() {
        if (broken != null) {
            return broken;
        }
        if (closing) {
            return NbdException.broken("the connection is being closed");
        }
        if (inFlight.size() >= CALLBACK_IN_FLIGHT_MAX) {
            return NbdException.broken("more than " + CALLBACK_IN_FLIGHT_MAX + " requests in flight");
        }
        return null;
    }

    private void send() {
        List<Call> batch = new ArrayList<>();
        try {
            while (takeUnsent(batch)) {
                for (Call call : batch) {
                    put(call);
                }
                batch.clear();
                flush();
            }
            putHeader(NbdProtocol.CMD_DISC, 0, 0, 0, 0);
            flush();
            wire.endOutput();
        } catch (IOException e) {
            fail(new NbdException("sending failed: " + e.getMessage(), e));
        }
    }

    /** Waits for calls; returns false when all were sent and the connection is to be closed. */
    private boolean takeUnsent(List<Call> batch) throws IOException {
        lock.lock();
        try {
            while (unsent.isEmpty() && !closing && broken == null) {
                work.awaitUninterruptibly();
            }
            if (broken != null) {
                throw new IOException("the connection is closed");
            }
            batch.addAll(unsent);
            unsent.clear();
            return !batch.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    private void put(Call call) throws IOException {
        putHeader(call.type, call.flags, call.cookie, call.offsetBytes, call.lengthBytes);
        ByteBuffer payload = call.data;
        if (call.type != NbdProtocol.CMD_WRITE || payload == null) {
            return;
        }
        if (payload.remaining() > out.remaining()) {
            flush();
        }
        if (payload.remaining() <= out.remaining()) {
            out.put(out.position(), payload, payload.position(), payload.remaining());
            out.position(out.position() + payload.remaining());
        } else {
            wire.send(payload.duplicate());
        }
    }

    private void putHeader(int type, int flags, long cookie, long offset, long length) throws IOException {
        if (out.remaining() < NbdProtocol.REQUEST_BYTES) {
            flush();
        }
        out.putInt(NbdProtocol.REQUEST_MAGIC)
                .putShort((short) flags)
                .putShort((short) type)
                .putLong(cookie)
                .putLong(offset)
                .putInt((int) length);
    }

    private void flush() throws IOException {
        out.flip();
        wire.send(out);
        out.clear();
    }

    private void receive() {
        ReplyReader replies = new ReplyReader(wire, agreed, this::find);
        try {
            while (!wire.ended()) {
                Call ended = replies.next();
                if (ended != null) {
                    end(ended);
                }
            }
            fail(NbdException.broken("the server closed the connection"));
        } catch (IOException e) {
            fail(e instanceof NbdException known ? known : new NbdException("receiving failed: " + e.getMessage(), e));
        } catch (RuntimeException | Error e) {
            fail(new NbdException("a callback failed: " + e, e));
        } finally {
            receiverEnd.complete(null);
        }
    }

    private @Nullable Call find(long cookie) {
        lock.lock();
        try {
            return inFlight.get(cookie);
        } finally {
            lock.unlock();
        }
    }

    private void end(Call call) {
        boolean mine;
        lock.lock();
        try {
            mine = inFlight.remove(call.cookie) != null;
            room.signal();
        } finally {
            lock.unlock();
        }
        if (mine) {
            call.end();
        }
    }

    /** Breaks the connection; the first reason counts, and every call in flight fails with it. */
    private void fail(NbdException reason) {
        List<Call> lost;
        lock.lock();
        try {
            if (broken == null) {
                broken = reason;
            }
            lost = List.copyOf(inFlight.values());
            inFlight.clear();
            unsent.clear();
            room.signalAll();
            work.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            wire.close();
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
        for (Call call : lost) {
            call.callback.done(reason);
        }
    }
}
