/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import dev.gnomon.export.Export.Durability;
import dev.gnomon.export.Export.ZeroMode;
import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.protocol.nbd.client.NbdException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What does it take to serve sixteen volumes of 1 TiB that are written to everywhere? Every 128 MiB of each gets one first
 * overwrite, so that nothing that is allocated on first touch is left out, in a JVM whose heap is 256 MiB. It writes zeros,
 * because file systems reserve far more than 4 KiB around each write into a huge hole, and some run out of space by that.
 */
final class Memory implements Scenario {
    private static final int VOLUMES = 16;
    private static final long VOLUME_BYTES = 1L << 40;
    /** Not more than a page of the bitmap covers, so that every one is touched. */
    private static final long STRIDE_BYTES = 128L << 20;

    /** The first preserves, the second finds it done. */
    private static final int ROUNDS = 2;

    /** All of it is there from the start, so that what grows is memory off the heap. */
    private static final String HEAP = "-Xmx256m";

    private static final int IN_FLIGHT = NbdClient.IN_FLIGHT_MAX;
    private static final long KIBIBYTE = 1 << 10;
    private static final double MEBIBYTE = 1 << 20;
    private static final double TEBIBYTES = VOLUMES * (double) VOLUME_BYTES / (1L << 40);

    @Override
    public String name() {
        return "memory";
    }

    @Override
    public String title() {
        return "memory of a service with " + HEAP + ": 16 volumes of 1 TiB, one first overwrite in each 128 MiB";
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
        for (Gnomon.Build build : bench.options().builds()) {
            try (Gnomon server =
                    GnomonVolume.start(bench, build, build.name(), List.of(HEAP, "-Xms256m", "-XX:+AlwaysPreTouch"))) {
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
        long idle = anonymousBytes(server);
        server.ask(client -> GnomonVolume.createSet(client, volumes, "set"));
        for (int round = 0; round < ROUNDS; round++) {
            for (String volume : volumes) {
                writeEverywhere(server, volume);
            }
        }
        long pieces = server.ask(client -> client.status().stats()).exceptions();
        if (pieces != VOLUMES * (VOLUME_BYTES / STRIDE_BYTES)) {
            throw new BenchFailure(build.name() + " preserved " + pieces + " pieces, expected one for each 128 MiB");
        }
        long written = anonymousBytes(server);
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.PIECES, (double) pieces);
        figures.put(Figure.RESIDENT_MIB, written / MEBIBYTE);
        figures.put(Figure.RESIDENT_GROWTH_MIB, (written - idle) / MEBIBYTE / TEBIBYTES);
        bench.add(new Point("memory", build.name(), 1, figures, Map.of()));
    }

    /** Writes all places of a volume; on return they are durable, and what was preserved for them is. */
    private static void writeEverywhere(Gnomon server, String volume) throws BenchFailure {
        AtomicReference<@Nullable NbdException> failure = new AtomicReference<>();
        Semaphore free = new Semaphore(IN_FLIGHT);
        try (NbdClient client = server.connect(volume)) {
            for (long offset = 0; offset < VOLUME_BYTES && failure.get() == null; offset += STRIDE_BYTES) {
                free.acquireUninterruptibly();
                client.submitWriteZeroes(offset, Fio.PIECE_BYTES, ZeroMode.MAY_PUNCH, Durability.BUFFERED, error -> {
                    if (error != null) {
                        failure.set(error);
                    }
                    free.release();
                });
            }
            free.acquireUninterruptibly(IN_FLIGHT);
            client.flush();
        } catch (IOException e) {
            throw new BenchFailure(volume + ": " + e.getMessage(), e);
        }
        NbdException failed = failure.get();
        if (failed != null) {
            throw new BenchFailure(volume + ": a write failed: " + failed.getMessage(), failed);
        }
    }

    /** Returns the memory of a process that is no file's: heap, off-heap, stacks. Source: proc(5), RssAnon. */
    private static long anonymousBytes(Gnomon server) throws BenchFailure {
        Path status = Path.of("/proc", Long.toString(server.pid()), "status");
        try {
            String line = Files.readAllLines(status).stream()
                    .filter(each -> each.startsWith("RssAnon:"))
                    .findFirst()
                    .orElseThrow(() -> new BenchFailure(status + ": expected a line RssAnon, found none"));
            return Long.parseLong(line.replaceAll("\\D+", "")) * KIBIBYTE;
        } catch (IOException e) {
            throw new BenchFailure(status + ": cannot be read: " + e, e);
        }
    }
}
