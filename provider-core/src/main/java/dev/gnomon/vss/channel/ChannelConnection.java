/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.ipc.Link;
import dev.gnomon.observe.EventId;
import dev.gnomon.vss.Hresult;
import dev.gnomon.vss.Provider;
import dev.gnomon.vss.ProviderAnswer;
import dev.gnomon.vss.ProviderCall;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * One host process of the shim. A thread of its own reads; each request is carried out on a thread of the server's pool, so that Abort
 * overtakes EndPrepare and replies leave as they are done.
 *
 * <p><b>Invariants:</b> at most {@link ChannelProtocol#MAX_IN_PROGRESS} requests are in progress; when the peer goes, breaks the protocol, or
 * this end closes, its unfinished sets are discarded at once, whatever its requests still do. Between the request and the reply of
 * CommitSnapshots no file and no log is touched here.
 *
 * <p>States: handshake, open, closed.
 */
final class ChannelConnection {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelConnection.class);
    private static final ObjectNode NO_FAULT = ChannelJson.object();

    private final ChannelServer server;
    private final Link link;
    private final FrameLink frames;
    private final ReplySender replies;
    private final Semaphore places = new Semaphore(ChannelProtocol.MAX_IN_PROGRESS);
    private final Set<Long> inProgress = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile boolean proven;
    private volatile Thread thread = Thread.currentThread();

    ChannelConnection(ChannelServer server, Link link) {
        this.server = server;
        this.link = link;
        this.frames = new FrameLink(link, server.clock()::nanoTime);
        this.replies = new ReplySender(frames);
    }

    void start(String name) {
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
        thread.start();
    }

    Thread thread() {
        return thread;
    }

    /** Returns whether the handshake is behind it. */
    boolean proven() {
        return proven;
    }

    /** Ends the connection; its thread does the rest. */
    void closeNow() {
        closed.countDown();
        try {
            link.close();
        } catch (IOException e) {
            LOG.debug("Closing a connection of the VSS channel failed", e);
        }
    }

    private void run() {
        try {
            @Nullable String peer = server.handshake().run(frames, () -> proven = true);
            if (peer != null) {
                serve(peer);
            }
        } catch (Handshake.WrongProofException e) {
            server.tell(EventId.VSS_WRONG_PROOF, "a process was turned away: " + e.getMessage());
        } catch (ChannelException e) {
            server.tell(EventId.VSS_CHANNEL_VIOLATED, "a connection was closed: " + e.getMessage());
        } catch (IOException e) {
            LOG.debug("A connection of the VSS channel ended", e);
        } catch (RuntimeException | Error e) {
            server.tell(EventId.VSS_CHANNEL_DEFECT, "a connection failed: " + e);
            LOG.debug(EventId.VSS_CHANNEL_DEFECT.id(), e);
        } finally {
            closeNow();
            server.ended(this);
        }
    }

    private void serve(String peer) throws IOException, ChannelException {
        try (Provider.Connection provider = server.provider().connect(peer)) {
            while (true) {
                byte @Nullable [] frame = frames.read(Long.MAX_VALUE / 2);
                if (frame == null) {
                    return;
                }
                long readNanos = server.clock().nanoTime();
                CallCodec.Decoded request = CallCodec.decode(ChannelJson.parse(frame));
                if (!inProgress.add(request.id())) {
                    throw new ChannelException("id: " + request.id() + "; a request with it is in progress");
                }
                places.acquireUninterruptibly();
                dispatch(provider, peer, request, readNanos);
            }
        } finally {
            // First the sets, then the trace, which only tells of them.
            server.trace().forget(peer);
        }
    }

    private void dispatch(Provider.Connection provider, String peer, CallCodec.Decoded request, long readNanos) {
        try {
            server.pool().execute(() -> {
                try {
                    carryOut(provider, peer, request, readNanos);
                } finally {
                    inProgress.remove(request.id());
                    places.release();
                }
            });
        } catch (RejectedExecutionException e) {
            places.release();
            closeNow(); // The server is being closed.
        }
    }

    private void carryOut(Provider.Connection provider, String peer, CallCodec.Decoded decoded, long readNanos) {
        try {
            @Nullable ChannelRequest request = decoded.request();
            if (request == null) {
                ProviderAnswer refusal = ProviderAnswer.failed(decoded.hresult(), decoded.reason());
                replies.send(decoded.id(), refusal, NO_FAULT);
            } else {
                answer(provider, peer, request, readNanos);
            }
        } catch (IOException e) {
            LOG.debug("A reply of the VSS channel could not be sent", e);
            closeNow();
        } catch (RuntimeException | Error e) {
            server.tell(EventId.VSS_CHANNEL_DEFECT, "a request failed: " + e);
            LOG.debug(EventId.VSS_CHANNEL_DEFECT.id(), e);
            closeNow();
        }
    }

    private void answer(Provider.Connection provider, String peer, ChannelRequest request, long readNanos)
            throws IOException {
        Trace.Begun begun = server.trace().begin(peer, request.object(), request.call());
        Optional<FaultTable.Hit> hit = server.faults().take(request.call());
        @Nullable FaultAction fault = hit.map(FaultTable.Hit::action).orElse(null);
        if (fault instanceof FaultAction.KillEngine) {
            server.die(request.call());
        }
        ProviderAnswer answer =
                call(provider, request, readNanos + TimeUnit.MILLISECONDS.toNanos(request.withinMillis()));
        if (fault instanceof FaultAction.Stall(Duration time)) {
            await(time);
        }
        String text = hit.map(FaultTable.Hit::text).orElse("");
        Trace.Answered answered = server.trace().answered(begun);
        boolean held = request.call() instanceof ProviderCall.CommitSnapshots;
        if (!held) {
            server.trace().record(answered, answer, text);
        }
        try {
            reply(request.id(), answer, fault);
        } finally {
            if (held) {
                server.trace().record(answered, answer, text);
            }
        }
    }

    private void reply(long id, ProviderAnswer answer, @Nullable FaultAction fault) throws IOException {
        switch (fault) {
            case null -> replies.send(id, answer, NO_FAULT);
            case FaultAction.Mute _ -> {}
            case FaultAction.Garble _ -> replies.sendGarbage();
            default -> replies.send(id, answer, fault.forShim().orElse(NO_FAULT));
        }
    }

    /** A defect of the provider is a veto, and told: a requester must get an answer that VSS documents. */
    private ProviderAnswer call(Provider.Connection provider, ChannelRequest request, long deadlineNanos) {
        try {
            return provider.call(request.object(), request.context(), request.call(), deadlineNanos);
        } catch (RuntimeException | Error e) {
            ProviderCall call = request.call();
            server.tell(EventId.VSS_CHANNEL_DEFECT, CallCodec.name(call) + " failed: " + e);
            LOG.debug(EventId.VSS_CHANNEL_DEFECT.id(), e);
            return ProviderAnswer.failed(
                    e instanceof OutOfMemoryError ? Hresult.E_OUTOFMEMORY : Hresult.VSS_E_PROVIDER_VETO,
                    "internal error in the service: " + e);
        }
    }

    /** Waits, unless the connection ends before. */
    private void await(Duration time) {
        try {
            boolean _ = closed.await(time.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts threads here", e);
        }
    }
}
