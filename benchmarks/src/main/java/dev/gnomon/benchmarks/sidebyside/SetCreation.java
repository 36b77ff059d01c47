/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import dev.gnomon.control.SetCreatedView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * How long does a snapshot set hold writes? Sixteen volumes of 1 TiB under load, one cut after the other. A stall is the
 * latency of a write that was under way at some time between the request for a set and its answer, as the client saw it.
 */
final class SetCreation implements Scenario {
    private static final int VOLUMES = 16;
    private static final long VOLUME_BYTES = 1L << 40;
    /**
     * The part of each volume that is written. All of it would be allocated in single blocks over the whole file, and a cut
     * would measure how fast the file system forces those.
     */
    private static final String WRITTEN = "4m";

    private static final String CUT = "cut";
    private static final long PAUSE_MILLIS = 100;
    private static final int WARM_UP_SECONDS_MAX = 10;
    /** Load goes on for some time after the last cut may have begun. */
    private static final int TAIL_SECONDS = 4;

    private static final double NANOS_PER_MILLI = 1e6;

    @Override
    public String name() {
        return "set";
    }

    @Override
    public String title() {
        return "snapshot sets over 16 volumes of 1 TiB under random 4 KiB writes, queue depth 32 in all";
    }

    @Override
    public List<String> programs() {
        return List.of("fio");
    }

    @Override
    public List<Ratio> ratios(Options options) {
        List<Ratio> ratios = new ArrayList<>();
        int most = options.copies().getLast();
        for (Gnomon.Build build : options.builds()) {
            int least = options.copies().getFirst();
            if (least != most) {
                ratios.add(new Ratio(Figure.HELD_MILLIS, contender(build, most), contender(build, least)));
            }
        }
        options.builds().stream()
                .skip(1)
                .forEach(other -> ratios.add(new Ratio(
                        Figure.HELD_MILLIS, contender(options.builds().getFirst(), most), contender(other, most))));
        return ratios;
    }

    private record Contender(String name, Gnomon server) {}

    @Override
    public void run(Bench bench) throws BenchFailure {
        List<Contender> contenders = new ArrayList<>();
        try {
            for (Gnomon.Build build : bench.options().builds()) {
                for (int copies : bench.options().copies()) {
                    Gnomon server = GnomonVolume.start(bench, build, build.name() + copies);
                    contenders.add(new Contender(contender(build, copies), server));
                    prepare(server, copies);
                }
            }
            for (int round = Bench.WARM_UP_ROUND; round <= bench.options().rounds(); round++) {
                for (Contender contender : contenders) {
                    measure(bench, contender, round);
                }
            }
        } finally {
            for (Contender contender : contenders) {
                contender.server().close();
            }
        }
    }

    private static String contender(Gnomon.Build build, int copies) {
        return build.name() + ", " + copies + (copies == 1 ? " copy" : " copies");
    }

    private static List<String> volumes() {
        return IntStream.range(0, VOLUMES).mapToObj(i -> "v" + i).toList();
    }

    /** Makes the volumes, and all copies but the one that each cut adds. */
    private static void prepare(Gnomon server, int copies) throws BenchFailure {
        for (String volume : volumes()) {
            server.ask(client -> client.createVolume(volume, "", VOLUME_BYTES, true));
        }
        for (int i = 1; i < copies; i++) {
            String name = "kept" + i;
            server.ask(client -> GnomonVolume.createSet(client, volumes(), name));
        }
    }

