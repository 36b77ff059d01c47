/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Writes for minutes, a new copy at every interval and the one before deleted, in alternation with the raw file: does the rate
 * hold? Only for peers whose live volume stays when a copy goes: to merge a layer is another question.
 *
 * @param minutes at least three, because the last is compared with the second
 * @param minuteMillis a minute, or less where the run is only tried
 * @param intervalMillis between two copies
 */
record Sustained(
        Contender raw, List<Contender> contenders, int rounds, int minutes, long minuteMillis, long intervalMillis) {
    private static final int MINUTES_MIN = 3;

    /** Checks the minutes. */
    Sustained {
        if (minutes < MINUTES_MIN) {
            throw new IllegalArgumentException("minutes: " + minutes + "; allowed are " + MINUTES_MIN + " and more");
        }
    }

    /** What one run of one contender gave. */
    private record Whole(Minutes rates, long cpuNanos, long requests, double spaceRatio, double stolenPercent) {}

    List<Sample> run() throws BenchFailure {
        List<Sample> samples = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            for (Contender contender : contenders) {
                Whole floor = load(raw, round);
                Whole own = load(contender, round);
                Map<Metric, Double> values = values(own);
                values.put(Metric.KEPT, own.rates().kept(floor.rates(), minutes));
                samples.add(sample(contender, round, values));
                if (contender.equals(contenders.getLast())) {
                    samples.add(sample(raw, round, values(floor)));
                }
            }
        }
        return samples;
    }

    private Whole load(Contender contender, int round) throws BenchFailure {
        System.err.println("bench: sustained, " + contender.type().title());
        contender.prepare();
        Minutes rates = new Minutes(minuteMillis);
        long began = System.nanoTime();
        long cpuNanos = 0;
        long requests = 0;
        double stolen = 0;
        double space = 0;
        boolean copies = contender.type().copies();
        int intervals = Math.toIntExact(minutes * minuteMillis / intervalMillis);
        for (int interval = 0; interval < intervals; interval++) {
            if (copies) {
                if (interval > 0) {
                    contender.peer().drop();
                }
                contender.peer().take();
            }
            long preserved = preserved(contender);
            long at = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
            long left = (interval + 1) * intervalMillis - at;
            if (left <= 0) {
                // Taking the copy took the whole interval: nothing was written in it.
                continue;
            }
            LoadJob job = LoadJob.writes(
                    Workload.SUSTAINED, contender.sizeBytes(), left, contender.nextTag(), 1000L * round + interval);
            LoadResult result = contender.load().run(job, contender.peer().live());
            rates.add(at, result.perSecond());
            cpuNanos += result.serverCpuNanos() > 0 ? result.serverCpuNanos() : result.clientCpuNanos();
            requests += result.requests();
            stolen = Math.max(stolen, result.stolenPercent());
            space = Math.max(space, spaceRatio(contender, preserved));
        }
        if (copies) {
            contender.peer().drop();
        }
        verify(contender, round);
        return new Whole(rates, cpuNanos, requests, space, stolen);
    }

    /** Compares the volume, then one more copy that is overwritten. */
    private void verify(Contender contender, int round) throws BenchFailure {
        String where = "sustained, round " + round;
        if (!contender.type().copies()) {
            contender.compareLive(where);
            return;
        }
        contender.peer().take();
        contender.compareLive(where);
        LoadJob job =
                LoadJob.writes(Workload.SUSTAINED, contender.sizeBytes(), intervalMillis, contender.nextTag(), round);
        contender.load().run(job, contender.peer().live());
        contender.compareAndDrop(where);
    }

    private static long preserved(Contender contender) throws BenchFailure {
        return contender.peer().space().map(Peer.Space::preservedBytes).orElse(0L);
    }

    /** Returns what is used for copies over what this interval preserved; 0 if the peer does not tell. */
    private static double spaceRatio(Contender contender, long preservedBefore) throws BenchFailure {
        Optional<Peer.Space> space = contender.peer().space();
        return space.isPresent() && space.get().preservedBytes() > preservedBefore
                ? space.get().usedBytes() / (double) (space.get().preservedBytes() - preservedBefore)
                : 0;
    }

    private Map<Metric, Double> values(Whole whole) {
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        values.put(Metric.OPERATIONS, whole.rates().rateOver(minutes));
        values.put(Metric.CPU, whole.cpuNanos() / 1e3 / whole.requests());
        values.put(Metric.STOLEN, whole.stolenPercent());
        if (whole.spaceRatio() > 0) {
            values.put(Metric.SPACE, whole.spaceRatio());
        }
        return values;
    }

    private static Sample sample(Contender contender, int round, Map<Metric, Double> values) {
        return new Sample(
                Workload.SUSTAINED.name(), Phase.WHOLE, contender.type().id(), round, 1, values);
    }
}
