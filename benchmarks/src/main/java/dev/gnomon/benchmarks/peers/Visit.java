/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import dev.gnomon.benchmarks.sidebyside.CompilerTime;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One workload on one contender in one round. May be repeated: each time it takes a copy of its own, and all places are
 * first overwrites again.
 *
 * @param phases to measure; those between that they need are run, too
 */
record Visit(Contender contender, Workload workload, Set<Phase> phases, int round, long milliseconds) {
    private static final double NANOS_PER_SECOND = 1e9;
    private static final double NANOS_PER_MICRO = 1e3;
    /** Of a request and of its answer on the wire. Source: the NBD protocol, "Transmission phase". */
    private static final int WIRE_BYTES = 28 + 16;
    /** The readers go on until they are told to stop only by time, so they get more than the writers. */
    private static final long READERS_LONGER_MILLIS = 500;

    /**
     * Measures, and compares content after a copy was overwritten.
     *
     * @param attempt counted from 0; another order of the places with each
     */
    List<Sample> run(int attempt) throws BenchFailure {
        long seed = 1 + 31L * round + attempt;
        String where = workload.name() + ", round " + round;
        List<Sample> samples = new ArrayList<>();
        boolean live = contender.type().live() && wanted(Phase.LIVE, Phase.READ);
        boolean copies = contender.type().copies() && wanted(Phase.FIRST, Phase.REWRITE, Phase.COPY_READ);
        if (live) {
            contender.prepare();
            live(seed, samples);
        }
        if (copies) {
            if (live) {
                contender.compareLive(where);
            }
            contender.peer().take();
            contender.prepare();
            overwrite(seed, samples);
            contender.compareAndDrop(where);
        }
        return samples;
    }

    private boolean wanted(Phase... any) {
        for (Phase phase : any) {
            if (phases.contains(phase) && contender.type().has(workload, phase)) {
                return true;
            }
        }
        return false;
    }

    private void live(long seed, List<Sample> samples) throws BenchFailure {
        Target target = contender.peer().live();
        if (wanted(Phase.LIVE)) {
            samples.add(measure(Phase.LIVE, writes(seed), target));
            contender.settle();
        }
        if (wanted(Phase.READ)) {
            LoadJob reads = LoadJob.reads(workload, contender.sizeBytes(), milliseconds, seed);
            samples.add(measure(Phase.READ, reads, target));
        }
    }

    private void overwrite(long seed, List<Sample> samples) throws BenchFailure {
        Peer peer = contender.peer();
        LoadJob first = writes(seed).once();
        long requests;
        if (workload.readersPerSecond() > 0) {
            requests = whileRead(first, seed, samples);
        } else {
            requests = measure(Phase.FIRST, first, peer.live(), samples);
        }
        if (wanted(Phase.REWRITE)) {
            contender.settle();
            measure(Phase.REWRITE, writes(seed).over(requests), peer.live(), samples);
        }
        if (wanted(Phase.COPY_READ)) {
            contender.settle();
            LoadJob reads = LoadJob.reads(workload, contender.sizeBytes(), milliseconds, seed + 1);
            measure(Phase.COPY_READ, reads, peer.copy(), samples);
        }
    }

    /** First overwrites while others read the copy at a fixed rate; the processor time is that of both. */
    private long whileRead(LoadJob first, long seed, List<Sample> samples) throws BenchFailure {
        LoadJob reads = LoadJob.reads(workload, contender.sizeBytes(), milliseconds + READERS_LONGER_MILLIS, seed + 1)
                .at(workload.readersPerSecond());
        CompilerTime compiler = CompilerTime.begin(contender.peer().live().servers());
        Load.Running readers = contender.load().start(reads, contender.peer().copy());
        LoadResult result = contender.load().run(first, contender.peer().live());
        LoadResult read = readers.result();
        Map<Metric, Double> values = values(result, null);
        values.remove(Metric.CPU);
        values.put(Metric.READER_OPERATIONS, read.requests() * NANOS_PER_SECOND / read.ackNanos());
        values.put(Metric.READER_P99, read.p99Nanos() / NANOS_PER_MICRO);
        contender.peer().quiesce();
        compiler.percent().ifPresent(percent -> values.put(Metric.COMPILING, percent));
        samples.add(sample(Phase.FIRST, values));
        return result.requests();
    }

