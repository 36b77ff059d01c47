/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import dev.gnomon.protocol.nbd.client.NbdClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** What a scenario works with: options, a directory, load, measurement, report. Owned by one thread. */
final class Bench {
    /** The first round is not counted: it compiles Java code, and loads files into the page cache for everybody. */
    static final int WARM_UP_ROUND = 0;

    private static final double PERCENT = 100;
    /** What threads used that are gone at the end of a point: those that served fio's connection. */
    private static final String ENDED = "(of the connection)";

    private final Options options;
    private final Path directory;
    private final Children children;
    private final Fio fio;
    private final Report.Section section;

    Bench(Options options, Path directory, Children children, Report.Section section) {
        this.options = options;
        this.directory = directory;
        this.children = children;
        this.fio = new Fio(children, directory);
        this.section = section;
    }

    Options options() {
        return options;
    }

    Children children() {
        return children;
    }

    Fio fio() {
        return fio;
    }

    /** Returns a path for a scenario's own file or directory. */
    Path path(String name) {
        return directory.resolve(name);
    }

    /** Starts a service whose state is below a directory of the scenario, where it may be already. */
    Gnomon gnomon(Gnomon.Build build, String name) throws BenchFailure {
        return gnomon(build, name, List.of());
    }

    /** As {@link #gnomon(Gnomon.Build, String)}, with more options for its JVM. */
    Gnomon gnomon(Gnomon.Build build, String name, List<String> java) throws BenchFailure {
        List<String> all = new ArrayList<>(options.javaOptions());
        all.addAll(java);
        return new Gnomon(children, directory.resolve(name), build, all);
    }

    /** Tells the report of something that was checked. */
    void checked(String what) {
        section.checked(what);
    }

    /** Adds a point, unless it is of the warm-up round. */
    void add(Point point) {
        if (point.round() != WARM_UP_ROUND) {
            section.add(point);
        }
    }

    /**
     * Makes an origin and drops its pages from the cache, as Gnomon does with every origin that it opens. Pages that large
     * writes left come in large folios, and a small write into one of those costs several times as much.
     */
    void makeOrigin(Content content, Path file) throws BenchFailure {
        makeDirectory(file.resolveSibling("."));
        content.write(file);
        children.run(List.of("dd", "if=" + file, "iflag=nocache", "count=0"), directory.resolve("sync.log"));
    }

    /** Writes dirty pages back, so that no contender pays for the one before. */
    void settle() throws BenchFailure {
        children.run(List.of("sync", "--file-system", directory.toString()), directory.resolve("sync.log"));
    }

    /**
     * Measures a job against a server: fio until the last acknowledgement, then a FLUSH over a connection of its own.
     *
     * @param export that is flushed
     */
    Map<Figure, Double> measure(String phase, String contender, int round, Server server, String export, Fio.Job job)
            throws BenchFailure {
        settle();
        try (NbdClient flusher = server.connect(export)) {
            Usage usage = Usage.begin(server.pid());
            Fio.Result result = fio.run(job);
            long acknowledged = System.nanoTime();
            flusher.flush();
            double flushSeconds = (System.nanoTime() - acknowledged) / (double) TimeUnit.SECONDS.toNanos(1);
            Usage.Spent spent = usage.end();

            Map<Figure, Double> figures = new EnumMap<>(Figure.class);
            figures.put(Figure.WRITES_PER_SECOND, result.writesPerSecond());
            figures.put(Figure.ACK_SECONDS, result.seconds());
            figures.put(Figure.DURABLE_SECONDS, result.seconds() + flushSeconds);
            figures.put(Figure.CPU_MICROS, spent.serverSeconds() * TimeUnit.SECONDS.toMicros(1) / result.writes());
            figures.put(Figure.P50_MICROS, result.p50Micros());
            figures.put(Figure.P99_MICROS, result.p99Micros());
            figures.put(Figure.STOLEN_PERCENT, spent.stolenPercent());
            figures.put(Figure.OTHERS_PERCENT, spent.othersPercent());
            add(new Point(phase, contender, round, figures, spent.threads()));
            return figures;
        } catch (IOException e) {
            throw new BenchFailure(contender + ": the FLUSH after the load failed: " + e.getMessage(), e);
        }
    }

    /** Processor time from a begin to an end. */
    static final class Usage {
        private final long pid;
        private final long beganNanos = System.nanoTime();
        private final ProcTimes.Machine machine;
        private final ProcTimes.Task server;
        private final ProcTimes.Task self;
        private final Map<String, Long> threads;

        private Usage(long pid) throws BenchFailure {
            this.pid = pid;
            this.machine = ProcTimes.Machine.now();
            this.server = ProcTimes.Task.now(pid);
            this.self = ProcTimes.Task.now(ProcessHandle.current().pid());
            this.threads = ProcTimes.threads(pid);
        }

        /**
         * What was used.
         *
         * @param threads of the server, in percent of one processor
         */
        record Spent(double serverSeconds, double stolenPercent, double othersPercent, Map<String, Double> threads) {}

        static Usage begin(long pid) throws BenchFailure {
            return new Usage(pid);
        }

        Spent end() throws BenchFailure {
            ProcTimes.Machine machineNow = ProcTimes.Machine.now();
            ProcTimes.Task selfNow = ProcTimes.Task.now(ProcessHandle.current().pid());
            long serverTicks = ProcTimes.Task.now(pid).own() - server.own();
            long own = selfNow.own() + selfNow.children() - self.own() - self.children();
            long total = Math.max(1, machineNow.total() - machine.total());
            long others = Math.max(0, machineNow.busy() - machine.busy() - serverTicks - own);
            double seconds = (System.nanoTime() - beganNanos) / (double) TimeUnit.SECONDS.toNanos(1);
            Map<String, Double> shares = new TreeMap<>();
            long named = 0;
            for (Map.Entry<String, Long> thread : ProcTimes.threads(pid).entrySet()) {
                long ticks = Math.max(0, thread.getValue() - threads.getOrDefault(thread.getKey(), 0L));
                named += ticks;
                shares.put(thread.getKey(), ticks / (double) ProcTimes.TICKS_PER_SECOND / seconds * PERCENT);
            }
            double ended = Math.max(0, serverTicks - named) / (double) ProcTimes.TICKS_PER_SECOND;
            shares.put(ENDED, ended / seconds * PERCENT);
            return new Spent(
                    serverTicks / (double) ProcTimes.TICKS_PER_SECOND,
                    PERCENT * (machineNow.stolen() - machine.stolen()) / total,
                    PERCENT * others / total,
                    shares);
        }
    }

    /** Removes everything below the directory of the scenario, and the directory. */
    void clean() throws BenchFailure {
        Workplace.remove(directory);
    }

    /** Makes the directory of a server. */
    static void makeDirectory(Path path) throws BenchFailure {
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw new BenchFailure(path + ": cannot be made: " + e, e);
        }
    }
}
