/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import dev.gnomon.benchmarks.sidebyside.Server;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A peer whose copy is the file that a volume was, while all that is written lies in a layer over it: redirected, not copied.
 * The layer is a server of its own that is started for each copy, and is thrown away with it.
 */
final class LayeredPeer implements Peer {
    private final Site site;
    private final Path origin;
    private final Layer layer;
    private final Layer base;
    private final boolean countsSocketBytes;
    private @Nullable Server live;
    private @Nullable Server copy;

    /** Starts a server. */
    @FunctionalInterface
    private interface Layer {
        Server start(Site site, Path origin) throws BenchFailure;
    }

    private LayeredPeer(Site site, Layer layer, Layer base, boolean countsSocketBytes) throws BenchFailure {
        this.site = site;
        this.origin = site.makeOrigin(site.path("origin"));
        this.layer = layer;
        this.base = base;
        this.countsSocketBytes = countsSocketBytes;
    }

    /** nbdkit's filter cow over its plugin file. The layer is an unlinked file. */
    static Peer nbdkitCow(Site site, int blockBytes) throws BenchFailure {
        Layer layer = (at, origin) ->
                at.nbdkit("live", "--filter=cow", "file", origin.toString(), "cow-block-size=" + blockBytes);
        Layer base = (at, origin) -> at.nbdkit("copy", "--readonly", "file", origin.toString());
        return new LayeredPeer(site, layer, base, true);
    }

    /**
     * qemu's overlay in qcow2.
     *
     * @param options of the overlay for {@code qemu-img create}
     */
    static Peer overlay(Site site, String options) throws BenchFailure {
        Layer layer = (at, origin) -> {
            String overlay = at.path("overlay").toString();
            at.remove(at.path("overlay"));
            at.run(
                    "qemu-img",
                    "create",
                    "-q",
                    "-f",
                    "qcow2",
                    "-o",
                    options,
                    "-b",
                    origin.toString(),
                    "-F",
                    "raw",
                    overlay);
            return at.qemuNbd("live", "--format=qcow2", overlay);
        };
        Layer base = (at, origin) -> at.qemuNbd("copy", "--read-only", "--format=raw", origin.toString());
        return new LayeredPeer(site, layer, base, false);
    }

    @Override
    public Target live() {
        return target(live);
    }

    @Override
    public Target copy() {
        return target(copy);
    }

    @Override
    public List<Path> files() {
        return List.of(origin);
    }

    @Override
    public void take() throws BenchFailure {
        live = layer.start(site, origin);
        copy = base.start(site, origin);
    }

    @Override
    public Dropped drop() throws BenchFailure {
        close();
        return Dropped.BACK_TO_COPY;
    }

    @Override
    public boolean countsSocketBytes() {
        return countsSocketBytes;
    }

    @Override
    public void close() throws BenchFailure {
        if (live != null) {
            live.close();
            live = null;
        }
        if (copy != null) {
            copy.close();
            copy = null;
        }
    }

    private static Target target(@Nullable Server server) {
        if (server == null) {
            throw new IllegalStateException("there is no copy, and without one no server");
        }
        return new Target.Export(server, "");
    }
}
