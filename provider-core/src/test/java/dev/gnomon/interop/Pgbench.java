/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * A run of pgbench: its usual transaction, which also inserts a row that names run, client and number within the client. Its
 * log tells when each was acknowledged. Used by one thread at a time.
 */
final class Pgbench {
    /** So many that a transaction seldom waits for another's row. */
    static final int SCALE = 5;

    static final int CLIENTS = 8;

    private static final long NANOS_PER_MICRO = 1_000;

    private static final String SCRIPT = """
            \\set aid random(1, 100000 * :scale)
            \\set bid random(1, :scale)
            \\set tid random(1, 10 * :scale)
            \\set delta random(-5000, 5000)
            \\set n :n + 1
            BEGIN;
            UPDATE pgbench_accounts SET abalance = abalance + :delta WHERE aid = :aid;
            UPDATE pgbench_tellers SET tbalance = tbalance + :delta WHERE tid = :tid;
            UPDATE pgbench_branches SET bbalance = bbalance + :delta WHERE bid = :bid;
            INSERT INTO pgbench_history (tid, bid, aid, delta, mtime) VALUES (:tid, :bid, :aid, :delta, now());
            INSERT INTO numbered (run, client, n) VALUES (:run, :client_id, :n);
            END;
            """;

    private final PostgresServer server;
    private final int number;
    private final Path logs;
    private final Running process;
    private final long started;
    private final ClockSample before;
    private ClockSample after;

    /**
     * The clock of pgbench's log against that of the test, which it is turned into.
     *
     * @param shiftMicros what to add to {@link System#nanoTime}, in microseconds, for the time of day
     * @param windowMicros how much the shift may be wrong
     */
    private record ClockSample(long shiftMicros, long windowMicros) {
        static ClockSample take() {
            ClockSample best = new ClockSample(0, Long.MAX_VALUE);
            for (int i = 0; i < 20; i++) {
                long from = System.nanoTime() / NANOS_PER_MICRO;
                long day = ChronoUnit.MICROS.between(Instant.EPOCH, Instant.now());
                long window = System.nanoTime() / NANOS_PER_MICRO - from + 1;
                if (window < best.windowMicros) {
                    best = new ClockSample(day - from, window);
                }
            }
            return best;
        }
    }

    private Pgbench(PostgresServer server, int number, Path logs, Running process, long started, ClockSample before) {
        this.server = server;
        this.number = number;
        this.logs = logs;
        this.process = process;
        this.started = started;
        this.before = before;
        this.after = before;
    }

    /** Fills the tables of pgbench, and makes that of the numbers. */
    static void initialise(PostgresServer server) {
        server.client("createdb", PostgresServer.DATABASE).ok();
        server.client("pgbench", "--initialize", "--quiet", "--scale=" + SCALE, PostgresServer.DATABASE)
                .ok();
        server.query("CREATE TABLE numbered (run int, client int, n int, PRIMARY KEY (run, client, n))");
    }

    /** Starts run {@code number} and waits for its first transactions. */
    static Pgbench start(Workspace workspace, PostgresServer server, int number, long seed) throws IOException {
        Path logs = workspace.directory("pgbench-" + number);
        Path script = Files.writeString(logs.resolve("script.sql"), SCRIPT);
        ClockSample before = ClockSample.take();
        long started = System.nanoTime();
        Running process = workspace.start(server.clientLine(
                        "pgbench",
                        "--no-vacuum",
                        "--client=" + CLIENTS,
                        "--jobs=1",
                        "--time=36000",
                        "--protocol=prepared",
                        "--random-seed=" + seed,
                        "--file=" + script,
                        "--define=scale=" + SCALE,
                        "--define=run=" + number,
                        "--define=n=0",
                        "--log",
                        "--log-prefix=" + logs.resolve("log"),
                        PostgresServer.DATABASE)
                .toArray(String[]::new));
        Pgbench run = new Pgbench(server, number, logs, process, started, before);
        run.awaitMore(1);
        run.after = ClockSample.take();
        return run;
    }

    /** Waits until that many more transactions of this run are committed. */
    void awaitMore(int count) {
        long end = committed() + count;
        Tools.await(end + " commits", () -> committed() >= end || !process.isAlive());
        assertThat(process.isAlive()).as(process.toString()).isTrue();
    }

    private long committed() {
        return Long.parseLong(server.query("SELECT count(*) FROM numbered WHERE run = " + number));
    }

    /** Ends the run in the middle of whatever it does. */
    void disconnect() {
        server.query(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'pgbench'");
    }

    /** Waits for the end of a run whose server is gone or has disconnected it, and adds to {@code commits} what it did. */
    void collect(Commits commits) throws IOException {
        Tools.Result result = process.result(Tools.DEADLINE);
        List<List<Long>> times = new ArrayList<>();
        for (int client = 0; client < CLIENTS; client++) {
            times.add(new ArrayList<>());
        }
        for (String line : logLines()) {
            // Client, number, duration or "failed", script, second, microsecond.
            String[] words = line.split(" ", -1);
            assertThat(words).as(line).hasSize(6);
            assertThat(words[2]).as(line + "\n" + result).matches("\\d+");
            long micros = Long.parseLong(words[4]) * 1_000_000 + Long.parseLong(words[5]);
            times.get(Integer.parseInt(words[0])).add((micros - before.shiftMicros) * NANOS_PER_MICRO);
        }
        for (int client = 0; client < CLIENTS; client++) {
            commits.add(number, client, started, times.get(client), slackNanos());
        }
    }

    private List<String> logLines() throws IOException {
        List<String> lines = new ArrayList<>();
        try (Stream<Path> files = Files.list(logs)) {
            for (Path file : files.filter(each -> each.getFileName().toString().startsWith("log."))
                    .toList()) {
                lines.addAll(Files.readAllLines(file));
            }
        }
        return lines;
    }

    /** How much a time of the log may be wrong: pgbench looks at the time of day once, between the two samples. */
    private long slackNanos() {
        return NANOS_PER_MICRO
                * (Math.abs(after.shiftMicros - before.shiftMicros) + before.windowMicros + after.windowMicros);
    }
}
