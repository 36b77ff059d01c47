/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One address that is listened on, with the thread that accepts there. */
final class Listener implements Runnable, AutoCloseable {
    /** Takes over an accepted channel; must not wait. */
    @FunctionalInterface
    interface Acceptor {
        void accept(SocketChannel channel, String listener);
    }

    /** Pause after a failed accept (no descriptors left, say), so that a lasting failure does not burn a processor. */
    private static final long RETRY_NANOS = 100_000_000;

    private static final int BACKLOG = 128;
    private static final Logger LOG = LoggerFactory.getLogger(Listener.class);

    private final ServerSocketChannel channel;
    private final AutoCloseable resource;
    private final NbdAddress address;
    private final Acceptor acceptor;
    private final Events events;

    private Listener(
            ServerSocketChannel channel, AutoCloseable resource, NbdAddress address, Acceptor acceptor, Events events) {
        this.channel = channel;
        this.resource = resource;
        this.address = address;
        this.acceptor = acceptor;
        this.events = events;
    }

    /** Binds an address. */
    static Listener bind(NbdAddress address, Acceptor acceptor, Events events) throws IOException {
        return switch (address) {
            case NbdAddress.Unix unix -> {
                UnixSocketFile file = UnixSocketFile.bind(unix.path());
                yield new Listener(file.channel(), file, unix, acceptor, events);
            }
            case NbdAddress.Tcp tcp -> bindTcp(tcp, acceptor, events);
        };
    }

    private static Listener bindTcp(NbdAddress.Tcp tcp, Acceptor acceptor, Events events) throws IOException {
        ServerSocketChannel channel = ServerSocketChannel.open();
        try {
            channel.bind(tcp.socketAddress(), BACKLOG);
            NbdAddress.Tcp bound =
                    new NbdAddress.Tcp(tcp.host(), channel.socket().getLocalPort());
            return new Listener(channel, channel, bound, acceptor, events);
        } catch (IOException e) {
            channel.close();
            throw new IOException("cannot listen on " + tcp + ": " + e.getMessage(), e);
        }
    }

    /** Returns the address with the port that was bound. */
    NbdAddress address() {
        return address;
    }

    @Override
    public void run() {
        while (channel.isOpen()) {
            try {
                acceptor.accept(channel.accept(), address.toString());
            } catch (IOException e) {
                if (channel.isOpen()) {
                    tell(EventId.NBD_ACCEPT_FAILED, "accept on " + address + " failed, trying on: " + e.getMessage());
                    LockSupport.parkNanos(this, RETRY_NANOS);
                }
            } catch (RuntimeException | OutOfMemoryError e) {
                tell(EventId.NBD_CLIENT_NOT_SERVED, "a client of " + address + " could not be served: " + e);
                LOG.debug(EventId.NBD_CLIENT_NOT_SERVED.id(), e);
            }
        }
    }

    @Override
    public void close() {
        try {
            resource.close();
        } catch (Exception e) {
            tell(EventId.NBD_CLOSE_FAILED, "closing " + address + " failed: " + e.getMessage());
        }
    }

    private void tell(EventId id, String message) {
        events.tell(Event.of(id, message));
    }
}
