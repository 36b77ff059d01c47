/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import dev.gnomon.benchmarks.sidebyside.Children;
import dev.gnomon.benchmarks.sidebyside.Content;
import dev.gnomon.benchmarks.sidebyside.Fio;
import dev.gnomon.benchmarks.sidebyside.Gnomon;
import dev.gnomon.benchmarks.sidebyside.Machine;
import dev.gnomon.benchmarks.sidebyside.Report;
import dev.gnomon.benchmarks.sidebyside.Workplace;
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
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line of the benchmark beside all peers; {@code build/bench/bench} starts it. */
@Command(
        name = "gnomon bench peers",
        description =
                "Gnomon beside everything that can stand in its place: one load generator, rounds in turns. Figures are"
                        + " reported and compared with the numbers to reach, never asserted; wrong content fails the run.",
        optionListHeading = "%nOptions:%n",
        sortOptions = false,
        mixinStandardHelpOptions = true)
final class PeersMain implements Callable<Integer> {
    private static final long SEED = 7;
    private static final long SPARE_BYTES = 4L << 30;
    private static final int VOLUMES_PER_PEER = 4;
    private static final long SUSTAINED_MEMORY_BYTES = 2L << 30;
    private static final long SUSTAINED_DIRTY_BYTES = 256L << 20;

