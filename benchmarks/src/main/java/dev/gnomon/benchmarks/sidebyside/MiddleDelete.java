/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import dev.gnomon.control.SetView;
import dev.gnomon.export.Export.Durability;
import dev.gnomon.protocol.nbd.client.NbdClient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** How long does it take to delete the middle one of many shadow copies? Asked over the control socket. */
final class MiddleDelete implements Scenario {
    private static final String VOLUME = "v";
    private static final long VOLUME_BYTES = 1L << 30;
    private static final int WRITES_PER_COPY = 16;
    private static final int DELETES_PER_ROUND = 5;
    private static final double NANOS_PER_MILLI = 1e6;

    @Override
    public String name() {
        return "delete";
    }

    @Override
    public String title() {
        return "deleting the middle one of many shadow copies, each with pieces of its own, over the control socket";
    }

    @Override
    public List<String> programs() {
        return List.of();
    }

    @Override
    public List<Ratio> ratios(Options options) {
        return options.builds().stream()
                .skip(1)
                .map(other -> new Ratio(
                        Figure.DELETE_MILLIS,
                        contender(options.builds().getFirst(), options),
                        contender(other, options)))
                .toList();
    }

    private static String contender(Gnomon.Build build, Options options) {
        return build.name() + ", " + options.deleteCopies() + " copies";
    }

    private record Contender(String name, Gnomon server, NbdClient client) {}

    @Override
    public void run(Bench bench) throws BenchFailure {
        List<Contender> contenders = new ArrayList<>();
        try {
            for (Gnomon.Build build : bench.options().builds()) {
                Gnomon server = GnomonVolume.start(bench, build, build.name());
                server.ask(client -> client.createVolume(VOLUME, "", VOLUME_BYTES, true));
                Contender contender = new Contender(contender(build, bench.options()), server, server.connect(VOLUME));
                contenders.add(contender);
                for (int i = 0; i < bench.options().deleteCopies(); i++) {
                    addCopy(contender, i);
                }
            }
            for (int round = Bench.WARM_UP_ROUND; round <= bench.options().rounds(); round++) {
                for (Contender contender : contenders) {
                    measure(bench, contender, round);
                }
            }
        } finally {
            for (Contender contender : contenders) {
                contender.client().close();
                contender.server().close();
            }
        }
    }

    private static void measure(Bench bench, Contender contender, int round) throws BenchFailure {
        bench.settle();
        List<Double> millis = new ArrayList<>();
        for (int i = 0; i < DELETES_PER_ROUND; i++) {
            millis.add(contender.server().ask(client -> {
                List<SetView> sets = client.sets();
                String middle = sets.get(sets.size() / 2).id().toString();
                long began = System.nanoTime();
                client.deleteSet(middle);
                return (System.nanoTime() - began) / NANOS_PER_MILLI;
            }));
            // As many as before, so that every round asks the same.
            addCopy(contender, bench.options().deleteCopies() + round * DELETES_PER_ROUND + i);
        }
        Spread spread = Spread.of(millis);
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        figures.put(Figure.DELETE_MILLIS, spread.median());
        figures.put(Figure.DELETE_MAX_MILLIS, spread.max());
        bench.add(new Point("delete", contender.name(), round, figures, Map.of()));
    }

    /** Takes a copy and overwrites some pieces, a few of which the copy before preserved too. */
    private static void addCopy(Contender contender, int index) throws BenchFailure {
        contender.server().ask(client -> GnomonVolume.createSet(client, List.of(VOLUME), "c" + index));
        try {
            for (int i = 0; i < WRITES_PER_COPY; i++) {
                ByteBuffer piece = ByteBuffer.allocate(Fio.PIECE_BYTES).putInt(0, index);
                long offset = (index * (WRITES_PER_COPY / 2L) + i) * Fio.PIECE_BYTES;
                contender.client().write(offset, piece, Durability.BUFFERED);
            }
        } catch (IOException e) {
            throw new BenchFailure(contender.name() + ": a write failed: " + e.getMessage(), e);
        }
    }
}
