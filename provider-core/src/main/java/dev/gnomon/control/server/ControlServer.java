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
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Listens on a Unix socket and gives each client a thread of its own.
 *
 * <p><b>Invariants:</b> the socket lies in a directory that only its owner may enter; a peer that is neither that owner
 * nor root is turned away before a byte of it is read; at most {@link ControlLimits#clients()} connections are open.
 *
 * <p>Thread-safe. The owner of the state directory's lock calls {@link #open}: a socket left behind is replaced.
 */
public final class ControlServer implements AutoCloseable {
    /** Longest path of a Unix socket: the JDK keeps two of the 108 bytes that Linux has for it. */
    public static final int MAX_SOCKET_PATH_BYTES = 106;

    private static final Logger LOG = LoggerFactory.getLogger(ControlServer.class);

    private static final Set<PosixFilePermission> OWNER_ONLY_DIRECTORY = PosixFilePermissions.fromString("rwx------");
    private static final Set<PosixFilePermission> OWNER_ONLY_SOCKET = PosixFilePermissions.fromString("rw-------");

    /** Wait after a failed accept, such as one for want of file descriptors, before the next. */
    private static final int ACCEPT_RETRY_MS = 200;

    private final Path path;
    private final ServerSocketChannel listener;
    private final PeerCheck peers;
    private final RequestHandler handler;
    private final ControlLimits limits;
    private final Events events;
    private final Set<Connection> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong accepted = new AtomicLong();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread acceptor;

    private ControlServer(
            Path path,
            ServerSocketChannel listener,
            PeerCheck peers,
            RequestHandler handler,
            ControlLimits limits,
            Events events) {
        this.path = path;
        this.events = events;
        this.listener = listener;
        this.peers = peers;
        this.handler = handler;
        this.limits = limits;
        this.acceptor = Thread.ofPlatform().name("control-accept").daemon().unstarted(this::accept);
    }

    /**
     * Starts to listen.
     *
     * @param path of the socket; an existing socket there is deleted
     * @throws IOException if the directory admits others than its owner, the path is too long or the socket cannot be
     *     made
     */
    public static ControlServer open(Path path, RequestHandler handler, ControlLimits limits, Events events)
            throws IOException {
        int bytes = path.toString().getBytes(StandardCharsets.UTF_8).length;
        if (bytes > MAX_SOCKET_PATH_BYTES) {
            throw new IOException(path + ": a socket path of " + bytes + " bytes; allowed are " + MAX_SOCKET_PATH_BYTES
                    + ": use a state directory with a shorter path");
        }
        Path directory = path.toAbsolutePath().getParent();
        if (directory == null) {
            throw new IOException(path + ": a directory; allowed is the path of a socket");
        }
        requireOwnerOnly(directory);
        Files.deleteIfExists(path);
        ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            listener.bind(UnixDomainSocketAddress.of(path));
            Files.setPosixFilePermissions(path, OWNER_ONLY_SOCKET);
            PeerCheck peers = PeerCheck.ownerOf(path);
            ControlServer server = new ControlServer(path, listener, peers, handler, limits, events);
            server.acceptor.start();
            return server;
        } catch (IOException e) {
            listener.close();
            throw e;
        }
    }

    /** Stops admitting clients and removes the socket; requests being carried out are still answered. */
    public void stopAccepting() {
        closing.countDown();
        try {
            listener.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            events.tell(Event.of(
                    EventId.CONTROL_SOCKET_LEFT, "cannot remove the control socket " + path + ": " + e.getMessage()));
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

    private void admit(SocketChannel socket) throws IOException {
        String refusal = peers.refusal(socket);
        ErrorKind kind = ErrorKind.PERMISSION;
        if (refusal.isEmpty() && connections.size() >= limits.clients()) {
            refusal = "the service has " + limits.clients() + " clients, as many as it admits: try again";
            kind = ErrorKind.BUSY;
        }
        FrameChannel frames = new FrameChannel(socket);
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

    private static void requireOwnerOnly(Path directory) throws IOException {
        Set<PosixFilePermission> extra = new HashSet<>(Files.getPosixFilePermissions(directory));
        extra.removeAll(OWNER_ONLY_DIRECTORY);
        if (!extra.isEmpty()) {
            throw new IOException(directory + ": permissions are "
                    + PosixFilePermissions.toString(Files.getPosixFilePermissions(directory))
                    + "; allowed are rwx------ (chmod 700)");
        }
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
