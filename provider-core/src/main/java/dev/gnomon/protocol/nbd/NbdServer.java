/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import dev.gnomon.export.Exports;
import dev.gnomon.io.Clock;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Observer;
import dev.gnomon.protocol.nbd.tls.TlsCredentials;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves exports over NBD on any number of addresses. Thread-safe.
 *
 * <p>Threads: one per listener, two per connection, one watchdog; all daemons, none ever interrupted. {@link #lock} is
 * held over memory operations only, and never together with another lock but {@link Admission}'s.
 *
 * <p><b>Invariants:</b> a connection is in {@code clients} from before its thread starts until after its slot was given
 * back; once {@code closed} is set, none is added.
 */
public final class NbdServer implements AutoCloseable {
    /**
     * A client that has an export open.
     *
     * @param peer its address, or the Unix socket that it came through
     * @param local whether it runs on this machine
     */
    public record Client(String export, String peer, boolean local) {}

    /** Whether an address may be reached from other machines although there is no TLS. */
    public enum Reach {
        /** Unix sockets and loopback addresses only. */
        THIS_MACHINE,
        /** Any address; without TLS whoever can connect can read and write, and whoever is on the way as well. */
        ANY_NETWORK
    }

    /** How often clients are looked at for lack of progress: fine enough for limits of seconds. */
    private static final long WATCH_NANOS = 100_000_000;

    /** Close looks this often whether connections have ended. */
    private static final long CLOSE_STEP_NANOS = 10_000_000;
    /** Close gives up after this: 5 s in all, less what the rest of it may take. */
    private static final long CLOSE_NANOS = 4_500_000_000L;

    private static final Logger LOG = LoggerFactory.getLogger(NbdServer.class);

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<SocketLink, Progress> clients = new LinkedHashMap<>();
    private final List<Listener> listeners = new ArrayList<>();
    private final ArrayDeque<FixedBuffers> idleBuffers = new ArrayDeque<>();
    private final NbdStats stats;
    private final Observer observer;
    private final Exports exports;
    private final NbdLimits limits;
    private final Clock clock;
    private final @Nullable TlsCredentials tls;
    private final Admission admission;
    private final BufferPool pool;
    private final Thread watchdog;
    private volatile boolean closed;
    private volatile boolean full;

    /** Makes a server without TLS that listens nowhere yet. */
    public NbdServer(Exports exports, NbdLimits limits, Clock clock) {
        this(exports, limits, clock, Optional.empty(), Observer.logging());
    }

    /**
     * Makes a server that listens nowhere yet, and reports to an observer; with credentials, TLS is required on every
     * address.
     */
    public NbdServer(Exports exports, NbdLimits limits, Clock clock, Optional<TlsCredentials> tls, Observer observer) {
        this.tls = tls.orElse(null);
        this.observer = observer;
        this.stats = new NbdStats(new RequestTimes(clock, observer.latencies()));
        this.exports = exports;
        this.limits = limits;
        this.clock = clock;
        this.admission = new Admission(limits);
        this.pool = new BufferPool(limits);
        this.watchdog = Thread.ofPlatform().daemon().name("nbd-watchdog").unstarted(this::watch);
        watchdog.start();
    }

    /** Listens on an address of this machine, as {@link #listen(NbdAddress, Reach)}. */
    public NbdAddress listen(NbdAddress address) throws IOException {
        return listen(address, Reach.THIS_MACHINE);
    }

    /**
     * Listens on one more address.
     *
     * <p>A Unix socket can be connected to by its owner only; one left behind by a dead server is replaced.
     *
     * @param address a TCP port of 0 takes any free one
     * @param reach must be {@link Reach#ANY_NETWORK} for an address that is not loopback, unless TLS is required
     * @return the address, with the port that was taken
     * @throws IllegalArgumentException if the address is not loopback and that was not allowed
     * @throws IOException if the address is in use, not of this machine, or not permitted
     */
    public NbdAddress listen(NbdAddress address, Reach reach) throws IOException {
        boolean open = !address.local() && (tls == null || !tls.checksPeer());
        if (reach == Reach.THIS_MACHINE && open) {
            throw new IllegalArgumentException("NBD address " + address
                    + " can be reached from other machines, and clients need not prove who they are: require TLS with"
                    + " certificates of clients, use a loopback address or a Unix socket, or allow it explicitly");
        }
        if (open) {
            observer.events()
                    .tell(Event.of(
                            EventId.NBD_OPEN_TO_ALL,
                            "everybody who can connect to " + address
                                    + " can read and write: no client has to prove who it is"));
        }
        Listener listener = Listener.bind(address, this::accept, observer.events());
        if (!whileOpen(() -> listeners.add(listener))) {
            listener.close();
            throw new IOException("the NBD server is closed");
        }
        String name = "nbd-accept-" + listener.address();
        Thread.ofPlatform().daemon().name(name).start(listener);
        LOG.info("NBD listens on {}", listener.address());
        return listener.address();
    }

    /** Returns the addresses that are listened on, in order. */
    public List<NbdAddress> addresses() {
        lock.lock();
        try {
            return listeners.stream().map(Listener::address).toList();
        } finally {
            lock.unlock();
        }
    }

    /** Returns the counters. */
    public NbdStats stats() {
        return stats;
    }

    /** Returns the connections that are open now, in negotiation or after it. */
    public int connections() {
        return admission.connections();
    }

    /** Returns the clients that have an export open, in the order in which they came. */
    public List<Client> clients() {
        List<Client> open = new ArrayList<>();
        lock.lock();
        try {
            clients.forEach((link, progress) -> {
                String export = progress.export();
                if (!export.isEmpty()) {
                    open.add(new Client(export, link.peer().replaceFirst("^/", ""), link.local()));
                }
            });
        } finally {
            lock.unlock();
        }
        return open;
    }

    /** Takes no more clients; those that are connected are served as before. */
    public void stopListening() {
        full = true; // who is being accepted at this moment comes too late as well
        takeListeners().forEach(Listener::close);
    }

    private List<Listener> takeListeners() {
        lock.lock();
        try {
            List<Listener> taken = List.copyOf(listeners);
            listeners.clear();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Stops listening, closes all connections and waits until they have ended, 5 s at most: a request that hangs in the
     * engine does not keep the server. Replies not yet sent are lost. A second close does nothing.
     */
    @Override
    public void close() {
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            lock.unlock();
        }
        stopListening();
        LockSupport.unpark(watchdog);
        currentClients().keySet().forEach(SocketLink::close);
        // Real time, not the clock's: a clock that a test has stopped must not keep the server.
        long start = System.nanoTime();
        while (!currentClients().isEmpty() && System.nanoTime() - start < CLOSE_NANOS) {
            LockSupport.parkNanos(this, CLOSE_STEP_NANOS);
        }
        int left = currentClients().size();
        if (left > 0) {
            observer.events()
                    .tell(Event.of(
                            EventId.NBD_STILL_WAITING,
                            left + " connections still wait for the engine after the server was closed"));
        }
        pool.close();
        freeIdleBuffers();
    }

    /** Takes over a channel: to a connection of its own, or closed if a limit is reached. */
    private void accept(SocketChannel channel, String listener) {
        SocketLink link;
        try {
            link = new SocketLink(channel, listener);
        } catch (IOException e) {
            LOG.debug("client of {} left at once: {}", listener, e.getMessage());
            closeQuietly(channel);
            return;
        }
        Admission.Slot slot = admission.admit(link.address());
        if (slot == null) {
            stats.refused.increment();
            LOG.debug("client={} refused: too many connections", link.peer());
            link.close();
            return;
        }
        Progress progress = new Progress(clock.nanoTime());
        boolean started = false;
        try {
            if (!full && whileOpen(() -> clients.put(link, progress))) {
                Thread.ofPlatform().daemon().name("nbd-" + link.peer()).start(() -> serve(link, progress, slot));
                started = true;
            }
        } finally {
            if (!started) {
                link.close();
                forget(link, slot, null);
            }
        }
    }

    private void serve(SocketLink link, Progress progress, Admission.Slot slot) {
        FixedBuffers buffers = null;
        try {
            stats.accepted.increment();
            buffers = takeBuffers();
            ByteLink used = tls == null ? link : new TlsLink(link, tls);
            Connection connection = new Connection(used, progress, exports, limits, pool, stats, observer.events());
            connection.run(
                    buffers,
                    slot,
                    sender -> Thread.ofPlatform()
                            .daemon()
                            .name("nbd-send-" + link.peer())
                            .start(sender));
        } catch (OutOfMemoryError e) {
            stats.faults.increment();
            observer.events()
                    .tell(Event.of(
                            EventId.NBD_NO_MEMORY,
                            "client " + link.peer() + " cut: no memory for its buffers: " + e.getMessage()));
        } finally {
            link.close();
            forget(link, slot, buffers);
        }
    }

    private void forget(SocketLink link, Admission.Slot slot, @Nullable FixedBuffers buffers) {
        slot.release();
        FixedBuffers surplus = buffers;
        lock.lock();
        try {
            clients.remove(link);
            if (buffers != null && !closed) {
                idleBuffers.addLast(buffers);
                surplus = null;
            }
        } finally {
            lock.unlock();
        }
        if (surplus != null) {
            surplus.free();
        }
    }

    private FixedBuffers takeBuffers() {
        lock.lock();
        try {
            FixedBuffers idle = idleBuffers.pollLast();
            if (idle != null) {
                return idle;
            }
        } finally {
            lock.unlock();
        }
        return new FixedBuffers(limits);
    }

    private void watch() {
        while (!closed) {
            LockSupport.parkNanos(this, WATCH_NANOS);
            long now = clock.nanoTime();
            currentClients().forEach((link, progress) -> {
                String verdict = progress.verdict(now, limits);
                if (!verdict.isEmpty() && link.cut()) {
                    stats.timeouts.increment();
                    LOG.debug("client={} cut: {}", link.peer(), verdict);
                }
            });
        }
    }

    private boolean whileOpen(Runnable change) {
        lock.lock();
        try {
            if (closed) {
                return false;
            }
            change.run();
            return true;
        } finally {
            lock.unlock();
        }
    }

    private Map<SocketLink, Progress> currentClients() {
        lock.lock();
        try {
            return clients.isEmpty() ? Map.of() : Map.copyOf(clients);
        } finally {
            lock.unlock();
        }
    }

    private void freeIdleBuffers() {
        lock.lock();
        try {
            while (!idleBuffers.isEmpty()) {
                idleBuffers.removeLast().free();
            }
        } finally {
            lock.unlock();
        }
    }

    private static void closeQuietly(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.debug("closing a client that never began failed: {}", e.getMessage());
        }
    }
}
