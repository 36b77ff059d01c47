/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import dev.gnomon.benchmarks.sidebyside.Children;
import dev.gnomon.benchmarks.sidebyside.Content;
import dev.gnomon.benchmarks.sidebyside.Gnomon;
import dev.gnomon.benchmarks.sidebyside.Server;
import dev.gnomon.protocol.nbd.NbdAddress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What a peer is made with. Owned by one thread.
 *
 * @param directory its own
 * @param content of its volume at the beginning
 * @param build of Gnomon
 * @param javaOptions for Gnomon
 */
record Site(
        Children children,
        Load load,
        Path directory,
        Transport transport,
        Content content,
        Gnomon.Build build,
        List<String> javaOptions) {
    /** Copies the list. */
    Site {
        javaOptions = List.copyOf(javaOptions);
    }

    /** Returns a path in the peer's directory. */
    Path path(String name) {
        return directory.resolve(name);
    }

    /** Runs a command to its end. */
    void run(String... command) throws BenchFailure {
        children.run(List.of(command), directory.resolve("commands.log"));
    }

    /** Makes a file that holds the content. */
    Path makeOrigin(Path file) throws BenchFailure {
        content.write(file);
        return file;
    }

    void remove(Path file) throws BenchFailure {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw new BenchFailure(file + ": cannot be removed: " + e, e);
        }
    }

    void makeDirectory(Path path) throws BenchFailure {
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw new BenchFailure(path + ": cannot be made: " + e, e);
        }
    }

    /**
     * Returns nbdkit with its usual number of threads, serving what the arguments say. Its temporary files lie on the disk of
     * all others, and not where they might be kept in memory.
     */
    Server nbdkit(String name, String... arguments) throws BenchFailure {
        Path place = path(name);
        makeDirectory(place);
        NbdAddress address = transport.address(place);
        List<String> command =
                new ArrayList<>(List.of("env", "TMPDIR=" + place, "nbdkit", "--foreground", "--exit-with-parent"));
        command.addAll(Transport.nbdkit(address));
        command.addAll(List.of(arguments));
        return started(new Server(children, place, address, command), "");
    }

    /** Returns qemu-nbd with write-back caching, as it is by default. */
    Server qemuNbd(String name, String... arguments) throws BenchFailure {
        Path place = path(name);
        makeDirectory(place);
        NbdAddress address = transport.address(place);
        List<String> command = new ArrayList<>(List.of("qemu-nbd", "--persistent", "--shared=8"));
        command.addAll(Transport.qemuNbd(address));
        command.addAll(List.of(arguments));
        return started(new Server(children, place, address, command), "");
    }

    /** Waits until a server answers. */
    static Server started(Server server, String export) throws BenchFailure {
        server.await(export).close();
        return server;
    }
}
