/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.control.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A PostgreSQL database on ext4, its data on one volume and its write-ahead log on another, under pgbench. Sets of both are
 * taken meanwhile, and the service is killed once in a while. From each set the database is recovered in writable overlays.
 */
@Tag("postgres")
@Timeout(3600)
@ExtendWith(WorkspaceExtension.class)
class PostgresIT {
    private static final long MIB = 1 << 20;
    private static final long SEED = Workspace.SEED + 1000;
    private static final int SETS = Workspace.LONG ? 20 : 4;
    private static final int SETS_PER_KILL = 4;
    private static final int COMMITS_BETWEEN = 500;

    private static final String SUMS = "SELECT (SELECT sum(abalance) FROM pgbench_accounts),"
            + " (SELECT sum(tbalance) FROM pgbench_tellers), (SELECT sum(bbalance) FROM pgbench_branches),"
            + " (SELECT coalesce(sum(delta), 0) FROM pgbench_history), count(*), (SELECT count(*) FROM numbered)"
            + " FROM pgbench_history";

    private static final String ROWS = "SELECT run, client, n FROM numbered";

    private record Cut(String set, long asked, long replied) {}

    private final Commits commits = new Commits();
    private final List<Cut> cuts = new ArrayList<>();
    private int runs;
    private int kills;

    /** The database as its users see it, which a kill of the service replaces by another. */
    private record Live(DatabaseVolumes volumes, PostgresServer server, Pgbench load) {}

    @Test
    void databaseIsRecoveredFromEverySet(Workspace workspace) throws IOException {
        PostgresServer.require();
        Tools.require("mkfs.ext4", "e2fsck");
        Tools.requireFuse();
        Tools.requireMounts();
        workspace.letOthersPass();
        ServiceProcess service = workspace.service();
        DatabaseVolumes volumes = make(workspace, service);
        PostgresServer server = volumes.startServer();
        Pgbench.initialise(server);
        long began = System.nanoTime();
        Live live = new Live(volumes, server, Pgbench.start(workspace, server, runs++, SEED));
        for (int i = 0; i < SETS; i++) {
            if (i % SETS_PER_KILL == SETS_PER_KILL / 2) {
                live.load().awaitMore(COMMITS_BETWEEN / 4);
                live = kill(workspace, service, live);
            }
            live.load().awaitMore(COMMITS_BETWEEN + Pgbench.CLIENTS);
            cuts.add(cut(service, "set-" + i));
        }
        requireFlushes(service, live.load());
        // A copy is recovered while its volumes are written to, the others when they are not.
        requireCopy(workspace, service, cuts.getFirst());
        live.load().disconnect();
        live.load().collect(commits);
        double seconds = (System.nanoTime() - began) / 1e9;
        requireRows(live.server(), new Cut("the live database", System.nanoTime(), System.nanoTime()));
        requireCommitsBetween();
        String untouched = hash(service, "data@" + cuts.getLast().set());
        for (Cut cut : cuts.subList(1, cuts.size())) {
            requireCopy(workspace, service, cut);
        }
        assertThat(hash(service, "data@" + cuts.getLast().set()))
                .as("the copy below its overlay")
                .isEqualTo(untouched);
        requireGood(live.server(), live.volumes());
        print(seconds);
        service.ask(client -> client.deleteSet(cuts.getFirst().set()));
        service.stop();
        ServiceProcess.command("check", "--state", service.stateDirectory().toString())
                .ok();
    }

    private void print(double seconds) {
        System.out.printf(
                Locale.ROOT,
                "FIGURE postgres: %s: %d commits in %.0f s, their times known to %.0f us; kills: %d; sets: %d, each recovered%n",
                PostgresServer.version(),
                commits.count(),
                seconds,
                commits.slackNanosMax() / 1e3,
                kills,
                cuts.size());
    }

    /** Makes the volumes, their file systems and a cluster without tables. */
    private DatabaseVolumes make(Workspace workspace, ServiceProcess service) throws IOException {
        service.createVolume("data", 256 * MIB);
        service.createVolume("wal", 160 * MIB);
        DatabaseVolumes.format(workspace, "data-disk", service.uri("data"));
        DatabaseVolumes.format(workspace, "wal-disk", service.uri("wal"));
        DatabaseVolumes volumes = live(workspace, service);
        requireFlushesArrive(service, volumes.data());
        requireFlushesArrive(service, volumes.wal());
        PostgresServer.initialise(volumes.database(), volumes.log());
        return volumes;
    }

    /** Kills the service under the load; returns the database as it recovered, under a new load. */
    private Live kill(Workspace workspace, ServiceProcess service, Live before) throws IOException {
        service.kill();
        kills++;
        before.load().collect(commits);
        before.server().kill();
        before.volumes().close();
        service.restart();
        DatabaseVolumes volumes = live(workspace, service);
        PostgresServer server = volumes.startServer();
        requireRecovered(server, new Cut("kill " + kills, System.nanoTime(), System.nanoTime()));
        return new Live(volumes, server, Pgbench.start(workspace, server, runs++, SEED + kills));
    }

