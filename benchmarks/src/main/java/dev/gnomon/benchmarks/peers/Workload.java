/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A kind of load.
 *
 * @param name for the command line and the tables
 * @param title what it is, for people
 * @param flushEvery a FLUSH after so many writes; 0 for none
 * @param fua whether each write is durable when it is acknowledged
 * @param reads whether the shape is read, too
 * @param readersPerSecond reads of the copy in each second while first overwrites go on; 0 for none
 */
record Workload(
        String name, String title, Shape shape, int flushEvery, boolean fua, boolean reads, long readersPerSecond) {
    private static final int KIB = 1 << 10;
    private static final int PIECE = 4 * KIB;
    private static final int STRIDE = 64 * KIB;
    private static final int MIB = 1 << 20;
    private static final int DEEP = 32;
    /** As much under way as 32 requests of 128 KiB; more makes all servers wait for memory bandwidth only. */
    private static final int DEPTH_OF_LARGE = 4;

    private static final int FLUSH_EVERY = 64;
    private static final long READERS_PER_SECOND = 20_000;

    static final Workload RANDOM_DEEP =
            new Workload("4k-qd32", "4 KiB, random, queue depth 32", shape(PIECE, PIECE, DEEP), 0, false, true, 0);
    static final Workload STRIDE_DEEP = new Workload(
            "4k-qd32-stride",
            "4 KiB in each 64 KiB, random order, queue depth 32",
            shape(PIECE, STRIDE, DEEP),
            0,
            false,
            false,
            0);
    static final Workload RANDOM_ONE =
            new Workload("4k-qd1", "4 KiB, random, one at a time", shape(PIECE, PIECE, 1), 0, false, true, 0);
    static final Workload STRIDE_ONE = new Workload(
            "4k-qd1-stride",
            "4 KiB in each 64 KiB, random order, one at a time",
            shape(PIECE, STRIDE, 1),
            0,
            false,
            false,
            0);
    static final Workload FLUSHES = new Workload(
            "4k-flush64",
            "4 KiB, random, queue depth 32, FLUSH after every 64",
            shape(PIECE, PIECE, DEEP),
            FLUSH_EVERY,
            false,
            false,
            0);
    static final Workload FORCED =
            new Workload("4k-fua", "4 KiB, random, queue depth 32, FUA", shape(PIECE, PIECE, DEEP), 0, true, false, 0);
    static final Workload CHUNKS = new Workload(
            "16k-qd32", "16 KiB, random, queue depth 32", shape(4 * PIECE, 4 * PIECE, DEEP), 0, false, false, 0);
    static final Workload CLUSTERS =
            new Workload("64k-qd32", "64 KiB, random, queue depth 32", shape(STRIDE, STRIDE, DEEP), 0, false, false, 0);
    static final Workload SEQUENTIAL = new Workload(
            "1m-seq", "1 MiB, sequential, queue depth 4", new Shape(MIB, MIB, DEPTH_OF_LARGE, true), 0, false, true, 0);
    static final Workload READERS = new Workload(
            "4k-readers",
            "4 KiB, random, queue depth 32, while the copy is read at a fixed 20,000/s",
            shape(PIECE, PIECE, DEEP),
            0,
            false,
            false,
            READERS_PER_SECOND);

    static final Workload VARIANTS = new Workload(
            "4k-qd32-variants",
            "4 KiB, random, queue depth 32, Gnomon with one copy, with 512, and with an index 4 times its memory",
            shape(PIECE, PIECE, DEEP),
            0,
            false,
            true,
            0);

    static final Workload FIO = scenario("fio", "4k-qd32/live once more, by fio's NBD engine");
    static final Workload SUSTAINED = scenario(
            "sustained",
            "4 KiB, random, queue depth 32, for minutes; each server in 2 GiB of memory, 256 MiB dirty at most; a new copy every"
                    + " 10 s, the one before deleted");
    static final Workload SET = scenario("set", "sets of 16 volumes of 1 TiB under load (bench quick)");
    static final Workload RECOVERY =
            scenario("recovery", "kill -9, then from opening the store to the first read (bench quick)");
    static final Workload MEMORY =
            scenario("memory", "16 volumes of 1 TiB written to everywhere, then exceptions weighed (bench quick)");

    /** What is no visit. */
    static final List<Workload> SCENARIOS = List.of(FIO, SUSTAINED, SET, RECOVERY, MEMORY);

    /** What is measured by visits. */
    static final List<Workload> ALL = List.of(
            RANDOM_DEEP,
            VARIANTS,
            STRIDE_DEEP,
            RANDOM_ONE,
            STRIDE_ONE,
            FLUSHES,
            FORCED,
            CHUNKS,
            CLUSTERS,
            SEQUENTIAL,
            READERS);

    /** All that a report can hold, in its order. */
    static final List<Workload> REPORTED =
            Stream.concat(ALL.stream(), SCENARIOS.stream()).toList();

    /**
     * Size and order of requests.
     *
     * @param stepBytes one place in each step, at the beginning or, by seed, further in it
     * @param depth requests under way
     * @param sequential in order; else in an order that looks random and repeats no place before all were used
     */
    record Shape(int bytes, int stepBytes, int depth, boolean sequential) {}

    private static Shape shape(int bytes, int stepBytes, int depth) {
        return new Shape(bytes, stepBytes, depth, false);
    }

    /** Returns the phases that this kind of load has. */
    List<Phase> phases() {
        if (SCENARIOS.contains(this)) {
            return List.of(Phase.WHOLE);
        }
        if (readersPerSecond > 0) {
            return List.of(Phase.FIRST);
        }
        if (equals(VARIANTS)) {
            return List.of(Phase.READ, Phase.FIRST, Phase.REWRITE, Phase.COPY_READ);
        }
        return reads
                ? List.of(Phase.LIVE, Phase.READ, Phase.FIRST, Phase.REWRITE, Phase.COPY_READ)
                : List.of(Phase.LIVE, Phase.FIRST, Phase.REWRITE);
    }

    /** Returns the one of a name. */
    static Optional<Workload> of(String name) {
        return REPORTED.stream().filter(one -> one.name().equals(name)).findFirst();
    }

    private static Workload scenario(String name, String title) {
        return new Workload(name, title, shape(PIECE, PIECE, DEEP), 0, false, false, 0);
    }
}
