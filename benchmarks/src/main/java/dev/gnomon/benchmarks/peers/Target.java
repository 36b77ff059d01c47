/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import dev.gnomon.benchmarks.sidebyside.Content;
import dev.gnomon.benchmarks.sidebyside.Server;
import dev.gnomon.protocol.nbd.client.NbdClient;
import java.io.EOFException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** What load can be put on, and whose content can be compared. */
sealed interface Target {
    /** Returns what names it for the load generator. */
    String argument();

    /** Returns the processes whose processor time counts; none if the load generator does all the work. */
    List<Long> servers();

    /**
     * Compares all of it, see {@link Content#compare}.
     *
     * @return how many pieces were written by jobs with those tags
     */
    long compare(Content content, String what, int tagMin, int tagMax) throws BenchFailure;

    /** An export of a server. */
    record Export(Server server, String name) implements Target {
        @Override
        public String argument() {
            return "uri=" + server.uri(name);
        }

        @Override
        public List<Long> servers() {
            return List.of(server.pid());
        }

        @Override
        public long compare(Content content, String what, int tagMin, int tagMax) throws BenchFailure {
            try (NbdClient client = server.connect(name)) {
                return content.compare(client::read, client.sizeBytes(), what, tagMin, tagMax);
            }
        }
    }

    /** A file without any server. */
    record RawFile(Path path) implements Target {
        @Override
        public String argument() {
            return "file=" + path;
        }

        @Override
        public List<Long> servers() {
            return List.of();
        }

        @Override
        public long compare(Content content, String what, int tagMin, int tagMax) throws BenchFailure {
            try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
                Content.Source source = (offset, target) -> {
                    long at = offset;
                    while (target.hasRemaining()) {
                        int moved = channel.read(target, at);
                        if (moved < 0) {
                            throw new EOFException("the file ends at " + at);
                        }
                        at += moved;
                    }
                };
                return content.compare(source, channel.size(), what, tagMin, tagMax);
            } catch (IOException e) {
                throw new BenchFailure(path + ": cannot be read: " + e, e);
            }
        }
    }
}