    @CommandLine.Mixin
    private PeersOptions options = new PeersOptions();

    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);

    private PeersMain() {}

    /** Runs the benchmark and exits: 0 done, 1 failed, 2 wrong usage. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new PeersMain()).execute(arguments));
    }

    @Override
    public Integer call() {
        try {
            options.check();
            PeersRun run = PeersRun.empty();
            for (Path file : options.from()) {
                run = run.with(PeersJson.read(file));
            }
            if (options.from().isEmpty()) {
                run = measure();
            }
            print(run);
            write(run);
            return 0;
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            return CommandLine.ExitCode.USAGE;
        } catch (BenchFailure e) {
            out.println("FAILED: " + e.getMessage());
            return CommandLine.ExitCode.SOFTWARE;
        }
    }

    private PeersRun measure() throws BenchFailure {
        List<String> absent = new ArrayList<>();
        List<PeerType> types = present(absent);
        long bytes = (long) types.size() * VOLUMES_PER_PEER * options.sizeBytes() + SPARE_BYTES;
        Workplace place = Workplace.create(options.directory(), bytes);
        Children children = new Children(Machine.pinning());
        Thread release = new Thread(() -> release(children, place), "bench-release");
        Runtime.getRuntime().addShutdownHook(release);
        Map<String, String> facts = facts(place, children);
        absent.forEach(out::println);
        Samples samples = options.sustained() ? sustained(types, place) : visits(types, place, children);
        return new PeersRun(List.of(facts), absent, samples);
    }

    /** Returns the peers that were asked for and have something to do here, and says of others why they are left out. */
    private List<PeerType> present(List<String> absent) {
        List<PeerType> types = new ArrayList<>();
        for (PeerType type : options.peers()) {
            Optional<String> why = type.absent();
            why.ifPresent(reason -> absent.add(type.id() + ": left out, because " + reason));
            boolean wanted = options.sustained()
                    ? PeerTypes.SUSTAINED.contains(type.id())
                    : Workload.ALL.stream()
                                    .anyMatch(workload -> options.phases(workload).stream()
                                            .anyMatch(phase -> type.has(workload, phase)))
                            || (options.crossCheck() && type.has(Workload.RANDOM_DEEP, Phase.LIVE));
            if (why.isEmpty() && wanted) {
                types.add(type);
            }
        }
        absent.add(PeerTypes.TGT_ABSENT);
        return types;
    }

    private Samples visits(List<PeerType> types, Workplace place, Children children) throws BenchFailure {
        List<Contender> contenders = new ArrayList<>();
        try {
            for (PeerType type : types) {
                contenders.add(contender(type, place, children));
            }
            return measure(contenders, new Fio(children, place.directory()));
        } finally {
            for (Contender contender : contenders) {
                contender.close();
            }
        }
    }

    /** Each contender, and the load generator with it, in a memory cgroup of its own. */
    private Samples sustained(List<PeerType> types, Workplace place) throws BenchFailure {
        List<MemoryLimit> limits = new ArrayList<>();
        List<Contender> contenders = new ArrayList<>();
        try (DirtyLimit dirty = DirtyLimit.set(SUSTAINED_DIRTY_BYTES)) {
            try {
                for (PeerType type : types) {
                    MemoryLimit limit = MemoryLimit.create(type.id(), SUSTAINED_MEMORY_BYTES);
                    limits.add(limit);
                    List<String> prefix = new ArrayList<>(limit.prefix());
                    prefix.addAll(Machine.pinning());
                    contenders.add(contender(type, place, new Children(prefix)));
                }
                Contender raw = contenders.getFirst();
                List<Contender> others = contenders.subList(1, contenders.size());
                if (!raw.type().id().equals(PeerTypes.RAW) || others.isEmpty()) {
                    throw new BenchFailure("sustained needs the peer raw, and another one");
                }
                Sustained scenario = new Sustained(
                        raw,
                        others,
                        options.rounds(),
                        options.minutes(),
                        options.minuteMillis(),
                        options.intervalMillis());
                System.err.println("bench: vm.dirty_bytes is " + SUSTAINED_DIRTY_BYTES + " for this run, and "
                        + dirty.oldBytes() + " again afterwards");
                return new Samples(scenario.run());
            } finally {
                for (Contender contender : contenders) {
                    contender.close();
                }
                for (MemoryLimit limit : limits) {
                    limit.close();
                }
            }
        }
    }

    private Samples measure(List<Contender> contenders, Fio fio) throws BenchFailure {
        List<Sample> samples = new ArrayList<>();
        for (Workload workload : Workload.ALL) {
            Set<Phase> phases = options.phases(workload);
            if (!phases.isEmpty()) {
                Rounds rounds = new Rounds(
                        contenders, workload, phases, options.warmUps(), options.rounds(), options.milliseconds());
                samples.addAll(rounds.run());
            }
        }
        if (options.crossCheck() && Machine.present("fio")) {
            int seconds = (int) Math.ceilDiv(options.milliseconds(), TimeUnit.SECONDS.toMillis(1));
            samples.addAll(new CrossCheck(fio, contenders, options.rounds(), seconds).run());
        }
        return new Samples(samples);
    }

    private Contender contender(PeerType type, Workplace place, Children children) throws BenchFailure {
        System.err.println("bench: preparing " + type.title());
        Path directory = place.directory().resolve(type.id());
        Load load = new Load(children, options.loadProgram(), place.directory());
        Site site = new Site(
                children,
                load,
                directory,
                options.transport(),
                new Content(options.sizeBytes(), SEED, false),
                new Gnomon.Build(type.id(), System.getProperty("java.class.path")),
                options.javaOptions());
        site.makeDirectory(directory);
        return new Contender(type, site);
    }

    private Map<String, String> facts(Workplace place, Children children) throws BenchFailure {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("started", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        facts.put("commit", System.getProperty("gnomon.bench.commit", "unknown"));
        facts.put("rounds", Integer.toString(options.rounds()));
        facts.put("milliseconds", Long.toString(options.milliseconds()));
        facts.put("sizeMebibytes", Long.toString(options.sizeBytes() >> 20));
        facts.put("transport", options.transport().toString());
        facts.putAll(Machine.facts(place.directory(), children));
        return facts;
    }

    private void print(PeersRun run) {
        for (Map<String, String> part : run.parts()) {
            part.forEach((name, value) -> out.println(name + ": " + value));
        }
        for (Samples.Cell cell : run.samples().cells()) {
            out.println();
            out.println(cell.workload() + "/" + cell.phase().id());
            Report.lines(ReportTables.cell(run.samples(), cell)).forEach(out::println);
        }
        List<List<String>> verdicts = ReportTables.verdicts(run);
        if (verdicts.size() > 1) {
            out.println();
            Report.lines(verdicts).forEach(out::println);
        }
        List<List<String>> unordered = UnorderedTable.of(run.samples());
        if (unordered.size() > 1) {
            out.println();
            Report.lines(unordered).forEach(out::println);
        }
        for (Goal goal : run.unjudged()) {
            out.println("not measured: " + goal.cell() + " (" + goal.workload() + "/"
                    + goal.phase().id() + ")");
        }
    }

    private void write(PeersRun run) throws BenchFailure {
        write(options.json(), PeersJson.write(run) + "\n");
        write(options.markdown(), MarkdownReport.of(run));
        if (options.html() != null) {
            write(options.html(), HtmlReport.of(run));
        }
    }

    private static void write(@Nullable Path file, String text) throws BenchFailure {
        if (file == null) {
            return;
        }
        try {
            Files.writeString(file, text);
        } catch (IOException e) {
            throw new BenchFailure(file + ": cannot be written: " + e, e);
        }
    }

    private static void release(Children children, Workplace place) {
        children.close();
        LoopFileSystem.release(place.directory());
        try {
            Workplace.remove(place.directory());
        } catch (BenchFailure e) {
            System.err.println(e.getMessage());
        }
    }
}
