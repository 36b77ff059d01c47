/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import dev.gnomon.benchmarks.sidebyside.Server;
import dev.gnomon.protocol.nbd.NbdAddress;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * qemu's fleecing: the filter {@code copy-before-write} over the volume with a raw file as its target, and the node
 * {@code snapshot-access} as the copy. A daemon for each copy, because a target serves one. Source: qemu's QAPI reference,
 * BlockdevOptionsCbw.
 */
final class FleecingPeer implements Peer {
    private static final String LIVE = "live";
    private static final String COPY = "copy";

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
        return new Target.Export(server(), LIVE);
    }

    @Override
    public Target copy() {
        return new Target.Export(server(), COPY);
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
        List<String> command = List.of(
                "qemu-storage-daemon",
                "--blockdev",
                "driver=file,node-name=origin-file,filename=" + origin,
                "--blockdev",
                "driver=raw,node-name=origin,file=origin-file",
                "--blockdev",
                "driver=file,node-name=target-file,filename=" + target,
                "--blockdev",
                "driver=raw,node-name=target,file=target-file",
                "--blockdev",
                "driver=copy-before-write,node-name=filter,file=origin,target=target",
                "--blockdev",
                "driver=snapshot-access,node-name=access,file=filter",
                "--nbd-server",
                Transport.storageDaemon(address),
                "--export",
                "type=nbd,id=live,node-name=filter,name=" + LIVE + ",writable=on",
                "--export",
                "type=nbd,id=copy,node-name=access,name=" + COPY);
        server = Site.started(new Server(site.children(), place, address, command), COPY);
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