    private static void measure(Bench bench, Contender contender, int round) throws BenchFailure {
        int asked = bench.options().seconds();
        int seconds = round == Bench.WARM_UP_ROUND ? Math.min(asked, WARM_UP_SECONDS_MAX) : asked;
        Path prefix = bench.path("latency-" + round);
        Fio.Job job = new Fio.Job(
                volumes().stream().map(contender.server()::uri).toList(),
                Fio.QUEUE_DEPTH / VOLUMES,
                round + 1,
                List.of(
                        "--rw=randwrite",
                        "--norandommap",
                        "--size=" + WRITTEN,
                        "--time_based",
                        "--runtime=" + (seconds + TAIL_SECONDS),
                        "--write_lat_log=" + prefix,
                        "--log_unix_epoch=1",
                        "--per_job_logs=0"),
                seconds + TAIL_SECONDS);
        bench.settle();
        Bench.Usage usage = Bench.Usage.begin(contender.server().pid());
        Fio.Running load = bench.fio().start(job);
        if (load.pause(TimeUnit.SECONDS.toMillis(1))) {
            throw new BenchFailure("fio ended before the first cut");
        }
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        List<SetCreatedView> cuts = new ArrayList<>();
        List<LatencyLog.Window> windows = new ArrayList<>();
        do {
            long from = System.currentTimeMillis();
            cuts.add(contender.server().ask(client -> GnomonVolume.createSet(client, volumes(), CUT)));
            windows.add(new LatencyLog.Window(from, System.currentTimeMillis()));
            contender.server().ask(client -> client.deleteSet(CUT));
        } while (!load.pause(PAUSE_MILLIS) && System.nanoTime() - deadline < 0);
        Fio.Result result = load.result();
        Bench.Usage.Spent spent = usage.end();

        Map<Figure, Double> figures = figures(cuts, log(prefix), windows);
        figures.put(Figure.WRITES_PER_SECOND, result.writesPerSecond());
        figures.put(Figure.STOLEN_PERCENT, spent.stolenPercent());
        figures.put(Figure.OTHERS_PERCENT, spent.othersPercent());
        bench.add(new Point("set", contender.name(), round, figures, spent.threads()));
    }

    private static Map<Figure, Double> figures(
            List<SetCreatedView> cuts, LatencyLog log, List<LatencyLog.Window> windows) throws BenchFailure {
        // A cut that outlasted the load was not one under load.
        long end = log.lastMillis();
        int loaded = (int)
                windows.stream().filter(window -> window.toMillis() <= end).count();
        if (loaded == 0) {
            throw new BenchFailure("the first set took longer than the load; give it more with --seconds");
        }
        return figuresOf(cuts.subList(0, loaded), log, windows.subList(0, loaded));
    }

    private static Map<Figure, Double> figuresOf(
            List<SetCreatedView> cuts, LatencyLog log, List<LatencyLog.Window> windows) throws BenchFailure {
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.CUTS, (double) cuts.size());
        Spread held = Spread.of(
                cuts.stream().map(cut -> cut.heldNanos() / NANOS_PER_MILLI).toList());
        figures.put(Figure.HELD_MILLIS, held.median());
        figures.put(Figure.HELD_MAX_MILLIS, held.max());
        figures.put(
                Figure.TOTAL_MILLIS,
                Spread.of(cuts.stream()
                                .map(cut -> cut.totalNanos() / NANOS_PER_MILLI)
                                .toList())
                        .median());
        long[] stalls = log.inside(windows);
        long[] others = log.outside(windows);
        if (stalls.length == 0 || others.length == 0) {
            throw new BenchFailure("fio logged " + stalls.length + " writes during cuts and " + others.length
                    + " at other times; expected some of both");
        }
        figures.put(Figure.STALL_P50_MILLIS, Spread.percentile(stalls, 0.5) / NANOS_PER_MILLI);
        figures.put(Figure.STALL_P99_MILLIS, Spread.percentile(stalls, 0.99) / NANOS_PER_MILLI);
        figures.put(Figure.STALL_MAX_MILLIS, stalls[stalls.length - 1] / NANOS_PER_MILLI);
        figures.put(Figure.OTHER_P99_MILLIS, Spread.percentile(others, 0.99) / NANOS_PER_MILLI);
        return figures;
    }

    private static LatencyLog log(Path prefix) throws BenchFailure {
        Path file = prefix.resolveSibling(prefix.getFileName() + "_lat.log");
        try (Stream<String> lines = Files.lines(file)) {
            return LatencyLog.parse(lines);
        } catch (IOException e) {
            throw new BenchFailure(file + ": cannot be read: " + e, e);
        }
    }
}
