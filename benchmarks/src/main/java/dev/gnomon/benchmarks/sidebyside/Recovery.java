/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import dev.gnomon.control.StatsView;
import dev.gnomon.protocol.nbd.client.NbdClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How long is a volume away after {@code kill -9} of a service that had preserved many pieces? */
final class Recovery implements Scenario {
    private static final String VOLUME = "v";
    private static final String COPY = "before";
    private static final long SEED = 3;
    private static final int TAG = 1;
    private static final int SECONDS_MAX = 600;
    private static final long ROUNDING_BYTES = 1 << 20;
    private static final double NANOS_PER_MILLI = 1e6;

    @Override
    public String name() {
        return "recovery";
    }

    @Override
    public String title() {
        return "from the start of the process to the first read served, after kill -9";
    }

    @Override
    public List<String> programs() {
        return List.of("fio");
    }

    @Override
    public List<Ratio> ratios(Options options) {
        return options.builds().stream()
                .skip(1)
                .map(other -> new Ratio(
                        Figure.FIRST_READ_MILLIS, options.builds().getFirst().name(), other.name()))
                .toList();
    }

    private static final class Contender {
        private final Gnomon.Build build;
        private final Content content;
        private Gnomon server;

        Contender(Gnomon.Build build, Content content, Gnomon server) {
            this.build = build;
            this.content = content;
            this.server = server;
        }
    }

    @Override
    public void run(Bench bench) throws BenchFailure {
        List<Contender> contenders = new ArrayList<>();
        try {
            for (Gnomon.Build build : bench.options().builds()) {
                contenders.add(prepare(bench, build));
            }
            for (int round = Bench.WARM_UP_ROUND; round <= bench.options().rounds(); round++) {
                for (Contender contender : contenders) {
                    measure(bench, contender, round);
                }
            }
            for (Contender contender : contenders) {
                check(bench, contender);
            }
        } finally {
            for (Contender contender : contenders) {
                contender.server.close();
            }
        }
    }

    /** Overwrites every piece of a volume once after a copy was taken, and forces nothing. */
    private static Contender prepare(Bench bench, Gnomon.Build build) throws BenchFailure {
        long bytes = bench.options().pieces() * Fio.PIECE_BYTES;
        bytes = (bytes + ROUNDING_BYTES - 1) / ROUNDING_BYTES * ROUNDING_BYTES;
        Content content = new Content(bytes, SEED, false);
        Gnomon server = GnomonVolume.serve(bench, build, VOLUME, content);
        Contender contender = new Contender(build, content, server);
        try {
            server.ask(client -> GnomonVolume.createSet(client, List.of(VOLUME), COPY));
            bench.fio().run(Fio.Job.randomOnce(server.uri(VOLUME), TAG, bytes / Fio.PIECE_BYTES, SECONDS_MAX));
            return contender;
        } catch (BenchFailure e) {
            server.kill();
            throw e;
        }
    }

    private static void measure(Bench bench, Contender contender, int round) throws BenchFailure {
        contender.server.kill();
        bench.settle();
        contender.server = bench.gnomon(contender.build, contender.build.name());
        long served;
        try (NbdClient client = contender.server.await(VOLUME)) {
            client.read(0, ByteBuffer.allocate(Fio.PIECE_BYTES));
            served = contender.server.ageNanos();
        } catch (IOException e) {
            throw new BenchFailure(contender.build.name() + ": the first read failed: " + e.getMessage(), e);
        }
        StatsView stats = contender.server.ask(client -> client.status().stats());
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.PIECES, (double) stats.exceptions());
        figures.put(Figure.FIRST_READ_MILLIS, served / NANOS_PER_MILLI);
        figures.put(Figure.RECOVERY_MILLIS, stats.recoveryNanos() / NANOS_PER_MILLI);
        bench.add(new Point("recovery", contender.build.name(), round, figures, Map.of()));
    }

    private static void check(Bench bench, Contender contender) throws BenchFailure {
        String name = contender.build.name();
        try (NbdClient copy = contender.server.connect(VOLUME + "@" + COPY);
                NbdClient live = contender.server.connect(VOLUME)) {
            contender.content.require(copy, name + ", the copy");
            long written = contender.content.absorb(live, name + ", the volume", TAG, TAG);
            if (written * Fio.PIECE_BYTES != contender.content.sizeBytes()) {
                throw new BenchFailure(name + ": " + written + " pieces hold what was acknowledged before the kill,"
                        + " expected all " + contender.content.sizeBytes() / Fio.PIECE_BYTES);
            }
        }
        bench.checked(name + ": the copy is what the volume was, and every acknowledged write is there");
    }
}
