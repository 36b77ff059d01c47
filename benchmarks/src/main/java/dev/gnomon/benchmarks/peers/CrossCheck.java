/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import dev.gnomon.benchmarks.sidebyside.Fio;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The load of {@code 4k-qd32/live} once more, by fio's NBD engine: two load generators that disagree on who is faster would
 * show that one of them measures itself.
 */
record CrossCheck(Fio fio, List<Contender> contenders, int rounds, int seconds) {
    private static final int WARM_UP_ROUND = 0;

    /** Returns samples of the contenders that are servers of a volume. */
    List<Sample> run() throws BenchFailure {
        List<Sample> samples = new ArrayList<>();
        for (int round = WARM_UP_ROUND; round <= rounds; round++) {
            for (Contender contender : contenders) {
                if (live(contender) && contender.peer().live() instanceof Target.Export live) {
                    Fio.Result result = measure(contender, live);
                    if (round != WARM_UP_ROUND) {
                        samples.add(sample(contender, round, result));
                    }
                }
            }
        }
        for (Contender contender : contenders) {
            if (live(contender)) {
                contender.compareLive(Workload.FIO.name());
            }
        }
        return samples;
    }

    private static boolean live(Contender contender) {
        return contender.type().has(Workload.RANDOM_DEEP, Phase.LIVE);
    }

    private Fio.Result measure(Contender contender, Target.Export live) throws BenchFailure {
        contender.prepare();
        String uri = live.server().uri(live.name());
        return fio.run(Fio.Job.random(uri, contender.nextTag(), seconds));
    }

    private static Sample sample(Contender contender, int round, Fio.Result result) {
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        values.put(Metric.OPERATIONS, result.writesPerSecond());
        values.put(Metric.P50, result.p50Micros());
        values.put(Metric.P99, result.p99Micros());
        return new Sample(Workload.FIO.name(), Phase.WHOLE, contender.type().id(), round, 1, values);
    }
}
