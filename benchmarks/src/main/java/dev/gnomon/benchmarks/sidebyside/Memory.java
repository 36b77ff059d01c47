/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import dev.gnomon.control.StatsView;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/**
 * What does it take to serve sixteen volumes of 1 TiB that are written to everywhere, and to have an exception in memory? First
 * every 128 MiB of each volume gets one first overwrite, so that nothing that is allocated on first touch is left out. Then a
 * million exceptions are added that stay in memory, which is weighed before and after.
 */
final class Memory implements Scenario {
    private static final String NAME = "memory";
    private static final int VOLUMES = 16;
    private static final long VOLUME_BYTES = 1L << 40;
    /** Not more than a page of the bitmap covers, so that every one is touched. */
    private static final long STRIDE_BYTES = 128L << 20;

    /** The first preserves, the second finds it done. */
    private static final int ROUNDS = 2;

    private static final int REQUEST_BYTES = 1 << 20;
    /** As much as the service may hold unsettled. More at once would weigh what waits to be settled, too. */
    private static final int REQUESTS_AT_ONCE = 256;

    private static final long PIECES_AT_ONCE = (long) REQUESTS_AT_ONCE * REQUEST_BYTES / Fio.PIECE_BYTES;
    /** Code, buffers and tables are there after these, and the compiler has done most of its work, which takes memory, too. */
    private static final int WARM_UP_TIMES = 10;
    /** Fewer exceptions than make a checkpoint due, by their number or by their log. */
    private static final int HELD_TIMES = 15;

    private static final long SETTLED_SECONDS_MAX = 120;
    private static final long POLL_MILLIS = 20;
    private static final double MEBIBYTE = 1 << 20;
    private static final double TEBIBYTES = VOLUMES * (double) VOLUME_BYTES / (1L << 40);

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public String title() {
        return "memory of a service: 16 volumes of 1 TiB, one first overwrite in each 128 MiB; then 1 million exceptions";
    }

    @Override
    public List<String> programs() {
        return List.of();
    }

    @Override
    public List<Ratio> ratios(Options options) {
        return List.of();
    }

    @Override
    public void run(Bench bench) throws BenchFailure {
        String heap = bench.options().heapMebibytes() + "m";
        List<String> java = List.of("-Xmx" + heap, "-Xms" + heap, "-XX:+AlwaysPreTouch");
        for (Gnomon.Build build : bench.options().builds()) {
            try (Gnomon server = GnomonVolume.start(bench, build, build.name(), java)) {
                measure(bench, build, server);
            }
        }
    }

    private static void measure(Bench bench, Gnomon.Build build, Gnomon server) throws BenchFailure {
        List<String> volumes =
                IntStream.range(0, VOLUMES).mapToObj(i -> "v" + i).toList();
        for (String volume : volumes) {
            server.ask(client -> client.createVolume(volume, "", VOLUME_BYTES, true));
        }
        long idle = Held.anonymousBytes(server);
        server.ask(client -> GnomonVolume.createSet(client, volumes, "set"));
        ZeroWrites everywhere = ZeroWrites.inOrder(0, VOLUME_BYTES / STRIDE_BYTES, Fio.PIECE_BYTES, STRIDE_BYTES);
        for (int round = 0; round < ROUNDS; round++) {
            for (String volume : volumes) {
                everywhere.run(server, volume);
            }
        }
        long pieces = VOLUMES * (VOLUME_BYTES / STRIDE_BYTES);
        ZeroWrites.awaitPreserved(server, pieces);
        long written = Held.anonymousBytes(server);

        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.HEAP_MIB, (double) bench.options().heapMebibytes());
        figures.put(Figure.RESIDENT_MIB, written / MEBIBYTE);
        figures.put(Figure.RESIDENT_GROWTH_MIB, (written - idle) / MEBIBYTE / TEBIBYTES);
        exceptions(bench, server, volumes.getFirst(), pieces, figures);
        bench.add(new Point(NAME, build.name(), 1, figures, Map.of()));
    }

    /** Adds exceptions to a volume, from its begin on. */
    private static void exceptions(Bench bench, Gnomon server, String volume, long already, Map<Figure, Double> figures)
            throws BenchFailure {
        Path scratch = bench.path("histogram");
        Run run = new Run(server, volume, already);
        run.add(WARM_UP_TIMES);
        Held.by(server, bench.children(), scratch); // what it takes to be asked is there from now on
        StatsView before = run.stats();
        Held few = Held.by(server, bench.children(), scratch);
        run.add(HELD_TIMES);
        StatsView after = run.stats();
        Held many = Held.by(server, bench.children(), scratch);
        if (before.indexBytes() != after.indexBytes()) {
            throw new BenchFailure(
                    "a checkpoint came while exceptions were to stay in memory: the index on the disk grew from "
                            + before.indexBytes() + " to " + after.indexBytes() + " bytes");
        }
        figures.put(Figure.PER_EXCEPTION_BYTES, (double) many.since(few) / (after.exceptions() - before.exceptions()));
        figures.put(Figure.PIECES, (double) after.exceptions());
        figures.put(Figure.HEAP_LIVE_MIB, many.heapBytes() / MEBIBYTE);
    }

    /** First overwrites of one piece after the other. Owned by one thread. */
    private static final class Run {
        private final Gnomon server;
        private final String volume;
        private final long already;
        private long times;

        Run(Gnomon server, String volume, long already) {
            this.server = server;
            this.volume = volume;
            this.already = already;
        }

        /** Overwrites more, so many times, and waits each time until all of it is settled. */
        void add(int more) throws BenchFailure {
            for (int i = 0; i < more; i++) {
                long from = times * REQUESTS_AT_ONCE * REQUEST_BYTES;
                ZeroWrites.inOrder(from, REQUESTS_AT_ONCE, REQUEST_BYTES, REQUEST_BYTES)
                        .run(server, volume);
                times++;
                awaitSettled();
            }
        }

        private void awaitSettled() throws BenchFailure {
            long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SETTLED_SECONDS_MAX);
            while (server.ask(client -> client.volume(volume)).unsettledBytes() > 0) {
                if (System.nanoTime() - deadline > 0) {
                    throw new BenchFailure("not everything is settled after " + SETTLED_SECONDS_MAX + " s");
                }
                server.requireAlive(POLL_MILLIS);
            }
        }

        /** Waits until all is preserved that was overwritten: some of it was so before. */
        StatsView stats() throws BenchFailure {
            long twice = Math.ceilDiv(times * REQUESTS_AT_ONCE * REQUEST_BYTES, STRIDE_BYTES);
            return ZeroWrites.awaitPreserved(server, already + times * PIECES_AT_ONCE - twice);
        }
    }
}
