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

/** Peers that have no copies: the raw file, servers of a raw file, and a server of nothing. */
final class FilePeers {
    private FilePeers() {}

    /** The floor: the load generator writes the file itself. */
    static Peer raw(Site site) throws BenchFailure {
        Path file = site.makeOrigin(site.path("origin"));
        return new WithoutCopies(new Target.RawFile(file), List.of(file), null, false);
    }

    /** The ceiling of the load generator: whatever it writes is acknowledged and forgotten. */
    static Peer nothing(Site site) throws BenchFailure {
        Server server = site.nbdkit("server", "null", "size=" + site.content().sizeBytes());
        return new WithoutCopies(new Target.Export(server, ""), List.of(), server, true);
    }

    static Peer nbdkit(Site site) throws BenchFailure {
        Path file = site.makeOrigin(site.path("origin"));
        Server server = site.nbdkit("server", "file", file.toString());
        return new WithoutCopies(new Target.Export(server, ""), List.of(file), server, true);
    }

    static Peer qemu(Site site) throws BenchFailure {
        Path file = site.makeOrigin(site.path("origin"));
        Server server = site.qemuNbd("server", "--format=raw", file.toString());
        return new WithoutCopies(new Target.Export(server, ""), List.of(file), server, false);
    }

    private record WithoutCopies(
            Target live, List<Path> files, @Nullable Server server, boolean countsSocketBytes) implements Peer {
        @Override
        public Target copy() {
            throw new IllegalStateException("it has no copies");
        }

        @Override
        public void take() {
            throw new IllegalStateException("it has no copies");
        }

        @Override
        public Dropped drop() {
            throw new IllegalStateException("it has no copies");
        }

        @Override
        public void close() throws BenchFailure {
            if (server != null) {
                server.close();
            }
        }
    }
}
