/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A PostgreSQL server in the foreground, as the user {@code postgres}, reached by a Unix socket only. It uses the programs of
 * Debian's packages but none of the clusters that they made. Used by one thread at a time.
 */
final class PostgresServer implements AutoCloseable {
    /** The only database of these tests. */
    static final String DATABASE = "bench";

    private static final String USER = "postgres";
    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");
    private static final String READY = "database system is ready to accept connections";

    /** Small buffers and early checkpoints, so that the volume of the data is written too and not only that of the log. */
    private static final String SETTINGS = """
            listen_addresses = ''
            shared_buffers = 16MB
            min_wal_size = 32MB
            max_wal_size = 64MB
            checkpoint_timeout = 30s
            dynamic_shared_memory_type = mmap
            jit = off
            """;

    private final Path data;
    private final Path sockets;
    private final Running process;

    private PostgresServer(Path data, Path sockets, Running process) {
        this.data = data;
        this.sockets = sockets;
        this.process = process;
    }

    // ---- what is installed

    /** Skips the test, with the reason, if the programs are not installed. */
    static void require() {
        Tools.require("setpriv");
        assumeTrue(programs().isPresent(), "no PostgreSQL server is installed below " + VERSIONS);
        for (String program : List.of("pgbench", "pg_amcheck", "pg_checksums")) {
            assumeTrue(Files.isExecutable(program(program)), program(program) + " is not installed");
        }
    }

    private static Optional<Path> programs() {
        try (Stream<Path> versions = Files.list(VERSIONS)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("postgres")))
                    .max(Comparator.comparingInt(PostgresServer::major));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static int major(Path bin) {
        String name = bin.getName(bin.getNameCount() - 2).toString();
        return name.matches("\\d{1,4}") ? Integer.parseInt(name) : 0;
    }

    private static Path program(String name) {
        return programs().orElseThrow().resolve(name);
    }

    static String version() {
        return Tools.run(program("postgres").toString(), "--version").ok().strip();
    }

    /** It refuses to run as root, and a working directory that its user may not see makes its programs complain. */
    private static List<String> asUser(String program, String... words) {
        List<String> line = new ArrayList<>(List.of("env", "--chdir=/", "setpriv", "--reuid=" + USER));
        line.addAll(List.of("--regid=" + USER, "--init-groups", program(program).toString()));
        line.addAll(List.of(words));
        return line;
    }

    /** Makes a directory that belongs to the user {@code postgres} alone. */
    static Path directory(Path path) {
        Tools.run("install", "-d", "-o", USER, "-g", USER, "-m", "700", path.toString())
                .ok();
        return path;
    }

    // ---- the life of a server

    /**
     * Makes a cluster with data checksums and its write-ahead log in another directory. The link from one to the other is
     * relative, so that it holds wherever both are mounted beside each other.
     */
    static void initialise(Path data, Path wal) throws IOException {
        Tools.run(asUser(
                        "initdb",
                        "--pgdata=" + directory(data),
                        "--waldir=" + directory(wal),
                        "--data-checksums",
                        "--wal-segsize=4",
                        "--auth=trust",
                        "--locale=C.UTF-8"))
                .ok();
        Files.writeString(data.resolve("postgresql.conf"), SETTINGS, StandardOpenOption.APPEND);
        Path link = data.resolve("pg_wal");
        Files.delete(link);
        Files.createSymbolicLink(link, data.relativize(wal));
        // What initdb wrote it has synced; this is ours to sync, or a crash may take it.
        Tools.run("sync", "-f", data.toString()).ok();
    }

    /** Starts a server and waits until it has recovered and takes connections. */
    static PostgresServer start(Workspace workspace, Path data, Path sockets) {
        Running process = workspace.start(asUser("postgres", "-D", data.toString(), "-k", sockets.toString())
                .toArray(String[]::new));
        PostgresServer server = new PostgresServer(data, sockets, process);
        workspace.closeLater("PostgreSQL on " + data, server::close);
        Tools.await("PostgreSQL on " + data, () -> process.err().contains(READY) || !process.isAlive());
        assertThat(process.isAlive()).as(process.toString()).isTrue();
        return server;
    }

    /** Returns whether the server found at its start that the one before had not been stopped. */
    boolean hasRecovered() {
        return process.err().contains("automatic recovery in progress");
    }

    /** Fails the test if the server complained of its files. */
    void requireNoDamageTold() {
        assertThat(process.err()).doesNotContain("PANIC", "invalid page", "could not read", "checksum");
    }

    /** Stops the server; what its clients did not commit is rolled back. */
    void stop() {
        signal("INT");
        process.result(Tools.DEADLINE).ok();
    }

    /** Ends the server as by {@code kill -9}, if its storage has not ended it already. */
    void kill() {
        process.kill();
    }

    private void signal(String name) {
        Tools.run("kill", "-" + name, Long.toString(process.pid())).ok();
    }

    /** Ends the server at once; unlike a kill, this leaves no shared memory. */
    @Override
    public void close() {
        if (process.isAlive()) {
            signal("QUIT");
            process.result(Tools.DEADLINE);
        }
    }

    // ---- its clients

    /** Returns the line of a client program of PostgreSQL that connects to this server. */
    List<String> clientLine(String program, String... words) {
        List<String> line =
                new ArrayList<>(List.of(program(program).toString(), "--host=" + sockets, "--username=" + USER));
        line.addAll(List.of(words));
        return line;
    }

    Tools.Result client(String program, String... words) {
        return Tools.run(clientLine(program, words));
    }

    /** Returns what a query finds: a line for each row, its columns separated by {@code |}. */
    String query(String sql) {
        return client("psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", DATABASE, "-c", sql)
                .ok()
                .strip();
    }

    /** Fails the test unless every table and index is well formed and they agree with each other. */
    void requireWellFormed() {
        Tools.Result result = client("pg_amcheck", "--install-missing", "--all", "--heapallindexed", "--parent-check");
        assertThat(result.ok() + result.err()).as(result.toString()).isEmpty();
    }

    /** Fails the test unless the checksum of every page of a stopped server is right. */
    void requireChecksums() {
        Tools.Result result = Tools.run(asUser("pg_checksums", "--check", "--pgdata=" + data));
        assertThat(result.ok()).contains("Bad checksums:  0\n").doesNotContain("Blocks scanned:  0\n");
    }
}
