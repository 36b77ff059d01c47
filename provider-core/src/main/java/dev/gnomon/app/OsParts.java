/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.cli.ExitCode;
import dev.gnomon.cli.LocalCommands;
import dev.gnomon.control.ClientView;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.NbdStatsView;
import dev.gnomon.export.EngineExports;
import dev.gnomon.export.Exports;
import dev.gnomon.io.Clock;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.io.os.OsClock;
import dev.gnomon.io.os.OsRandomSource;
import dev.gnomon.io.os.OsScheduler;
import dev.gnomon.io.os.OsStorage;
import dev.gnomon.metrics.PrometheusEndpoint;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.EventLogger;
import dev.gnomon.observe.EventRecorder;
import dev.gnomon.observe.Latencies;
import dev.gnomon.observe.Metric;
import dev.gnomon.observe.Observer;
import dev.gnomon.observe.Timed;
import dev.gnomon.protocol.nbd.NbdAddress;
import dev.gnomon.protocol.nbd.NbdLimits;
import dev.gnomon.protocol.nbd.NbdServer;
import dev.gnomon.protocol.nbd.NbdStats;
import dev.gnomon.protocol.nbd.tls.TlsCredentials;
import dev.gnomon.snapshot.CopyOnWriteEngine;
import dev.gnomon.snapshot.EngineConfig;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.VolumeInfo;
import dev.gnomon.store.StoreConfig;
import dev.gnomon.store.StoreLimits;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.DiffAreaFullException;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.vss.CopySurface;
import dev.gnomon.vss.DiskDismounts;
import dev.gnomon.vss.DiskVolumeLocator;
import dev.gnomon.vss.DiskVolumes;
import dev.gnomon.vss.Dismounts;
import dev.gnomon.vss.FaultVolumes;
import dev.gnomon.vss.TableCopySurface;
import dev.gnomon.vss.TableVolumeLocator;
import dev.gnomon.vss.VolumeLocator;
import dev.gnomon.vss.VssHost;
import dev.gnomon.vss.VssProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a service on a real machine. */
final class OsParts implements ServiceParts {
    private static final Logger LOG = LoggerFactory.getLogger(OsParts.class);

    /** How long the process waits for its last words. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(2);

    private static final int PIECE_BYTES = 4096;

    /** The form only; the address itself is judged as that of NBD is. */
    private static final Pattern METRICS_ADDRESS = Pattern.compile("(?:localhost|[0-9.]+|\\[[0-9A-Fa-f:.]+\\]):[0-9]+");

    private final Clock clock = new OsClock();
    private final EventRecorder events = new EventRecorder(clock::now);
    private final Latencies latencies = new Latencies();
    private final Observer observer = new Observer(events, latencies);
    private final Storage storage;
    private final Scheduler scheduler = new OsScheduler(this::taskFailed);
    private final LocalCommands.NewStore newStore;
    private final long indexBytes;

    private final Optional<TlsCredentials> tls;

    /** Makes them with the usual memory for the index. */
    OsParts(Path stateDirectory, LocalCommands.NewStore newStore, Optional<TlsCredentials> tls) {
        this(stateDirectory, newStore, 0, tls);
    }

    /** Makes them; with keys for TLS, clients must use it. With 0 the index has the usual memory. */
    OsParts(Path stateDirectory, LocalCommands.NewStore newStore, long indexBytes, Optional<TlsCredentials> tls) {
        this(stateDirectory, newStore, indexBytes, tls, StorageLayer.NONE);
    }

    /** As the other, with something between the service and the machine's files. */
    OsParts(
            Path stateDirectory,
            LocalCommands.NewStore newStore,
            long indexBytes,
            Optional<TlsCredentials> tls,
            StorageLayer layer) {
        this.newStore = newStore;
        this.indexBytes = indexBytes;
        this.tls = tls;
        Path store = stateDirectory.resolve(RunningService.STORE_DIRECTORY);
        Storage real = new OsStorage(
                path -> {
                    Timed what = path.startsWith(store) ? Timed.STORE_FORCE : Timed.ORIGIN_FORCE;
                    return nanos -> latencies.record(what, nanos);
                },
                Platform.current()::bootId);
        this.storage = layer.over(real, store);
    }

