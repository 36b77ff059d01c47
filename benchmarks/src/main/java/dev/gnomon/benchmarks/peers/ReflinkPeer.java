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
 * {@code nbdkit file} over a file system that shares extents between files: taking a copy is {@code cp --reflink} of the file
 * that is served, after what is dirty was written back.
 */
final class ReflinkPeer implements Peer {
    private final Site site;
    private final LoopFileSystem fileSystem;
    private final Path origin;
    private final Path clone;
    private Server live;
    private @Nullable Server copy;

    /** @param type of the file system: xfs or btrfs */
    ReflinkPeer(Site site, String type) throws BenchFailure {
        this.site = site;
        this.fileSystem = LoopFileSystem.mount(site, type);
        this.origin = site.makeOrigin(fileSystem.directory().resolve("origin"));
        this.clone = fileSystem.directory().resolve("copy");
        this.live = serve();
    }

    @Override
    public Target live() {
        return new Target.Export(live, "");
    }

    @Override
    public Target copy() {
        if (copy == null) {
            throw new IllegalStateException("there is no copy");
        }
        return new Target.Export(copy, "");
    }

    @Override
    public List<Path> files() {
        return List.of(origin);
    }

    @Override
    public void take() throws BenchFailure {
        site.run("sync", "--file-system", origin.toString());
        site.run("cp", "--reflink=always", origin.toString(), clone.toString());
        copy = site.nbdkit("copy", "--readonly", "file", clone.toString());
    }

    /** Goes on with the copy, because its extents are still in one piece: each round begins alike. */
    @Override
    public Dropped drop() throws BenchFailure {
        stopServers();
        site.run("mv", clone.toString(), origin.toString());
        site.run("sync", "--file-system", origin.toString());
        live = serve();
        return Dropped.BACK_TO_COPY;
    }

    @Override
    public void close() throws BenchFailure {
        stopServers();
        fileSystem.close();
    }

    private void stopServers() throws BenchFailure {
        live.close();
        if (copy != null) {
            copy.close();
            copy = null;
        }
    }

    private Server serve() throws BenchFailure {
        return site.nbdkit("live", "file", origin.toString());
    }
}
