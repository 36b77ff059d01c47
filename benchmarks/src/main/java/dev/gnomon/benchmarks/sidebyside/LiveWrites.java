/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import dev.gnomon.protocol.nbd.client.NbdClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What do live writes cost while no shadow copy exists? Gnomon against nbdkit's file plugin, which does nothing else. */
final class LiveWrites implements Scenario {
    private static final String NBDKIT = "nbdkit file";
    /** The same once more: what differs between the two is noise. */
    private static final String NBDKIT_AGAIN = "nbdkit file again";
    /** With the threads that it has by default, which on two processors are too many. */
    private static final String NBDKIT_AS_IS = "nbdkit file, 16 threads";

    private static final int THREADS_BY_DEFAULT = 16;
    /** Where nbdkit was fastest on two processors, of 1, 4 and 16: a peer is measured at its best. */
    private static final int THREADS = 4;

    /** Takes everything and keeps nothing: what the load generator can do with such a server. */
    private static final String CEILING = "nbdkit null";

    private static final String VOLUME = "v";
    private static final long SEED = 1;

    @Override
    public String name() {
        return "live";
    }

    @Override
    public String title() {
        return "4 KiB random writes, queue depth 32, no shadow copy";
    }

    @Override
    public List<String> programs() {
        return List.of("fio", "nbdkit");
    }

    @Override
    public List<Ratio> ratios(Options options) {
        List<Ratio> ratios = new ArrayList<>();
        for (Figure figure : List.of(Figure.WRITES_PER_SECOND, Figure.CPU_MICROS, Figure.P99_MICROS)) {
            for (Gnomon.Build build : options.builds()) {
                ratios.add(new Ratio(figure, build.name(), NBDKIT));
            }
            ratios.add(new Ratio(figure, NBDKIT_AGAIN, NBDKIT));
        }
        Gnomon.Build tested = options.builds().getFirst();
        options.builds().stream()
                .skip(1)
                .forEach(other -> ratios.add(new Ratio(Figure.WRITES_PER_SECOND, tested.name(), other.name())));
        return ratios;
    }

    /** A server, and what its volume must hold; the one that keeps nothing has no content. */
    private record Contender(
            String name,
            Server server,
            String export,
            @Nullable Content content) {}

    @Override
    public void run(Bench bench) throws BenchFailure {
        List<Contender> contenders = new ArrayList<>();
        try {
            String nothing = "size=" + bench.options().sizeBytes();
            Server ceiling = Server.nbdkit(bench.children(), bench.path("null"), THREADS, "null", nothing);
            contenders.add(new Contender(CEILING, ceiling, "", null));
            contenders.add(nbdkit(bench, NBDKIT, THREADS, "file1"));
            for (Gnomon.Build build : bench.options().builds()) {
                contenders.add(gnomon(bench, build));
            }
            contenders.add(nbdkit(bench, NBDKIT_AGAIN, THREADS, "file2"));
            contenders.add(nbdkit(bench, NBDKIT_AS_IS, THREADS_BY_DEFAULT, "file3"));
            measure(bench, contenders);
        } finally {
            for (Contender contender : contenders) {
                contender.server().close();
            }
        }
    }

    private static void measure(Bench bench, List<Contender> contenders) throws BenchFailure {
        int rounds = bench.options().rounds();
        for (int round = Bench.WARM_UP_ROUND; round <= rounds; round++) {
            for (Contender contender : contenders) {
                Fio.Job job = Fio.Job.random(
                        contender.server().uri(contender.export()),
                        round + 1,
                        bench.options().seconds());
                bench.measure("live", contender.name(), round, contender.server(), contender.export(), job);
            }
        }
        for (Contender contender : contenders) {
            Content content = contender.content();
            if (content == null) {
                continue;
            }
            try (NbdClient client = contender.server().connect(contender.export())) {
                long written = content.absorb(client, contender.name(), 1, rounds + 1);
                bench.checked(contender.name() + ": every piece is as it was or as fio wrote it, "
                        + String.format(Locale.ROOT, "%,d", written) + " were written");
            }
        }
    }

    private static Contender nbdkit(Bench bench, String name, int threads, String directory) throws BenchFailure {
        Content content =
                new Content(bench.options().sizeBytes(), SEED, bench.options().sparse());
        Path file = bench.path(directory).resolve("origin");
        bench.makeOrigin(content, file);
        Server server = Server.nbdkit(bench.children(), bench.path(directory), threads, "file", file.toString());
        server.await("").close();
        return new Contender(name, server, "", content);
    }

    private static Contender gnomon(Bench bench, Gnomon.Build build) throws BenchFailure {
        Content content =
                new Content(bench.options().sizeBytes(), SEED, bench.options().sparse());
        Gnomon server = GnomonVolume.serve(bench, build, VOLUME, content);
        return new Contender(build.name(), server, VOLUME, content);
    }
}
