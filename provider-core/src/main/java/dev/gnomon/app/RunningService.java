/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.cli.LocalCommands.ServiceOptions;
import dev.gnomon.control.ClientView;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.Request;
import dev.gnomon.control.ServiceView;
import dev.gnomon.control.StatsReport;
import dev.gnomon.control.server.ControlLimits;
import dev.gnomon.control.server.ControlServer;
import dev.gnomon.control.server.EngineRequests;
import dev.gnomon.control.server.RequestHandler;
import dev.gnomon.control.server.ServiceControl;
import dev.gnomon.control.server.Views;
import dev.gnomon.control.server.VssControl;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.EventRecorder;
import dev.gnomon.observe.Latencies;
import dev.gnomon.snapshot.Engine;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.VolumeInfo;
import dev.gnomon.util.BuildInfo;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A service that runs: the state directory, the engine, its NBD server and the control socket, opened in this order and
 * closed in the reverse of it.
 *
 * <p>States: running, stopping once {@link #stop} was called, stopped once {@link #shutDown} has returned. Thread-safe,
 * but {@link #shutDown} is called by the thread that started the service, after {@link #awaitStop}.
 */
final class RunningService implements ServiceControl {
    private static final Logger LOG = LoggerFactory.getLogger(RunningService.class);
    /** Where the store lies in the state directory. */
    static final String STORE_DIRECTORY = "store";

    private static final String VOLUME_DIRECTORY = "volumes";

    private final Path stateDirectory;
    private final Instant startedAt;
    private final StateDirectory held;
    private final EventRecorder events;
    private final Latencies latencies;
    private final EventWriter eventWriter;
    private final Engine engine;
    private final ServiceParts.NbdService nbd;
    private final HeldPlaces heldPlaces;
    private final List<String> nbdAddresses = new ArrayList<>();
    private final CountDownLatch stopAsked = new CountDownLatch(1);
    private final CountDownLatch stopped = new CountDownLatch(1);
    private final AtomicReference<@Nullable ControlServer> control = new AtomicReference<>();
    private final AtomicReference<ServiceParts.@Nullable MetricsService> metrics = new AtomicReference<>();
    private final AtomicReference<@Nullable VssService> vss = new AtomicReference<>();
    private volatile String stopFailure = "";

    private RunningService(
            Path stateDirectory,
            Instant startedAt,
            StateDirectory held,
            EventRecorder events,
            Latencies latencies,
            EventWriter eventWriter,
            Engine engine,
            ServiceParts.NbdService nbd,
            HeldPlaces heldPlaces) {
        this.events = events;
        this.latencies = latencies;
        this.eventWriter = eventWriter;
        this.stateDirectory = stateDirectory;
        this.startedAt = startedAt;
        this.held = held;
        this.engine = engine;
        this.nbd = nbd;
        this.heldPlaces = heldPlaces;
    }

    /** Opens everything; on a failure everything opened before it is closed again. */
    static RunningService start(ServiceParts parts, ServiceOptions options) throws ControlException {
        for (String address : options.nbd()) {
            parts.checkNbd(address, options.allowRemote());
        }
        if (options.metrics().isPresent()) {
            parts.checkMetrics(options.metrics().get(), options.allowRemote());
        }
        Optional<VssConfig> vss = options.vss().isPresent()
                ? Optional.of(VssConfig.read(options.vss().get()))
                : Optional.empty();
        Path directory = options.stateDirectory();
        HeldPlaces heldPlaces = new HeldPlaces(
                vss.isPresent() ? Platform.current().systemRoot() : "",
                vss.map(VssConfig::allowSystemVolume).orElse(false));
        heldPlaces.require("state directory", directory);
        Instant now = parts.clock().now();
        StateDirectory held = StateDirectory.hold(directory, parts.storage(), now);
        EventWriter eventWriter = EventWriter.start(parts.events(), directory, parts.storage());
        ServiceParts.Opened opened;
        try {
            opened = openEngine(parts, directory);
        } catch (ControlException e) {
            eventWriter.close();
            held.close();
            throw e;
        }
        RunningService service = new RunningService(
                directory,
                now,
                held,
                parts.events(),
                parts.latencies(),
                eventWriter,
                opened.engine(),
                parts.serveNbd(opened.exports()),
                heldPlaces);
        try {
            service.tellOfPlaces();
            service.accept(options.acceptChanged());
            service.listen(options);
            service.serveMetrics(parts, options);
            if (vss.isPresent()) {
                service.vss.set(VssService.start(vss.get(), directory, parts, opened));
            }
        } catch (ControlException e) {
            service.stopAsked.countDown();
            service.shutDown();
            throw e;
        }
        service.tell(EventId.SERVICE_STARTED, service.describe());
        return service;
    }

    private static ServiceParts.Opened openEngine(ServiceParts parts, Path directory) throws ControlException {
        try {
            parts.storage().createDirectories(directory.resolve(VOLUME_DIRECTORY));
            return parts.openEngine(directory.resolve(STORE_DIRECTORY));
        } catch (EngineException e) {
            throw new ControlException(EngineRequests.kind(e.kind()), String.valueOf(e.getMessage()), e);
        } catch (IOException e) {
            throw new ControlException(ErrorKind.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    /** Tells of what lies where VSS may hold writes to, of each start anew: who put it there may have forgotten. */
    private void tellOfPlaces() {
        if (heldPlaces.of(stateDirectory) != HeldPlaces.Hold.NEVER) {
            tell(EventId.VSS_MAY_HOLD, "state directory " + stateDirectory);
        }
        for (VolumeInfo volume : engine.volumes()) {
            if (heldPlaces.of(Path.of(volume.origin())) != HeldPlaces.Hold.NEVER) {
                tell(EventId.VSS_MAY_HOLD, "origin " + volume.origin() + " of volume " + volume.name());
            }
        }
    }

    private void accept(List<String> volumes) throws ControlException {
        try {
            for (String volume : volumes) {
                VolumeInfo _ = engine.acceptChanged(volume);
            }
        } catch (EngineException e) {
            throw new ControlException(EngineRequests.kind(e.kind()), "--accept-changed: " + e.getMessage(), e);
        }
    }

    private void listen(ServiceOptions options) throws ControlException {
        List<String> addresses =
                options.nbd().isEmpty() ? List.of(Platform.current().usualNbd(stateDirectory)) : options.nbd();
        for (String address : addresses) {
            try {
                nbdAddresses.add(nbd.listen(address, options.allowRemote()));
            } catch (IOException e) {
                throw new ControlException(
                        ErrorKind.FAILED, "cannot serve NBD on " + address + ": " + e.getMessage(), e);
            }
        }
        EngineRequests requests = new EngineRequests(engine, this, stateDirectory.resolve(VOLUME_DIRECTORY), events);
        try {
            control.set(ControlServer.over(
                    Platform.current().listenForControl(stateDirectory),
                    whileRunning(requests),
                    ControlLimits.DEFAULT,
                    events));
        } catch (IOException e) {
            throw new ControlException(ErrorKind.FAILED, String.valueOf(e.getMessage()), e);
        }
    }

    private void serveMetrics(ServiceParts parts, ServiceOptions options) throws ControlException {
        if (options.metrics().isEmpty()) {
            return;
        }
        String address = options.metrics().get();
        try {
            metrics.set(
                    parts.serveMetrics(address, ServiceMetrics.of(engine, nbd::stats, events, latencies, startedAt)));
        } catch (IOException e) {
            throw new ControlException(
                    ErrorKind.FAILED, "cannot serve metrics on " + address + ": " + e.getMessage(), e);
        }
    }

    private RequestHandler whileRunning(RequestHandler requests) {
        return request -> {
            if (stopAsked.getCount() == 0 && !(request instanceof Request.ServiceStop)) {
                throw new ControlException(ErrorKind.WRONG_STATE, stateDirectory + ": the service is stopping");
            }
            return requests.handle(request);
        };
    }

    @Override
    public ServiceView status() {
        return new ServiceView(
                BuildInfo.current().version(),
                ProcessHandle.current().pid(),
                stateDirectory.toString(),
                startedAt,
                nbdAddresses,
                engine.volumes().size(),
                engine.copies().size(),
                Views.of(engine.stats()));
    }

    @Override
    public StatsReport stats() {
        return new StatsReport(Views.of(engine.stats()), nbd.stats(), Views.of(latencies));
    }

    @Override
    public String requireFit(String what, Path place, boolean allowed) throws ControlException {
        heldPlaces.require(what, place, allowed);
        String warning = heldPlaces.warning(what, place);
        if (!warning.isEmpty()) {
            tell(EventId.VSS_MAY_HOLD, what + " " + place);
        }
        return warning;
    }

    @Override
    public List<ClientView> clients() {
        return nbd.clients();
    }

    @Override
    public VssControl vss() {
        VssService served = vss.get();
        return served == null ? VssControl.NONE : served;
    }

    @Override
    public void stop(boolean force) throws ControlException {
        List<String> users = clients().stream()
                .filter(ClientView::inUseHere)
                .map(ClientView::text)
                .toList();
        if (!force && !users.isEmpty() && stopAsked.getCount() > 0) {
            throw new ControlException(
                    ErrorKind.REFUSED,
                    "in use on this machine: " + String.join(", ", users)
                            + "; unmount and disconnect them, or force the stop");
        }
        stopAsked.countDown();
        await(stopped);
        if (!stopFailure.isEmpty()) {
            throw new ControlException(ErrorKind.FAILED, "stopped, but " + stopFailure);
        }
    }

    /** Takes no more clients, while those that are connected go on. */
    void takeNoMoreClients() {
        nbd.stopListening();
    }

    /** Makes everything durable, and goes on to serve so that everything acknowledged is; returns what could not be. */
    List<String> serveDurably() {
        return engine.serveDurably();
    }

    /** Waits until the service has been asked to stop, for so long at most; returns whether it has. */
    boolean awaitStop(Duration atMost) {
        try {
            return stopAsked.await(atMost.toNanos(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts threads here", e);
        }
    }

    /** Waits until somebody asks the service to stop. */
    void awaitStop() {
        await(stopAsked);
    }

    /** Closes everything. Clients of the control socket that asked for the stop are answered last. */
    void shutDown() {
        tell(EventId.SERVICE_STOPPING, "stopping; state " + stateDirectory);
        ControlServer server = control.get();
        if (server != null) {
            server.stopAccepting();
        }
        ServiceParts.MetricsService served = metrics.get();
        if (served != null) {
            closeQuietly("metrics", served.end());
        }
        VssService provider = vss.get();
        if (provider != null) {
            closeQuietly("the VSS provider", provider::close);
        }
        closeQuietly("NBD", nbd::close);
        closeQuietly("the engine", engine::close);
        tell(EventId.SERVICE_STOPPED, "stopped; state " + stateDirectory);
        eventWriter.close();
        held.close();
        stopped.countDown();
        if (server != null) {
            server.close();
        }
    }

    void tell(EventId id, String message) {
        events.tell(Event.of(id, message));
    }

    /** Returns one line for people: what is served and where. */
    String describe() {
        int volumes = engine.volumes().size();
        ServiceParts.MetricsService served = metrics.get();
        VssService provider = vss.get();
        return "serving " + volumes + (volumes == 1 ? " volume" : " volumes") + " on " + String.join(" ", nbdAddresses)
                + (served == null ? "" : "; metrics on http://" + served.address() + "/metrics")
                + (provider == null ? "" : "; VSS on " + provider.address())
                + "; state " + stateDirectory;
    }

    private void closeQuietly(String what, Runnable close) {
        try {
            close.run();
        } catch (RuntimeException e) {
            stopFailure = "closing " + what + " failed: " + e;
            tell(EventId.CLOSE_FAILED, stopFailure);
            LOG.debug(EventId.CLOSE_FAILED.id(), e);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts threads here", e);
        }
    }
}
