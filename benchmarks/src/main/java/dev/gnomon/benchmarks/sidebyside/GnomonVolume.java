/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.Request;
import dev.gnomon.control.SetCreatedView;
import dev.gnomon.control.client.ControlClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The steps that several scenarios take with a service. */
final class GnomonVolume {
    private static final long READY_SECONDS_MAX = 60;
    private static final long POLL_MILLIS = 5;

    private GnomonVolume() {}

    /** Starts a service with one volume whose origin holds the content. */
    static Gnomon serve(Bench bench, Gnomon.Build build, String volume, Content content) throws BenchFailure {
        Gnomon server = start(bench, build, build.name());
        Path origin = bench.path(build.name()).resolve("origin");
        bench.makeOrigin(content, origin);
        server.ask(client -> client.addVolume(volume, origin.toString()));
        return server;
    }

    /** Starts a service and waits until it can be asked. */
    static Gnomon start(Bench bench, Gnomon.Build build, String directory) throws BenchFailure {
        return start(bench, build, directory, List.of());
    }

    /** As {@link #start(Bench, Gnomon.Build, String)}, with more options for its JVM. */
    static Gnomon start(Bench bench, Gnomon.Build build, String directory, List<String> java) throws BenchFailure {
        Gnomon server = bench.gnomon(build, directory, java);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS_MAX);
        while (true) {
            try {
                server.ask(ControlClient::status);
                return server;
            } catch (BenchFailure e) {
                if (System.nanoTime() - deadline > 0) {
                    throw e;
                }
            }
            server.requireAlive(POLL_MILLIS);
        }
    }

    /** Takes a set of the volumes under a name. */
    static SetCreatedView createSet(ControlClient client, List<String> volumes, String name) throws ControlException {
        return client.createSet(new Request.SetCreate(volumes, name, Map.of()));
    }
}