    @Override
    public Storage storage() {
        return storage;
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public EventRecorder events() {
        return events;
    }

    @Override
    public Latencies latencies() {
        return latencies;
    }

    @Override
    public Opened openEngine(Path storeDirectory) throws EngineException, IOException {
        EngineConfig config = config(storeDirectory);
        storage.createDirectories(storeDirectory);
        try {
            CopyOnWriteEngine engine =
                    CopyOnWriteEngine.open(config, storage, clock, scheduler, new OsRandomSource(), observer);
            return new Opened(engine, new EngineExports(engine));
        } catch (StoreException e) {
            throw new EngineException(kind(e), storeDirectory + ": " + e.getMessage(), e);
        }
    }

    @Override
    public OpenedProvider openProvider(VssConfig config, Opened opened) throws ControlException, IOException {
        try {
            Optional<DiskVolumes> disks = Platform.current().diskVolumes();
            Supplier<List<VolumeInfo>> volumes = opened.engine()::volumes;
            CopySurface surface =
                    config.deviceNames().<CopySurface>map(TableCopySurface::new).orElseGet(CopySurface::none);
            VssHost host = new VssHost(storage.bootId(), config.machineName(), VssHost.PROVIDER_ID);
            VolumeLocator locator = locator(config, disks, volumes);
            VssProvider provider = VssProvider.open(
                    opened.engine(),
                    new VssProvider.Ports(
                            locator,
                            surface,
                            disks.<Dismounts>map(each -> new DiskDismounts(each, volumes, clock, scheduler))
                                    .orElseGet(Dismounts::byClients),
                            opened.exports()::readers,
                            host,
                            clock,
                            scheduler,
                            new OsRandomSource(),
                            observer));
            return new OpenedProvider(
                    provider, FaultVolumes.of(locator, volumes, opened.engine()::copies), provider::close);
        } catch (IllegalArgumentException e) {
            throw new ControlException(ErrorKind.INVALID, "--vss: " + e.getMessage(), e);
        }
    }

    private VolumeLocator locator(VssConfig config, Optional<DiskVolumes> disks, Supplier<List<VolumeInfo>> volumes) {
        return switch (config.locator()) {
            case TABLE ->
                new TableVolumeLocator(config.volumes().stream()
                        .map(each -> new TableVolumeLocator.Row(each.guidPath(), each.names(), each.volume()))
                        .toList());
            case DISKS ->
                new DiskVolumeLocator(
                        disks.orElseThrow(() -> new IllegalArgumentException(
                                "locator: disks; allowed is table: only Windows can be asked for its disks")),
                        volumes,
                        events,
                        scheduler);
        };
    }

    @Override
    public void checkNbd(String address, boolean allowRemote) throws ControlException {
        boolean proven = tls.isPresent() && tls.get().checksPeer();
        if (!parse(address).local() && !allowRemote && !proven) {
            throw new ControlException(
                    ErrorKind.REFUSED,
                    "--nbd: " + address
                            + " can be reached from other machines, and clients need not prove who they are;"
                            + " allowed are loopback addresses and unix:PATH, or any with --tls required and"
                            + " --tls-client-ca, or with --allow-remote");
        }
    }

    @Override
    public void checkMetrics(String address, boolean allowRemote) throws ControlException {
        if (!parseMetrics(address).getAddress().isLoopbackAddress() && !allowRemote) {
            throw new ControlException(
                    ErrorKind.REFUSED,
                    "--metrics: " + address + " can be reached from other machines; allowed are loopback addresses, or"
                            + " any with --allow-remote");
        }
    }

    @Override
    public MetricsService serveMetrics(String address, List<Metric> metrics) throws IOException, ControlException {
        PrometheusEndpoint endpoint = PrometheusEndpoint.open(parseMetrics(address), metrics);
        return new MetricsService(
                endpoint.address().getAddress().getHostAddress() + ":"
                        + endpoint.address().getPort(),
                endpoint::close);
    }

    private static InetSocketAddress parseMetrics(String text) throws ControlException {
        try {
            if (METRICS_ADDRESS.matcher(text).matches()
                    && NbdAddress.parse(text) instanceof NbdAddress.Tcp(InetAddress host, int port)) {
                return new InetSocketAddress(host, port);
            }
        } catch (IllegalArgumentException e) {
            // Answered below, in words that fit.
        }
        throw ControlException.invalid("--metrics: '" + text
                + "'; allowed is the IP address of an interface, or localhost, and a port: 127.0.0.1:9750, [::1]:9750");
    }

    @Override
    public NbdService serveNbd(Exports exports) {
        NbdServer server = new NbdServer(exports, NbdLimits.defaults(), clock, tls, observer);
        return new NbdService() {
            @Override
            public String listen(String address, boolean allowRemote) throws IOException, ControlException {
                NbdServer.Reach reach = allowRemote ? NbdServer.Reach.ANY_NETWORK : NbdServer.Reach.THIS_MACHINE;
                return server.listen(parse(address), reach).toString();
            }

            @Override
            public NbdStatsView stats() {
                return view(server);
            }

            @Override
            public List<ClientView> clients() {
                return server.clients().stream()
                        .map(each -> new ClientView("nbd", each.export(), each.peer(), each.local()))
                        .toList();
            }

            @Override
            public void stopListening() {
                server.stopListening();
            }

            @Override
            public void close() {
                server.close();
            }
        };
    }

    private static NbdStatsView view(NbdServer server) {
        NbdStats stats = server.stats();
        return new NbdStatsView(
                server.connections(),
                stats.accepted(),
                stats.refused(),
                stats.negotiated(),
                stats.violations(),
                stats.timeouts(),
                stats.faults(),
                stats.requests(),
                stats.errors(),
                stats.readBytes(),
                stats.writtenBytes());
    }

    private static NbdAddress parse(String text) throws ControlException {
        try {
            NbdAddress address = NbdAddress.parse(text);
            return address instanceof NbdAddress.Unix unix
                    ? new NbdAddress.Unix(unix.path().toAbsolutePath().normalize())
                    : address;
        } catch (IllegalArgumentException e) {
            throw new ControlException(ErrorKind.INVALID, "--nbd: " + e.getMessage(), e);
        }
    }

    private static EngineException.Kind kind(StoreException e) {
        return switch (e) {
            case CorruptionException _ -> EngineException.Kind.DAMAGED;
            case DiffAreaFullException _ -> EngineException.Kind.DIFF_AREA_FULL;
            default -> EngineException.Kind.FAILED;
        };
    }

    private EngineConfig config(Path storeDirectory) throws EngineException {
        StoreConfig usual = StoreConfig.standard(storeDirectory);
        long chunk = newStore.chunkBytes() == 0 ? usual.chunkBytes() : newStore.chunkBytes();
        long segment = newStore.segmentBytes() == 0 ? usual.segmentBytes() : newStore.segmentBytes();
        try {
            // A batch takes at most a quarter of a segment, in whole pieces.
            long group = Math.min(usual.groupPayloadBytes(), Math.max(segment / 4 / PIECE_BYTES, 1) * PIECE_BYTES);
            StoreLimits limits =
                    indexBytes == 0 ? usual.limits() : usual.limits().withIndexBytes(indexBytes);
            return new EngineConfig(
                    new StoreConfig(storeDirectory, Math.toIntExact(chunk), segment, Math.toIntExact(group), limits));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new EngineException(EngineException.Kind.INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    /** A task of the engine has a bug: whoever waits for it would wait for ever, so the process ends as by a kill. */
    private void taskFailed(String task, Throwable thrown) {
        Event event = Event.of(EventId.TASK_FAILED, "the service ends, task " + task + " failed: " + thrown);
        LOG.debug(event.id().id(), thrown);
        events.tell(event);
        if (!events.awaitWritten(LAST_WORDS)) {
            EventLogger.log(event);
        }
        Runtime.getRuntime().halt(ExitCode.FAILED.number());
    }
}
