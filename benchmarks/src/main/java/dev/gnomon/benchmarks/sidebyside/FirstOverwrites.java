/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import dev.gnomon.protocol.nbd.client.NbdClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What does the first overwrite of a piece cost after a shadow copy was taken? Gnomon against qemu's {@link Fleecing}. */
final class FirstOverwrites implements Scenario {
    private static final String QEMU = "qemu fleecing";
    private static final String VOLUME = "v";
    private static final String COPY = "now";
    private static final String STRIDED = "strided";
    private static final String RANDOM = "random";
    private static final long STRIDE_BYTES = 64 << 10;
    private static final long SEED = 2;
    /** A slower contender is cut off, and its figures are of what it did. */
    private static final int SECONDS_MAX = 60;

    @Override
    public String name() {
        return "overwrite";
    }

    @Override
    public String title() {
        return "first overwrites after a shadow copy, 4 KiB, queue depth 32; strided: one in each 64 KiB; random: none"
                + " twice";
    }

    @Override
    public List<String> programs() {
        return List.of("fio", "qemu-storage-daemon");
    }

    @Override
    public List<Ratio> ratios(Options options) {
        List<Ratio> ratios = new ArrayList<>();
        for (Figure figure :
                List.of(Figure.WRITES_PER_SECOND, Figure.DURABLE_SECONDS, Figure.CPU_MICROS, Figure.P99_MICROS)) {
            for (Gnomon.Build build : options.builds()) {
                ratios.add(new Ratio(figure, build.name(), QEMU));
            }
        }
        Gnomon.Build tested = options.builds().getFirst();
        options.builds().stream()
                .skip(1)
                .forEach(other -> ratios.add(new Ratio(Figure.WRITES_PER_SECOND, tested.name(), other.name())));
        return ratios;
    }

    /** Something with a live volume and a fresh copy of it. */
    private interface Contender extends AutoCloseable {
        String name();

        Content content();

        /** Takes the copy and returns the server. */
        Server begin() throws BenchFailure;

        String live();

        String copy();

        /** Gives the copy up. */
        void end() throws BenchFailure;

        @Override
        void close() throws BenchFailure;
    }

    @Override
    public void run(Bench bench) throws BenchFailure {
        List<Contender> contenders = new ArrayList<>();
        try {
            for (Gnomon.Build build : bench.options().builds()) {
                contenders.add(new OfGnomon(bench, build));
            }
            contenders.add(new OfQemu(bench));
            for (int round = Bench.WARM_UP_ROUND; round <= bench.options().rounds(); round++) {
                for (Contender contender : contenders) {
                    measure(bench, contender, round, STRIDED);
                }
                for (Contender contender : contenders) {
                    measure(bench, contender, round, RANDOM);
                }
            }
        } finally {
            for (Contender contender : contenders) {
                contender.close();
            }
        }
        bench.checked("after every point: the copy is what the volume was, and the volume what fio wrote");
    }

    private static void measure(Bench bench, Contender contender, int round, String phase) throws BenchFailure {
        Content content = contender.content();
        long stripes = content.sizeBytes() / STRIDE_BYTES;
        boolean strided = phase.equals(STRIDED);
        int tag = 2 * round + (strided ? 1 : 2);
        Server server = contender.begin();
        String target = server.uri(contender.live());
        long within = round * (long) Fio.PIECE_BYTES % STRIDE_BYTES;
        Fio.Job job = strided
                ? Fio.Job.strided(target, tag, stripes, STRIDE_BYTES, within, SECONDS_MAX)
                : Fio.Job.randomOnce(target, tag, 2 * stripes, SECONDS_MAX);
        bench.measure(phase, contender.name(), round, server, contender.live(), job);
        String where = contender.name() + ", " + phase + ", round " + round;
        try (NbdClient copy = server.connect(contender.copy());
                NbdClient live = server.connect(contender.live())) {
            content.require(copy, where + ", the copy");
            long changed = content.absorb(live, where + ", the volume", tag, tag);
            if (changed == 0) {
                throw new BenchFailure(where + ": no piece of the volume changed");
            }
        }
        contender.end();
    }

    private static final class OfGnomon implements Contender {
        private final String name;
        private final Content content;
        private final Gnomon server;

        OfGnomon(Bench bench, Gnomon.Build build) throws BenchFailure {
            this.name = build.name();
            this.content = new Content(
                    bench.options().sizeBytes(), SEED, bench.options().sparse());
            this.server = GnomonVolume.serve(bench, build, VOLUME, content);
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public Content content() {
            return content;
        }

        @Override
        public Server begin() throws BenchFailure {
            server.ask(client -> GnomonVolume.createSet(client, List.of(VOLUME), COPY));
            return server;
        }

        @Override
        public String live() {
            return VOLUME;
        }

        @Override
        public String copy() {
            return VOLUME + "@" + COPY;
        }

        @Override
        public void end() throws BenchFailure {
            server.ask(client -> client.deleteSet(COPY));
        }

        @Override
        public void close() throws BenchFailure {
            server.close();
        }
    }

    /** Starts a daemon for each copy, because a fleecing target serves one. */
    private static final class OfQemu implements Contender {
        private final Bench bench;
        private final Content content;
        private final Path directory;
        private final Path origin;
        private @Nullable Server server;

        OfQemu(Bench bench) throws BenchFailure {
            this.bench = bench;
            this.content = new Content(
                    bench.options().sizeBytes(), SEED, bench.options().sparse());
            this.directory = bench.path("qemu");
            this.origin = directory.resolve("origin");
            bench.makeOrigin(content, origin);
        }

        @Override
        public String name() {
            return QEMU;
        }

        @Override
        public Content content() {
            return content;
        }

        @Override
        public Server begin() throws BenchFailure {
            Path target = directory.resolve("target");
            try {
                Files.deleteIfExists(target);
                try (var file = Files.newByteChannel(target, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
                    file.position(content.sizeBytes() - 1).write(ByteBuffer.allocate(1));
                }
            } catch (IOException e) {
                throw new BenchFailure(target + ": cannot be made: " + e, e);
            }
            String socket = "addr.type=unix,addr.path=" + Server.socket(directory);
            Server started = new Server(bench.children(), directory, Fleecing.command(origin, target, socket));
            started.await(Fleecing.COPY).close();
            server = started;
            return started;
        }

        @Override
        public String live() {
            return Fleecing.LIVE;
        }

        @Override
        public String copy() {
            return Fleecing.COPY;
        }

        @Override
        public void end() throws BenchFailure {
            close();
        }

        @Override
        public void close() throws BenchFailure {
            if (server != null) {
                server.close();
                server = null;
            }
        }
    }
}
