/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.control.ClientView;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.NbdStatsView;
import dev.gnomon.export.Exports;
import dev.gnomon.io.Clock;
import dev.gnomon.io.Storage;
import dev.gnomon.observe.EventRecorder;
import dev.gnomon.observe.Latencies;
import dev.gnomon.observe.Metric;
import dev.gnomon.snapshot.Engine;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.vss.FaultVolumes;
import dev.gnomon.vss.Provider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What a service is made of; tests put others in. */
interface ServiceParts {
    /** Returns where files are. */
    Storage storage();

    /** Returns what time it is. */
    Clock clock();

    /** Returns where everything that runs here tells its events. */
    EventRecorder events();

    /** Returns how long things took here. */
    Latencies latencies();

    /** Opens the engine on a store that nobody else uses, creating it if there is none; the caller closes the engine. */
    Opened openEngine(Path storeDirectory) throws EngineException, IOException;

    /**
     * Opens the VSS provider over an engine.
     *
     * @throws ControlException of kind INVALID if the configuration is not legal
     */
    OpenedProvider openProvider(VssConfig config, Opened opened) throws ControlException, IOException;

    /**
     * A provider.
     *
     * @param volumes which volumes faults of its calls may be for
     * @param end to be run after the channel has ended and before the engine is closed
     */
    record OpenedProvider(Provider provider, FaultVolumes volumes, Runnable end) {}

    /** Refuses an address that could not be listened on, or that other machines can reach without being allowed to. */
    void checkNbd(String address, boolean allowRemote) throws ControlException;

    /** Serves metrics on an address that is checked as by {@link #checkMetrics}. */
    MetricsService serveMetrics(String address, List<Metric> metrics) throws IOException, ControlException;

    /** Refuses an address that could not be listened on, or that other machines can reach without being allowed to. */
    void checkMetrics(String address, boolean allowRemote) throws ControlException;

    /** Returns an NBD server that listens nowhere yet. */
    NbdService serveNbd(Exports exports);

    /**
     * An engine and what protocol servers offer of it.
     *
     * @param exports of no use once the engine is closed
     */
    record Opened(Engine engine, Exports exports) {}

    /**
     * Metrics being served.
     *
     * @param address with the port that was taken
     */
    record MetricsService(String address, Runnable end) {}

    /** An NBD server. */
    interface NbdService extends AutoCloseable {
        /** Listens on one more address, and returns it with the port that was taken if none was asked for. */
        String listen(String address, boolean allowRemote) throws IOException, ControlException;

        /** Returns what it counted. */
        NbdStatsView stats();

        /** Returns the clients that have an export open. */
        default List<ClientView> clients() {
            return List.of();
        }

        /** Takes no more clients; those that are connected are served as before. */
        default void stopListening() {}

        /** Disconnects every client, within a bounded time. */
        @Override
        void close();
    }
}
