/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.server;

import dev.gnomon.control.ClientView;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.FrameChannel;
import dev.gnomon.control.NbdStatsView;
import dev.gnomon.control.Protocol;
import dev.gnomon.control.ServiceView;
import dev.gnomon.control.StatsReport;
import dev.gnomon.observe.EventRecorder;
import dev.gnomon.observe.Latencies;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A control server on a real socket in a directory of its own, with an engine in memory behind it. */
public final class ControlFixture implements AutoCloseable, ServiceControl {
    /** Short enough for a test, long enough for a slow machine. */
    public static final int FRAME_MS = 1_000;

    private final Path directory;
    private final FakeEngine engine = new FakeEngine();
    private final EventRecorder events = new EventRecorder(Instant::now);
    private final Latencies latencies = new Latencies();
    private final FakeVss vss = new FakeVss();
    private final ControlServer server;
    private final List<ClientView> clients = new CopyOnWriteArrayList<>();
    private volatile String stopFailure = "";

    /** Starts it with the bounds of the service, but shorter waits. */
    public ControlFixture() throws IOException {
        this(new ControlLimits(Protocol.MAX_CLIENTS, 10 * FRAME_MS, FRAME_MS));
    }

    /** Starts it. */
    public ControlFixture(ControlLimits limits) throws IOException {
        directory = ShortTempDirectories.create();
        server = ControlServer.open(
                Protocol.socketPath(directory),
                new EngineRequests(engine, this, directory.resolve("volumes"), events),
                limits,
                events);
    }

    /** Returns the state directory. */
    public Path directory() {
        return directory;
    }

    /** Returns the engine. */
    public FakeEngine engine() {
        return engine;
    }

    /** Returns where events are told. */
    public EventRecorder events() {
        return events;
    }

    /** Returns where durations are recorded. */
    public Latencies latencies() {
        return latencies;
    }

    /** Returns the server. */
    public ControlServer server() {
        return server;
    }

    /** Returns the clients that it has; a test adds some. */
    public List<ClientView> connected() {
        return clients;
    }

    /** Makes a stop fail. */
    public void failStop(String reason) {
        stopFailure = reason;
    }

    /** Returns a connection without a client's manners. */
    public SocketChannel connect() throws IOException {
        SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
        socket.connect(UnixDomainSocketAddress.of(Protocol.socketPath(directory)));
        return socket;
    }

    /** Returns a connection that sends and receives frames. */
    public FrameChannel frames() throws IOException {
        return new FrameChannel(connect());
    }

    @Override
    public ServiceView status() {
        return new ServiceView(
                "1.2.3",
                4711,
                directory.toString(),
                Instant.parse("2026-01-01T00:00:00Z"),
                List.of("tcp:127.0.0.1:10809"),
                engine.volumes().size(),
                engine.copies().size(),
                Views.of(engine.stats()));
    }

    @Override
    public StatsReport stats() {
        return new StatsReport(
                Views.of(engine.stats()),
                new NbdStatsView(1, 2, 3, 4, 5, 6, 7, 8, 9, 10 << 20, 11 << 20),
                Views.of(latencies));
    }

    @Override
    public FakeVss vss() {
        return vss;
    }

    @Override
    public List<ClientView> clients() {
        return List.copyOf(clients);
    }

    @Override
    public String requireFit(String what, Path place, boolean allowed) throws ControlException {
        if (place.toString().contains("system-volume") && !allowed) {
            throw new ControlException(ErrorKind.REFUSED, what + " " + place + ": on the system volume");
        }
        return place.toString().contains("-volume") ? what + " may be held" : "";
    }

    @Override
    public void stop(boolean force) throws ControlException {
        if (!force && clients.stream().anyMatch(ClientView::inUseHere)) {
            throw new ControlException(ErrorKind.REFUSED, "in use on this machine");
        }
        if (!stopFailure.isEmpty()) {
            throw new ControlException(ErrorKind.FAILED, stopFailure);
        }
        engine.close();
    }

    @Override
    public void close() throws IOException {
        server.close();
        Files.deleteIfExists(directory);
    }
}
