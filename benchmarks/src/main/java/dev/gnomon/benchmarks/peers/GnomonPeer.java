/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.app.VolatileMain;
import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import dev.gnomon.benchmarks.sidebyside.Gnomon;
import dev.gnomon.control.Request;
import dev.gnomon.control.StatsView;
import dev.gnomon.control.client.ControlClient;
import dev.gnomon.export.Export;
import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.protocol.nbd.client.NbdException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Gnomon: a first overwrite reaches the origin when its old bytes are durable, unless {@link VolatileMain} starts it. */
class GnomonPeer implements Peer {
    static final String VOLUME = "v";
    private static final String COPY = "now";
    private static final long READY_SECONDS_MAX = 60;
    private static final long SETTLED_SECONDS_MAX = 60;
    private static final long POLL_MILLIS = 20;
    private static final int PIECE_BYTES = 4096;
    private static final int PIECES_OF_OLDER = 32;

    private final Path origin;
    private final Gnomon server;

    /**
     * Starts a service.
     *
     * @param olderCopies that exist all the time; between two of them some pieces were written, with what they held
     */
    GnomonPeer(Site site, int olderCopies) throws BenchFailure {
        this(site, site.build(), olderCopies, List.of());
    }

    /** As the other, with more options of {@code service run}. */
    GnomonPeer(Site site, int olderCopies, List<String> serviceOptions) throws BenchFailure {
        this(site, site.build(), olderCopies, serviceOptions);
    }

    private GnomonPeer(Site site, Gnomon.Build build, int olderCopies, List<String> serviceOptions)
            throws BenchFailure {
        Path place = site.path("gnomon");
        site.makeDirectory(place);
        this.origin = site.makeOrigin(site.path("origin"));
        this.server = new Gnomon(
                site.children(), place, site.transport().address(place), build, site.javaOptions(), serviceOptions);
        awaitReady();
        server.ask(client -> client.addVolume(VOLUME, origin.toString()));
        for (int i = 0; i < olderCopies; i++) {
            String name = "older" + i;
            server.ask(client -> client.createSet(new Request.SetCreate(List.of(VOLUME), name, Map.of())));
            rewrite(i);
        }
    }

    /** Starts a service that makes nothing of its copies durable. */
    static GnomonPeer unordered(Site site) throws BenchFailure {
        return new GnomonPeer(site, site.build().startedBy(VolatileMain.class.getName()), 0, List.of());
    }

    /** Returns the service. */
    Gnomon server() {
        return server;
    }

    @Override
    public Target live() {
        return new Target.Export(server, VOLUME);
    }

    @Override
    public Target copy() {
        return new Target.Export(server, VOLUME + "@" + COPY);
    }

    @Override
    public List<Path> files() {
        return List.of(origin);
    }

    @Override
    public void take() throws BenchFailure {
        server.ask(client -> client.createSet(new Request.SetCreate(List.of(VOLUME), COPY, Map.of())));
    }

    @Override
    public Dropped drop() throws BenchFailure {
        server.ask(client -> client.deleteSet(COPY));
        return Dropped.LIVE_STAYS;
    }

    /** Waits until the origin holds all that was acknowledged. */
    @Override
    public void quiesce() throws BenchFailure {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLED_SECONDS_MAX);
        while (server.ask(client -> client.volume(VOLUME)).unsettledBytes() > 0) {
            if (System.nanoTime() - deadline > 0) {
                throw new BenchFailure(
                        "after " + SETTLED_SECONDS_MAX + " s the origin does not hold all that was" + " acknowledged");
            }
            server.requireAlive(POLL_MILLIS);
        }
    }

    @Override
    public Optional<Space> space() throws BenchFailure {
        StatsView stats = server.ask(ControlClient::stats).engine();
        return Optional.of(new Space(stats.logUsedBytes(), stats.preservedBytes()));
    }

    @Override
    public void close() throws BenchFailure {
        server.close();
    }

    /** Writes some pieces with what they hold, so that each copy has records of its own. */
    private void rewrite(int seed) throws BenchFailure {
        SplittableRandom random = new SplittableRandom(seed);
        ByteBuffer piece = ByteBuffer.allocate(PIECE_BYTES);
        try (NbdClient client = server.connect(VOLUME)) {
            for (int i = 0; i < PIECES_OF_OLDER; i++) {
                long offset = random.nextLong(client.sizeBytes() / PIECE_BYTES) * PIECE_BYTES;
                client.read(offset, piece.clear());
                client.write(offset, piece.flip(), Export.Durability.BUFFERED);
            }
        } catch (NbdException e) {
            throw new BenchFailure("gnomon: cannot write between two copies: " + e.getMessage(), e);
        }
    }

    private void awaitReady() throws BenchFailure {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(READY_SECONDS_MAX);
        while (true) {
            try {
                server.ask(ControlClient::status);
                return;
            } catch (BenchFailure e) {
                if (System.nanoTime() - deadline > 0) {
                    throw e;
                }
            }
            server.requireAlive(POLL_MILLIS);
        }
    }
}
