/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import dev.gnomon.protocol.nbd.NbdAddress;
import dev.gnomon.protocol.nbd.client.NbdClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** An NBD server in a process of its own, on a Unix socket. Owned by one thread. */
public class Server implements AutoCloseable {
    private static final long READY_SECONDS_MAX = 120;
    private static final long POLL_MILLIS = 2;

    private final Children children;
    private final NbdAddress address;
    private final Path log;
    private final Process process;
    private final long startedNanos;

    /**
     * Starts it; {@link #await} waits for it.
     *
     * @param directory where its socket and its log are
     * @param command to which nothing is added; it listens on {@link #socket(Path)}
     */
    Server(Children children, Path directory, List<String> command) throws BenchFailure {
        this(children, directory, new NbdAddress.Unix(socket(directory)), command);
    }

    /**
     * Starts it; {@link #await} waits for it.
     *
     * @param directory where its log is
     * @param address on which the command lets it listen
     */
    public Server(Children children, Path directory, NbdAddress address, List<String> command) throws BenchFailure {
        this.children = children;
        this.address = address;
        this.log = directory.resolve("server.log");
        try {
            Files.createDirectories(directory);
            if (address instanceof NbdAddress.Unix(Path socket)) {
                Files.deleteIfExists(socket);
            }
        } catch (IOException e) {
            throw new BenchFailure(directory + ": cannot prepare it for a server: " + e, e);
        }
        this.startedNanos = System.nanoTime();
        this.process = children.start(command, log);
    }

    /** Returns the socket of a server whose directory is given. */
    public static Path socket(Path directory) {
        return directory.resolve("s");
    }

    /** Returns nbdkit, serving what its plugin arguments say. */
    static Server nbdkit(Children children, Path directory, int threads, String... plugin) throws BenchFailure {
        List<String> command = new ArrayList<>(List.of(
                "nbdkit",
                "--foreground",
                "--threads=" + threads,
                "--unix",
                socket(directory).toString()));
        command.addAll(List.of(plugin));
        return new Server(children, directory, command);
    }

    /** Returns its process. */
    public long pid() {
        return process.pid();
    }

    /** Returns what libnbd and fio call an export. */
    public String uri(String export) {
        return switch (address) {
            case NbdAddress.Unix unix -> "nbd+unix:///" + export + "?socket=" + unix.path();
            case NbdAddress.Tcp tcp -> "nbd://" + tcp.host().getHostAddress() + ":" + tcp.port() + "/" + export;
        };
    }

    /** Connects to an export. */
    public NbdClient connect(String export) throws BenchFailure {
        try {
            return NbdClient.connect(address, export);
        } catch (IOException e) {
            throw new BenchFailure("export '" + export + "': " + e.getMessage(), e);
        }
    }

    /** Waits until an export can be opened, and returns the connection. */
    public NbdClient await(String export) throws BenchFailure {
        while (true) {
            try {
                return NbdClient.connect(address, export);
            } catch (IOException e) {
                if (System.nanoTime() - startedNanos > TimeUnit.SECONDS.toNanos(READY_SECONDS_MAX)) {
                    throw new BenchFailure(
                            "no answer " + READY_SECONDS_MAX + " s after its start: " + Children.tail(log), e);
                }
            }
            requireAlive(POLL_MILLIS);
        }
    }

    /** Waits for some time; fails if the server ends within it. */
    public void requireAlive(long millis) throws BenchFailure {
        if (children.await(process, millis)) {
            throw new BenchFailure("a server ended with exit code " + process.exitValue() + ": " + Children.tail(log));
        }
    }

    /** Returns how long ago it was started. */
    long ageNanos() {
        return System.nanoTime() - startedNanos;
    }

    /** Ends it by SIGKILL. */
    public void kill() throws BenchFailure {
        children.kill(process);
    }

    @Override
    public void close() throws BenchFailure {
        if (process.isAlive()) {
            children.stop(process);
        }
    }
}