    private long measure(Phase phase, LoadJob job, Target target, List<Sample> samples) throws BenchFailure {
        Moved moved = Moved.begin(contender.peer());
        CompilerTime compiler = CompilerTime.begin(target.servers());
        LoadResult result = contender.load().run(job, target);
        contender.peer().quiesce();
        double bytes = (double) result.requests() * workload.shape().bytes();
        double wire = contender.peer().countsSocketBytes() ? bytes + (double) result.requests() * WIRE_BYTES : 0;
        @Nullable Double ratio = target.servers().isEmpty() ? null : (moved.end() - wire) / bytes;
        if (wanted(phase)) {
            Map<Metric, Double> values = values(result, phase.writes() ? ratio : null);
            compiler.percent().ifPresent(percent -> values.put(Metric.COMPILING, percent));
            samples.add(sample(phase, values));
        }
        return result.requests();
    }

    private Sample measure(Phase phase, LoadJob job, Target target) throws BenchFailure {
        List<Sample> one = new ArrayList<>();
        measure(phase, job, target, one);
        return one.getFirst();
    }

    private LoadJob writes(long seed) {
        return LoadJob.writes(workload, contender.sizeBytes(), milliseconds, contender.nextTag(), seed);
    }

    private Sample sample(Phase phase, Map<Metric, Double> values) {
        return new Sample(workload.name(), phase, contender.type().id(), round, 1, values);
    }

    private static Map<Metric, Double> values(LoadResult result, @Nullable Double moved) {
        double requests = result.requests();
        boolean served = result.serverCpuNanos() > 0;
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        values.put(Metric.OPERATIONS, requests * NANOS_PER_SECOND / result.ackNanos());
        values.put(Metric.DURABLE, requests * NANOS_PER_SECOND / result.durableNanos());
        long cpu = served ? result.serverCpuNanos() : result.clientCpuNanos();
        values.put(Metric.CPU, cpu / NANOS_PER_MICRO / requests);
        values.put(Metric.P50, result.p50Nanos() / NANOS_PER_MICRO);
        values.put(Metric.P99, result.p99Nanos() / NANOS_PER_MICRO);
        values.put(Metric.P999, result.p999Nanos() / NANOS_PER_MICRO);
        values.put(Metric.CLIENT_CPU, result.clientCpuNanos() / NANOS_PER_MICRO / requests);
        values.put(Metric.STOLEN, result.stolenPercent());
        values.put(Metric.OTHERS, result.othersPercent());
        if (moved != null) {
            values.put(Metric.MOVED, moved);
        }
        return values;
    }

    /**
     * Bytes that servers hand to and get from the kernel by reading and writing. Source: proc(5), {@code /proc/PID/io}; bytes
     * of a socket are in it where it is read and written like a file.
     */
    private record Moved(List<Long> servers, long began) {
        static Moved begin(Peer peer) throws BenchFailure {
            List<Long> servers = peer.live().servers();
            return new Moved(servers, now(servers));
        }

        double end() throws BenchFailure {
            return now(servers) - began;
        }

        private static long now(List<Long> servers) throws BenchFailure {
            long sum = 0;
            for (long pid : servers) {
                Path file = Path.of("/proc", Long.toString(pid), "io");
                try {
                    for (String line : Files.readAllLines(file)) {
                        if (line.startsWith("rchar:") || line.startsWith("wchar:")) {
                            sum += Long.parseLong(
                                    line.substring(line.indexOf(':') + 1).strip());
                        }
                    }
                } catch (IOException e) {
                    throw new BenchFailure(file + ": cannot be read: " + e, e);
                }
            }
            return sum;
        }
    }
}
