/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import dev.gnomon.control.ServiceView;
import dev.gnomon.control.StatsView;
import dev.gnomon.control.client.ControlClient;
import dev.gnomon.protocol.nbd.client.NbdClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * How long is a volume away after {@code kill -9} of a service that had preserved many pieces, and was preserving more? Beyond
 * a million the pieces are holes of a second volume, which take no space: ten million others would take 80 GiB.
 */
final class Recovery implements Scenario {
    private static final String VOLUME = "v";
    private static final String HOLES = "holes";
    private static final String COPY = "before";
    private static final long SEED = 3;
    private static final int TAG = 1;
    private static final int SECONDS_MAX = 600;
    private static final long ROUNDING_BYTES = 1 << 20;
    private static final double NANOS_PER_MILLI = 1e6;

    private static final long FILLED_PIECES_MAX = 1 << 20;
    /** One piece in each chunk, so that no two share an entry. */
    private static final long CHUNK_BYTES = 16 << 10;
    /** Pieces that are overwritten right before each kill, after another copy was taken; or a quarter, if that is less. */
    private static final long LAST_PIECES_MAX = 32 << 10;

    @Override
    public String name() {
        return "recovery";
    }

    @Override
    public String title() {
        return "from opening the store, and from the start of the process, to the first read served, after kill -9";
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
        /** First overwrites that were acknowledged. */
        private long overwritten;

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
                contender.server.kill(); // a clean stop writes the whole index once more, for nobody
            }
        }
    }

    /** Overwrites every piece of the volumes once after a copy was taken. */
    private static Contender prepare(Bench bench, Gnomon.Build build) throws BenchFailure {
        long filled = Math.min(bench.options().pieces(), FILLED_PIECES_MAX);
        long holes = bench.options().pieces() - filled;
        long bytes = Math.ceilDiv(filled * Fio.PIECE_BYTES, ROUNDING_BYTES) * ROUNDING_BYTES;
        Content content = new Content(bytes, SEED, false);
        Gnomon server = GnomonVolume.serve(bench, build, VOLUME, content);
        Contender contender = new Contender(build, content, server);
        try {
            if (holes > 0) {
                long sparse = Math.ceilDiv(holes * CHUNK_BYTES, ROUNDING_BYTES) * ROUNDING_BYTES;
                server.ask(client -> client.createVolume(HOLES, "", sparse, true));
                server.ask(client -> GnomonVolume.createSet(client, List.of(VOLUME, HOLES), COPY));
                ZeroWrites.atRandom(holes, Fio.PIECE_BYTES, CHUNK_BYTES).run(server, HOLES);
            } else {
                server.ask(client -> GnomonVolume.createSet(client, List.of(VOLUME), COPY));
            }
            long pieces = bytes / Fio.PIECE_BYTES;
            bench.fio().run(Fio.Job.randomOnce(server.uri(VOLUME), TAG, pieces, SECONDS_MAX));
            contender.overwritten = holes + pieces;
            return contender;
        } catch (BenchFailure e) {
            server.kill();
            throw e;
        }
    }

    private static long lastPieces(Contender contender) {
        return Math.min(LAST_PIECES_MAX, contender.content.sizeBytes() / Fio.PIECE_BYTES / 4);
    }

    private static int lastTag(int round) {
        return TAG + 1 + round;
    }

    private static void measure(Bench bench, Contender contender, int round) throws BenchFailure {
        bench.settle();
        contender.server.ask(client -> GnomonVolume.createSet(client, List.of(VOLUME), "last" + round));
        long last = lastPieces(contender);
        bench.fio().run(Fio.Job.randomOnce(contender.server.uri(VOLUME), lastTag(round), last, SECONDS_MAX));
        contender.overwritten += last;
        contender.server.kill();
        contender.server = bench.gnomon(contender.build, contender.build.name());
        long served;
        Instant read;
        try (NbdClient client = contender.server.await(VOLUME)) {
            client.read(0, ByteBuffer.allocate(Fio.PIECE_BYTES));
            served = contender.server.ageNanos();
            read = Instant.now();
        } catch (IOException e) {
            throw new BenchFailure(contender.build.name() + ": the first read failed: " + e.getMessage(), e);
        }
        ServiceView service = contender.server.ask(ControlClient::status);
        StatsView stats = ZeroWrites.awaitPreserved(contender.server, contender.overwritten);
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.PIECES, (double) stats.exceptions());
        figures.put(Figure.FIRST_READ_MILLIS, served / NANOS_PER_MILLI);
        // The service takes that time right before it opens its store.
        Duration opened = Duration.between(service.startedAt(), read);
        figures.put(Figure.OPENED_READ_MILLIS, opened.toNanos() / NANOS_PER_MILLI);
        figures.put(Figure.RECOVERY_MILLIS, stats.recoveryNanos() / NANOS_PER_MILLI);
        bench.add(new Point("recovery", contender.build.name(), round, figures, Map.of()));
    }

    private static void check(Bench bench, Contender contender) throws BenchFailure {
        String name = contender.build.name();
        int tag = lastTag(bench.options().rounds());
        try (NbdClient copy = contender.server.connect(VOLUME + "@" + COPY);
                NbdClient live = contender.server.connect(VOLUME)) {
            contender.content.require(copy, name + ", the copy");
            long written = contender.content.absorb(live, name + ", the volume", TAG, tag);
            long last = contender.content.piecesOf(tag);
            if (written * Fio.PIECE_BYTES != contender.content.sizeBytes() || last != lastPieces(contender)) {
                throw new BenchFailure(name + ": " + written + " pieces hold what was acknowledged before a kill, "
                        + last + " of them what was before the last one; expected all "
                        + contender.content.sizeBytes() / Fio.PIECE_BYTES + " and " + lastPieces(contender));
            }
        }
        bench.checked(
                name + ": the copy is what the volume was, every acknowledged write is there, and every piece that"
                        + " one overwrote is preserved");
    }
}
