/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.io.Clock;
import dev.gnomon.ipc.Link;
import dev.gnomon.ipc.LinkServer;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import dev.gnomon.vss.Hresult;
import dev.gnomon.vss.Provider;
import dev.gnomon.vss.ProviderAnswer;
import dev.gnomon.vss.ProviderCall;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for the COM shim and hands its calls to a provider. Thread-safe.
 *
 * <p><b>Invariants:</b> at most {@link ChannelProtocol#MAX_CONNECTIONS} connections are open, of which at most {@link
 * ChannelProtocol#MAX_UNPROVEN} are in the handshake; nothing is carried out for a peer that the system does not vouch for and that did
 * not prove that it knows the secret.
 *
 * <p>Requests run on platform threads: calls of the provider wait for devices in system calls, which would hold the few carriers of
 * virtual threads, and with them a commit.
 */
public final class ChannelServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ChannelServer.class);

    /** Threads that are always there, so that CommitSnapshots finds one. */
    private static final int READY_THREADS = 4;

    private static final int MAX_THREADS = ChannelProtocol.MAX_CONNECTIONS * ChannelProtocol.MAX_IN_PROGRESS;
    private static final long THREAD_LIFE_SECONDS = 30;

    /** How long closing waits for connections to end. */
    private static final long CLOSE_MILLIS = 5_000;

    /** Wait after a failed accept, such as one for want of handles, before the next. */
    private static final long ACCEPT_RETRY_MILLIS = 200;

    private final LinkServer links;
    private final Parts parts;
    private final Handshake handshake;
    private final CountDownLatch closing;
    private final Set<ChannelConnection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong accepted = new AtomicLong();
    private final ThreadPoolExecutor pool;
    private final Thread acceptor;

    /**
     * What the server works with.
     *
     * @param faults what goes wrong on purpose; an empty table in normal life
     * @param end ends this process at once, for a fault that asks for it
     */
    public record Parts(
            Provider provider,
            Clock clock,
            Events events,
            FaultTable faults,
            Trace trace,
            String version,
            Runnable end) {}

    private ChannelServer(LinkServer links, Parts parts, Optional<Handshake.Proofs> proofs) {
        this.links = links;
        this.parts = parts;
        this.closing = new CountDownLatch(1);
        this.handshake = new Handshake(parts.clock(), parts.version(), proofs, closing);
        AtomicLong number = new AtomicLong();
        this.pool = new ThreadPoolExecutor(
                READY_THREADS,
                MAX_THREADS,
                THREAD_LIFE_SECONDS,
                TimeUnit.SECONDS,
                new SynchronousQueue<>(),
                task -> Thread.ofPlatform()
                        .name("vss-call-" + number.incrementAndGet())
                        .daemon()
                        .unstarted(task));
        this.acceptor = Thread.ofPlatform().name("vss-accept").daemon().unstarted(this::accept);
    }

    /** Serves peers that the system vouches for; takes over the link server. */
    public static ChannelServer overTrusted(LinkServer links, Parts parts) {
        return start(new ChannelServer(links, parts, Optional.empty()));
    }

    /** Serves peers that know the secret of a channel file; takes over the link server. */
    static ChannelServer overSecret(LinkServer links, ChannelSecret secret, int port, Parts parts) {
        Handshake.Proofs proofs = new Handshake.Proofs(secret, port, new FailureGate(parts.clock()));
        return start(new ChannelServer(links, parts, Optional.of(proofs)));
    }

    private static ChannelServer start(ChannelServer server) {
        rehearse();
        server.pool.prestartAllCoreThreads();
        server.acceptor.start();
        return server;
    }

    /** Loads what a commit needs: while writes are held no class may be looked for. */
    private static void rehearse() {
        try {
            ChannelRequest commit =
                    new ChannelRequest(1, 1, 0, 1_000, new ProviderCall.CommitSnapshots(new UUID(0, 0)));
            CallCodec.decode(ChannelJson.parse(ChannelJson.toBytes(CallCodec.encode(commit))));
            ProviderAnswer answer = ProviderAnswer.failed(Hresult.VSS_E_PROVIDER_VETO, "rehearsal");
            new PlainReply().encode(1, answer.hresult(), answer.reason(), new byte[0]);
        } catch (ChannelException e) {
            throw new IllegalStateException("the service cannot read its own request", e);
        }
    }

    /** Returns where it listens, for people. */
    public String address() {
        return links.address();
    }

    /** Returns how many host processes are connected. */
    public int connections() {
        return (int) connections.stream().filter(ChannelConnection::proven).count();
    }

    /** Stops listening and ends every connection, which discards what is unfinished. */
    @Override
    public void close() {
        closing.countDown();
        try {
            links.close();
        } catch (IOException e) {
            LOG.debug("Closing the VSS channel failed", e);
        }
        connections.forEach(ChannelConnection::closeNow);
        long deadline = parts.clock().nanoTime() + TimeUnit.MILLISECONDS.toNanos(CLOSE_MILLIS);
        join(acceptor, deadline);
        // Accepted while the others were being closed.
        connections.forEach(ChannelConnection::closeNow);
        for (ChannelConnection connection : connections) {
            join(connection.thread(), deadline);
        }
        pool.shutdown();
    }

    Provider provider() {
        return parts.provider();
    }

    Clock clock() {
        return parts.clock();
    }

    FaultTable faults() {
        return parts.faults();
    }

    Trace trace() {
        return parts.trace();
    }

    Handshake handshake() {
        return handshake;
    }

    ThreadPoolExecutor pool() {
        return pool;
    }

    void tell(EventId id, String message) {
        parts.events().tell(Event.of(id, "VSS channel: " + message));
    }

    void die(ProviderCall call) {
        tell(EventId.VSS_FAULT_KILLED, "the service ends at " + CallCodec.name(call) + ", as a fault demands");
        parts.end().run();
    }

    void ended(ChannelConnection connection) {
        connections.remove(connection);
    }

    private void accept() {
        while (closing.getCount() > 0) {
            try {
                admit(links.accept());
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                tell(EventId.VSS_ACCEPT_FAILED, "a connection could not be accepted: " + e.getMessage());
                awaitClosing();
            }
        }
    }

    private void admit(Link link) throws IOException {
        long unproven = connections.stream().filter(each -> !each.proven()).count();
        if (closing.getCount() == 0
                || connections.size() >= ChannelProtocol.MAX_CONNECTIONS
                || unproven >= ChannelProtocol.MAX_UNPROVEN) {
            link.close();
            return;
        }
        ChannelConnection connection = new ChannelConnection(this, link);
        connections.add(connection);
        connection.start("vss-channel-" + accepted.incrementAndGet());
    }

    private void awaitClosing() {
        try {
            boolean _ = closing.await(ACCEPT_RETRY_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts threads here", e);
        }
    }

    private void join(Thread thread, long deadline) {
        try {
            long millis = TimeUnit.NANOSECONDS.toMillis(deadline - parts.clock().nanoTime());
            thread.join(Math.max(1, millis));
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts threads here", e);
        }
    }
}
