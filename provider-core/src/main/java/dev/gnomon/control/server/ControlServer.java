/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.server;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.FrameChannel;
import dev.gnomon.control.Json;
import dev.gnomon.control.Reply;
import dev.gnomon.ipc.Link;
import dev.gnomon.ipc.LinkServer;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens for clients and gives each a thread of its own. Thread-safe.
 *
 * <p><b>Invariants:</b> whom the listener refuses is turned away before a byte of it is read; at most {@link
 * ControlLimits#clients()} connections are open.
 */
public final class ControlServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);

    /** Wait after a failed accept, such as one for want of file descriptors, before the next. */
    private static final int ACCEPT_RETRY_MS = 200;

    private final LinkServer listener;
    private final RequestHandler handler;
    private final ControlLimits limits;
    private final Events events;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong accepted = new AtomicLong();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread acceptor;

    private ControlServer(LinkServer listener, RequestHandler handler, ControlLimits limits, Events events) {
        this.events = events;
        this.listener = listener;
        this.handler = handler;
        this.limits = limits;
        this.acceptor = Thread.ofPlatform().name("control-accept").daemon().unstarted(this::accept);
    }

    /** Starts to listen on a Unix socket, as {@link ControlSocket#open}. */
    public static ControlServer open(Path path, RequestHandler handler, ControlLimits limits, Events events)
            throws IOException {
        return over(ControlSocket.open(path), handler, limits, events);
    }

    /** Serves who connects to a listener, and takes that over. */
    public static ControlServer over(LinkServer listener, RequestHandler handler, ControlLimits limits, Events events) {
        ControlServer server = new ControlServer(listener, handler, limits, events);
        server.acceptor.start();
        return server;
    }

    /** Stops admitting clients and removes the socket; requests being carried out are still answered. */
    public void stopAccepting() {
        closing.countDown();
        try {
            listener.close();
        } catch (IOException e) {
            events.tell(Event.of(
                    EventId.CONTROL_SOCKET_LEFT,
                    "cannot remove the control socket " + listener.address() + ": " + e.getMessage()));
        }
        joinQuietly(acceptor, limits.frameMs());
    }

    /** Stops, lets answers on their way be sent, for a bounded time, and closes every connection. */
    @Override
    public void close() {
        stopAccepting();
        connections.forEach(Connection::closeIfIdle);
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limits.frameMs());
        for (Connection connection : connections) {
            long remainingMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
            joinQuietly(connection.thread(), Math.max(1, remainingMs));
        }
        connections.forEach(Connection::closeNow);
    }

    private void accept() {
        while (closing.getCount() > 0) {
            try {
                admit(listener.accept());
            } catch (ClosedChannelException e) {
                return;
            } catch (IOException e) {
                events.tell(
                        Event.of(EventId.CONTROL_ACCEPT_FAILED, "cannot accept a control client: " + e.getMessage()));
                awaitClosing(ACCEPT_RETRY_MS);
            }
        }
    }

    private void admit(Link link) {
        String refusal = link.refusal();
        ErrorKind kind = ErrorKind.PERMISSION;
        if (refusal.isEmpty() && connections.size() >= limits.clients()) {
            refusal = "the service has " + limits.clients() + " clients, as many as it admits: try again";
            kind = ErrorKind.BUSY;
        }
        FrameChannel frames = new FrameChannel(link);
        if (!refusal.isEmpty()) {
            try (frames) {
                // A new socket has room for this frame, so that nobody can hold up the accepting thread.
                frames.write(Json.toBytes(new Reply.Failure(0, kind, refusal).toJson()), 1);
            } catch (IOException | ControlException e) {
                LOG.debug("A client that was turned away did not wait for the reason", e);
            }
            return;
        }
        Connection connection = new Connection(frames, handler, limits, events, connections::remove);
        connections.add(connection);
        connection.start("control-" + accepted.incrementAndGet());
    }

    private void awaitClosing(int timeoutMs) {
        try {
            boolean _ = closing.await(timeoutMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts threads here", e);
        }
    }

    private static void joinQuietly(Thread thread, long timeoutMs) {
        try {
            thread.join(timeoutMs);
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts threads here", e);
        }
    }
}