    /** Whoever commits together shares a flush. */
    private static void requireFlushes(ServiceProcess service, Pgbench load) {
        long before = flushes(service);
        load.awaitMore(COMMITS_BETWEEN);
        assertThat(flushes(service) - before)
                .as("FLUSH requests for " + COMMITS_BETWEEN + " commits of " + Pgbench.CLIENTS + " clients")
                .isGreaterThan(COMMITS_BETWEEN / Pgbench.CLIENTS);
    }

    private void requireCommitsBetween() {
        for (int i = 1; i < cuts.size(); i++) {
            assertThat(commits.countBetween(
                            cuts.get(i - 1).replied(), cuts.get(i).asked()))
                    .as("commits between " + cuts.get(i - 1) + " and " + cuts.get(i))
                    .isGreaterThanOrEqualTo(COMMITS_BETWEEN);
        }
    }

    private DatabaseVolumes live(Workspace workspace, ServiceProcess service) {
        return new DatabaseVolumes(workspace, "live-" + kills, service.uri("data"), service.uri("wal"));
    }

    private static Cut cut(ServiceProcess service, String set) {
        long asked = System.nanoTime();
        service.createSet(set, "data", "wal");
        return new Cut(set, asked, System.nanoTime());
    }

    /** Neither the page cache of a file system nor the loop device below it may keep a flush to itself. */
    private static void requireFlushesArrive(ServiceProcess service, Mount fileSystem) throws IOException {
        for (int i = 0; i < 3; i++) {
            long before = flushes(service);
            try (FileChannel file = FileChannel.open(
                    fileSystem.path("flushed"), StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                file.write(ByteBuffer.wrap(new byte[] {1}));
                file.force(true);
            }
            assertThat(flushes(service)).as("FLUSH requests").isGreaterThan(before);
        }
    }

    private static long flushes(ServiceProcess service) {
        return service.ask(client -> client.stats()).engine().flushes();
    }

    /** Fails the test unless a database is right that its server found as a crash had left it. */
    private void requireRecovered(PostgresServer server, Cut cut) {
        assertThat(server.hasRecovered()).as(cut + " was recovered").isTrue();
        requireRows(server, cut);
    }

    private void requireRows(PostgresServer server, Cut cut) {
        commits.verify(cut.set(), server.query(ROWS), cut.asked(), cut.replied());
        String[] sums = server.query(SUMS).split("\\|", -1);
        String all = String.join(", ", sums);
        assertThat(sums)
                .as("accounts, tellers, branches, history, its rows, numbers: " + all)
                .hasSize(6);
        assertThat(sums[1]).as("tellers against accounts: " + all).isEqualTo(sums[0]);
        assertThat(sums[2]).as("branches against accounts: " + all).isEqualTo(sums[0]);
        assertThat(sums[3]).as("history against accounts: " + all).isEqualTo(sums[0]);
        assertThat(sums[5]).as("numbers against history: " + all).isEqualTo(sums[4]);
    }

    /** Recovers the database from the copies of a set and fails the test unless everything about it is right. */
    private void requireCopy(Workspace workspace, ServiceProcess service, Cut cut) throws IOException {
        try (DatabaseVolumes volumes = new DatabaseVolumes(
                workspace, cut.set(), overlay(service, "data@" + cut.set()), overlay(service, "wal@" + cut.set()))) {
            // It names the live server, which runs on the same machine and would be taken for the owner of the copy.
            Files.deleteIfExists(volumes.database().resolve("postmaster.pid"));
            PostgresServer server = volumes.startServer();
            requireRecovered(server, cut);
            requireNoOther(server.query(ROWS), cut);
            requireGood(server, volumes);
        }
    }

    /** Fails the test unless the judgement tells a copy from those of all other sets. */
    private void requireNoOther(String rows, Cut cut) {
        for (Cut other : cuts) {
            if (!other.equals(cut)) {
                assertThatThrownBy(() -> commits.verify("other", rows, other.asked(), other.replied()))
                        .as(cut + " judged by the times of " + other)
                        .isInstanceOf(AssertionError.class)
                        .hasMessageContaining("transactions are there, expected");
            }
        }
    }

    /** Makes the overlay of a copy; returns its URI. */
    private static String overlay(ServiceProcess service, String copy) {
        service.ask(client -> client.overlay(copy, Request.OverlayStep.CREATE));
        return service.uri(copy + "+rw");
    }

    private static String hash(ServiceProcess service, String copy) {
        return Tools.run("sh", "-c", "nbdcopy '" + service.uri(copy) + "' - | sha256sum")
                .ok();
    }

    /** Stops a server and fails the test unless its pages, tables, indexes and file systems are without fault. */
    private static void requireGood(PostgresServer server, DatabaseVolumes volumes) {
        server.requireWellFormed();
        server.stop();
        server.requireNoDamageTold();
        server.requireChecksums();
        volumes.requireClean();
    }
}
