/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import dev.gnomon.benchmarks.sidebyside.Fleecing;
import dev.gnomon.benchmarks.sidebyside.Server;
import dev.gnomon.protocol.nbd.NbdAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** qemu's {@link Fleecing}. */
final class FleecingPeer implements Peer {
    private final Site site;
    private final Path origin;
    private final Path target;
    private @Nullable Server server;

    FleecingPeer(Site site) throws BenchFailure {
        this.site = site;
        this.origin = site.makeOrigin(site.path("origin"));
        this.target = site.path("target");
    }

    @Override
    public Target live() {
        return new Target.Export(server(), Fleecing.LIVE);
    }

    @Override
    public Target copy() {
        return new Target.Export(server(), Fleecing.COPY);
    }

    @Override
    public List<Path> files() {
        return List.of(origin);
    }

    @Override
    public void take() throws BenchFailure {
        site.remove(target);
        site.run("truncate", "--size=" + site.content().sizeBytes(), target.toString());
        Path place = site.path("server");
        site.makeDirectory(place);
        NbdAddress address = site.transport().address(place);
        List<String> command = Fleecing.command(origin, target, Transport.storageDaemon(address));
        server = Site.started(new Server(site.children(), place, address, command), Fleecing.COPY);
    }

    @Override
    public Dropped drop() throws BenchFailure {
        close();
        return Dropped.LIVE_STAYS;
    }

    @Override
    public boolean countsSocketBytes() {
        return false;
    }

    @Override
    public void close() throws BenchFailure {
        if (server != null) {
            server.close();
            server = null;
        }
    }

    private Server server() {
        if (server == null) {
            throw new IllegalStateException("there is no copy, and without one no server");
        }
        return server;
    }
}
