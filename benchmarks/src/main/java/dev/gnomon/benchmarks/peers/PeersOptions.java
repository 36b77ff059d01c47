/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What a run was asked for. */
final class PeersOptions {
    private static final long MEBIBYTE = 1 << 20;
    private static final double MILLIS_PER_SECOND = 1000;
    /** With all tries of all of them, tags still fit a byte. */
    private static final int ROUNDS_MAX = 40;

    private static final int ROUNDS = 7;
    private static final long MEBIBYTES = 1024;
    private static final long SUSTAINED_MEBIBYTES = 8192;
    /** Most end after two or three; first overwrites, of which the volume holds no more, need most of them. */
    private static final int WARM_UPS = 10;

    private static final int QUICK_ROUNDS = 1;
    private static final double QUICK_SECONDS = 0.3;
    private static final long QUICK_MEBIBYTES = 64;
    private static final long QUICK_MINUTE_MILLIS = 1000;
    private static final long QUICK_INTERVAL_MILLIS = 500;
    private static final long SUSTAINED_INTERVAL_SECONDS = 10;

    @Option(
            names = "--only",
            paramLabel = "CELL",
            split = ",",
            description = "Measure this, repeatable: WORKLOAD, WORKLOAD/PHASE or /PHASE. Workloads: 4k-qd32,"
                    + " 4k-qd32-variants, 4k-qd32-stride, 4k-qd1, 4k-qd1-stride, 4k-flush64, 4k-fua, 16k-qd32, 64k-qd32, 1m-seq,"
                    + " 4k-readers. Phases: live, read, first, rewrite, copy-read. And scenarios: fio, the"
                    + " cross-check of the load generator, and sustained, which runs only when it is named.")
    private List<String> only = new ArrayList<>();

    @Option(
            names = "--peers",
            paramLabel = "NAME",
            split = ",",
            description = "Only these, and pairs of one program that show the noise: raw, null, nbdkit, qemu, cow4k,"
                    + " cow64k, fleecing, internal, overlay, overlay-ext, xfs, btrfs, gnomon,"
                    + " gnomon-volatile, gnomon-512, gnomon-small-index.")
    private List<String> peers = new ArrayList<>();

