/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.jmh;

import dev.gnomon.benchmarks.jmh.fixture.CostProfiler;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.regex.Pattern;
import org.openjdk.jmh.Main;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatFactory;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Runs JMH with what these benchmarks need: two forks, the profilers of garbage and of system calls, those of {@link
 * Concurrently} with 1, 2 and 4 threads, all results in one JSON file. JMH's own options go before.
 */
public final class JmhMain {
    private static final int[] THREADS = {1, 2, 4};
    private static final int FORKS = 2;

    /** JMH's ways to say something instead of running. */
    private static final Set<String> ASKING = Set.of("-h", "-l", "-lp", "-lprof", "-lrf");

    private static final DateTimeFormatter STAMP = DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss", Locale.ROOT);

    private JmhMain() {}

    /** Takes JMH's command line. */
    public static void main(String[] arguments) throws RunnerException, IOException, CommandLineOptionException {
        for (String argument : arguments) {
            if (ASKING.contains(argument)) {
                Main.main(arguments);
                return;
            }
        }
        CommandLineOptions options = new CommandLineOptions(arguments);
        Path target = Path.of(options.getResult().orElse(standardTarget()));
        List<RunResult> results = new ArrayList<>();
        if (options.getThreads().hasValue()) {
            results.addAll(
                    run(options, options.getIncludes(), options.getThreads().get()));
        } else {
            for (int threads : THREADS) {
                List<String> names = names(options, threads > 1);
                if (!names.isEmpty()) {
                    results.addAll(run(options, names, threads));
                }
            }
        }
        write(results, target);
    }

    private static String standardTarget() {
        String name = "jmh-" + STAMP.format(LocalDateTime.now(ZoneId.systemDefault())) + ".json";
        return Path.of("target", "bench", name).toString();
    }

    /** Returns patterns of the benchmarks that were asked for, or of those of them that more threads are of interest to. */
    private static List<String> names(CommandLineOptions options, boolean concurrently) {
        SortedSet<BenchmarkListEntry> asked = BenchmarkList.defaultList()
                .find(
                        OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                        options.getIncludes(),
                        options.getExcludes());
        return asked.stream()
                .filter(entry -> !concurrently || isConcurrent(entry.getUserClassQName()))
                .map(entry -> "^" + Pattern.quote(entry.getUsername()) + "$")
                .distinct()
                .toList();
    }

    private static boolean isConcurrent(String name) {
        try {
            return Class.forName(name).isAnnotationPresent(Concurrently.class);
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException("a benchmark that is listed is not here: " + name, e);
        }
    }

    private static Collection<RunResult> run(CommandLineOptions options, List<String> patterns, int threads)
            throws RunnerException {
        OptionsBuilder builder = new OptionsBuilder();
        builder.parent(options);
        patterns.forEach(builder::include);
        builder.threads(threads).addProfiler(GCProfiler.class).addProfiler(CostProfiler.class);
        if (!options.getForkCount().hasValue()) {
            builder.forks(FORKS);
        }
        builder.jvmArgsPrepend("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Xmx2g");
        return new Runner(builder.build()).run();
    }

    private static void write(List<RunResult> results, Path target) throws IOException {
        Path directory = target.toAbsolutePath().getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        try (PrintStream out = new PrintStream(Files.newOutputStream(target), false, StandardCharsets.UTF_8)) {
            ResultFormatFactory.getInstance(ResultFormatType.JSON, out).writeOut(results);
        }
        System.out.println("\nAll results: " + target.toAbsolutePath());
    }
}
