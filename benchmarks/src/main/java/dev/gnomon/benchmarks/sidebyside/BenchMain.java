/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command line of the side-by-side benchmark; {@code build/bench/bench} starts it. */
@Command(
        name = "gnomon bench quick",
        description =
                "Gnomon and other servers under one load generator, in turns. Figures are reported, never asserted;"
                        + " wrong content fails the run.",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class BenchMain implements Callable<Integer> {
    private static final List<Scenario> SCENARIOS = List.of(
            new LiveWrites(),
            new FirstOverwrites(),
            new SetCreation(),
            new Recovery(),
            new MiddleDelete(),
            new Memory());
    private static final long BYTES_NEEDED = 16L << 30;
    private static final long MEBIBYTE = 1 << 20;
    /** A job's tag has to fit a byte, and the overwrites use two of them a round. */
    private static final int ROUNDS_MAX = 100;

    private static final int COPIES_MAX = 500;

    @Option(
            names = "--only",
            paramLabel = "NAME",
            description = "Run this scenario, repeatable: live, overwrite, set," + " recovery, delete, memory.")
    private List<String> only = new ArrayList<>();

    @Option(names = "--rounds", paramLabel = "N", defaultValue = "3", description = "Rounds (default: 3).")
    private int rounds;

    @Option(
            names = "--seconds",
            paramLabel = "N",
            defaultValue = "4",
            description = "Load per point where time bounds it (default: 4).")
    private int seconds;

    @Option(
            names = "--size-mib",
            paramLabel = "N",
            defaultValue = "1024",
            description = "Size of the volumes of live and overwrite (default: 1024).")
    private long sizeMebibytes;

    @Option(names = "--sparse", description = "Begin with holes, where otherwise volumes are full of content.")
    private boolean sparse;

    @Option(
            names = "--pieces",
            paramLabel = "N",
            defaultValue = "200000",
            description = "Pieces preserved before the kill (default: 200000).")
    private long pieces;

    @Option(
            names = "--heap-mib",
            paramLabel = "N",
            defaultValue = "256",
            description = "Heap of the service in memory; less than it needs makes the run fail (default: 256).")
    private int heapMebibytes;

    @Option(
            names = "--copies",
            paramLabel = "N",
            split = ",",
            defaultValue = "1",
            description = "Shadow copies of each volume at a cut, for example 1,500 (default: 1).")
    private List<Integer> copies = new ArrayList<>();

    @Option(
            names = "--delete-copies",
            paramLabel = "N",
            defaultValue = "64",
            description = "Shadow copies of which the middle one is deleted (default: 64).")
    private int deleteCopies;

    @Option(names = "--json", paramLabel = "FILE", description = "Write everything as JSON.")
    private @Nullable Path json;

    @Option(names = "--dir", paramLabel = "DIR", description = "Where files go (default: target/bench).")
    private Path directory = Path.of("target", "bench");

    @Option(
            names = "--baseline",
            paramLabel = "CHECKOUT",
            description = "Another checkout of Gnomon, whose build takes part in every round.")
    private @Nullable Path baseline;

    /** What the launcher passes on: the class path of the other build. */
    @Option(names = "--baseline-class-path", hidden = true)
    private @Nullable String baselineClassPath;

    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

    private BenchMain() {}

    /** Runs the benchmark and exits: 0 done, 1 failed, 2 wrong usage. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new BenchMain()).execute(arguments));
    }

    @Override
    public Integer call() throws BenchFailure {
        Options options = options();
        List<Scenario> chosen = chosen();
        Workplace place = Workplace.create(directory, BYTES_NEEDED);
        Children children = new Children(Machine.pinning());
        Thread cleaner = new Thread(() -> release(children, place), "bench-release");
        Runtime.getRuntime().addShutdownHook(cleaner);
        try {
            Report report = new Report(facts(place, children));
            report.printFacts(out);
            for (Scenario scenario : chosen) {
                run(scenario, options, place, children, report);
            }
            if (json != null) {
                Files.writeString(json, report.toJson(options) + "\n");
            }
            return 0;
        } catch (BenchFailure e) {
            out.println("FAILED: " + e.getMessage());
            return 1;
        } catch (IOException e) {
            throw new BenchFailure(json + ": cannot be written: " + e, e);
        }
    }

    private void run(Scenario scenario, Options options, Workplace place, Children children, Report report)
            throws BenchFailure {
        List<String> missing = scenario.programs().stream()
                .filter(program -> !Machine.present(program))
                .toList();
        if (!missing.isEmpty()) {
            out.println();
            out.println(scenario.name() + ": left out, because there is no " + String.join(", ", missing));
            return;
        }
        // Standard output is for results; this says that something happens.
        System.err.println("bench: " + scenario.name() + " ...");
        long began = System.nanoTime();
        Report.Section section = report.section(scenario, options);
        Bench bench = new Bench(options, place.directory().resolve(scenario.name()), children, section);
        Bench.makeDirectory(place.directory().resolve(scenario.name()));
        scenario.run(bench);
        bench.clean();
        section.print(out);
        out.println("  took " + TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - began) + " s");
    }

    private Options options() {
        require(rounds >= 1 && rounds <= ROUNDS_MAX, "--rounds: " + rounds + "; allowed are 1 to " + ROUNDS_MAX);
        require(seconds >= 1, "--seconds: " + seconds + "; allowed are 1 and more");
        require(sizeMebibytes >= 1, "--size-mib: " + sizeMebibytes + "; allowed are 1 and more");
        require(pieces >= 1, "--pieces: " + pieces + "; allowed are 1 and more");
        require(heapMebibytes >= 1, "--heap-mib: " + heapMebibytes + "; allowed are 1 and more");
        require(
                copies.stream().allMatch(n -> n >= 1 && n <= COPIES_MAX),
                "--copies: " + copies + "; allowed are 1 to " + COPIES_MAX);
        require(
                deleteCopies >= 2 && deleteCopies <= COPIES_MAX,
                "--delete-copies: " + deleteCopies + "; allowed are 2 to " + COPIES_MAX);
        List<Gnomon.Build> builds = new ArrayList<>();
        builds.add(new Gnomon.Build("gnomon", System.getProperty("java.class.path")));
        if (baselineClassPath != null) {
            builds.add(new Gnomon.Build("baseline", baselineClassPath));
        }
        String java = System.getenv().getOrDefault("GNOMON_JAVA_OPTS", "").strip();
        return new Options(
                rounds,
                seconds,
                sizeMebibytes * MEBIBYTE,
                sparse,
                pieces,
                heapMebibytes,
                copies,
                deleteCopies,
                builds,
                java.isEmpty() ? List.of() : List.of(java.split("\\s+", -1)));
    }

    private List<Scenario> chosen() {
        for (String name : only) {
            require(
                    SCENARIOS.stream().anyMatch(scenario -> scenario.name().equals(name)),
                    "--only: there is no scenario '" + name + "'");
        }
        return SCENARIOS.stream()
                .filter(scenario -> only.isEmpty() || only.contains(scenario.name()))
                .toList();
    }

    private Map<String, String> facts(Workplace place, Children children) throws BenchFailure {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("started", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("commit", System.getProperty("gnomon.bench.commit", "unknown"));
        if (baseline != null) {
            facts.put("baseline", baseline.toString());
            facts.put("baselineCommit", System.getProperty("gnomon.bench.baselineCommit", "unknown"));
        }
        facts.putAll(Machine.facts(place.directory(), children));
        return facts;
    }

    private static void require(boolean legal, String message) {
        if (!legal) {
            throw new CommandLine.ParameterException(new CommandLine(new BenchMain()), message);
        }
    }

    private static void release(Children children, Workplace place) {
        children.close();
        try {
            Workplace.remove(place.directory());
        } catch (BenchFailure e) {
            System.err.println(e.getMessage());
        }
    }
}