    @Option(
            names = "--rounds",
            paramLabel = "N",
            description = "Rounds (default: 7, the least that gives verdicts; 1 of sustained).")
    private int rounds;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "2",
            description = "Load per phase; fractions are allowed (default: 2).")
    private double seconds;

    @Option(
            names = "--size-mib",
            paramLabel = "N",
            description = "Size of the volumes (default: 1024; 8192 for sustained).")
    private long sizeMebibytes;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            defaultValue = "10",
            description = "How long sustained writes to each (default: 10, at least 3).")
    private int minutes;

    @Option(names = "--quick", description = "Only try whether all works: 1 round of 0.3 s on 64 MiB.")
    private boolean quick;

    @Option(names = "--tcp", description = "Over TCP on the loopback interface, where otherwise Unix sockets are used.")
    private boolean tcp;

    @Option(names = "--json", paramLabel = "FILE", description = "Write everything as JSON.")
    private @Nullable Path json;

    @Option(names = "--md", paramLabel = "FILE", description = "Write a page of Markdown.")
    private @Nullable Path markdown;

    @Option(
            names = "--html",
            paramLabel = "FILE",
            description = "Write a page of HTML with plots; it needs nothing else.")
    private @Nullable Path html;

    @Option(
            names = "--from",
            paramLabel = "FILE",
            description =
                    "Measure nothing, but report what --json wrote in earlier runs, repeatable: of a cell that several"
                            + " hold, the last counts.")
    private List<Path> from = new ArrayList<>();

    @Option(names = "--dir", paramLabel = "DIR", description = "Where files go (default: target/bench).")
    private Path directory = Path.of("target", "bench");

    /** Checks the options; throws IllegalArgumentException with what is wrong. */
    void check() {
        if (rounds == 0) {
            rounds = sustained() ? 1 : ROUNDS;
        }
        if (sizeMebibytes == 0) {
            sizeMebibytes = sustained() ? SUSTAINED_MEBIBYTES : MEBIBYTES;
        }
        require(rounds >= 1 && rounds <= ROUNDS_MAX, "--rounds: " + rounds + "; allowed are 1 to " + ROUNDS_MAX);
        require(seconds > 0, "--seconds: " + seconds + "; allowed is more than 0");
        require(sizeMebibytes >= 1, "--size-mib: " + sizeMebibytes + "; allowed are 1 and more");
        for (String name : peers) {
            require(
                    PeerTypes.ALL.stream().anyMatch(type -> type.id().equals(name)),
                    "--peers: there is no peer '" + name + "'");
        }
        for (String cell : only) {
            require(
                    cell.equals(Workload.SUSTAINED.name())
                            || cell.equals(Workload.FIO.name())
                            || Workload.ALL.stream()
                                    .flatMap(workload ->
                                            workload.phases().stream().map(phase -> matches(cell, workload, phase)))
                                    .anyMatch(match -> match),
                    "--only: nothing is called '" + cell + "'");
        }
        if (quick) {
            rounds = QUICK_ROUNDS;
            seconds = QUICK_SECONDS;
            sizeMebibytes = QUICK_MEBIBYTES;
        }
    }

    /** Returns whether the scenario sustained was named. */
    boolean sustained() {
        return only.contains(Workload.SUSTAINED.name());
    }

    /** Returns whether the cross-check was asked for. */
    boolean crossCheck() {
        return only.isEmpty() || only.contains(Workload.FIO.name());
    }

    int minutes() {
        return minutes;
    }

    /** Returns how long a minute is: when only trying, not so long. */
    long minuteMillis() {
        return quick ? QUICK_MINUTE_MILLIS : TimeUnit.MINUTES.toMillis(1);
    }

    /** Returns the time between two copies of sustained. */
    long intervalMillis() {
        return quick ? QUICK_INTERVAL_MILLIS : TimeUnit.SECONDS.toMillis(SUSTAINED_INTERVAL_SECONDS);
    }

    int rounds() {
        return rounds;
    }

    /** Returns how many rounds at most are made before those that count. */
    int warmUps() {
        return quick ? QUICK_ROUNDS : WARM_UPS;
    }

    long milliseconds() {
        return Math.round(seconds * MILLIS_PER_SECOND);
    }

    long sizeBytes() {
        return sizeMebibytes * MEBIBYTE;
    }

    Transport transport() {
        return tcp ? Transport.TCP : Transport.UNIX;
    }

    @Nullable
    Path json() {
        return json;
    }

    @Nullable
    Path markdown() {
        return markdown;
    }

    @Nullable
    Path html() {
        return html;
    }

    List<Path> from() {
        return List.copyOf(from);
    }

    Path directory() {
        return directory;
    }

    /** Returns the peers that were asked for, and the pairs. */
    List<PeerType> peers() {
        Set<String> wanted = new LinkedHashSet<>(peers);
        return PeerTypes.ALL.stream()
                .filter(type -> wanted.isEmpty()
                        || wanted.contains(type.id())
                        || wanted.contains(type.again())
                        || PeerTypes.isPaired(type))
                .toList();
    }

    /** Returns the phases of a workload that were asked for. */
    Set<Phase> phases(Workload workload) {
        Set<Phase> phases = EnumSet.noneOf(Phase.class);
        for (Phase phase : workload.phases()) {
            if (only.isEmpty() || only.stream().anyMatch(cell -> matches(cell, workload, phase))) {
                phases.add(phase);
            }
        }
        return phases;
    }

    /** Returns the compiled load generator, which the launcher names. */
    Path loadProgram() throws BenchFailure {
        String path = System.getProperty("gnomon.bench.load", "");
        if (path.isEmpty() || !Files.isExecutable(Path.of(path))) {
            throw new BenchFailure("there is no load generator" + (path.isEmpty() ? "" : " at " + path)
                    + ": 'gnomon bench peers' compiles it, with gcc and libnbd-dev");
        }
        return Path.of(path);
    }

    List<String> javaOptions() {
        String java = System.getenv().getOrDefault("GNOMON_JAVA_OPTS", "").strip();
        return java.isEmpty() ? List.of() : List.of(java.split("\\s+", -1));
    }

    private static boolean matches(String cell, Workload workload, Phase phase) {
        int slash = cell.indexOf('/');
        String name = slash < 0 ? cell : cell.substring(0, slash);
        String phaseName = slash < 0 ? "" : cell.substring(slash + 1);
        return (name.isEmpty() || name.equals(workload.name()))
                && (phaseName.isEmpty() || phaseName.equals(phase.id()));
    }

    private static void require(boolean legal, String message) {
        if (!legal) {
            throw new IllegalArgumentException(message);
        }
    }
}
