/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;

/**
 * What the load generator does; {@code benchmarks/src/main/c/load.c} takes it as arguments.
 *
 * @param places how many distinct places are used, again and again; 0 for all of the volume
 * @param requests after which it ends, 0 for no limit
 * @param milliseconds after which it ends, 0 for no limit
 * @param flushEvery a FLUSH after so many writes, within the queue; 0 for none
 * @param tag what each piece begins with, 1 to 255
 * @param seed of the order of the places
 * @param rate requests a second, 0 for as many as it can
 */
record LoadJob(
        Operation operation,
        Workload.Shape shape,
        long sizeBytes,
        long places,
        long requests,
        long milliseconds,
        int flushEvery,
        boolean fua,
        int tag,
        long seed,
        long rate) {
    private static final int TAG_MAX = 255;

    /** Direction of the data. */
    enum Operation {
        READ,
        WRITE
    }

    /** Checks what must hold. */
    LoadJob {
        if (operation == Operation.WRITE && (tag < 1 || tag > TAG_MAX)) {
            throw new IllegalArgumentException("tag " + tag + " is not in 1 to " + TAG_MAX);
        }
        if (requests == 0 && milliseconds == 0) {
            throw new IllegalArgumentException("neither requests nor milliseconds say when to end");
        }
    }

    /** Returns writes of a workload to the live volume for some time, over all of it. */
    static LoadJob writes(Workload workload, long sizeBytes, long milliseconds, int tag, long seed) {
        return new LoadJob(
                Operation.WRITE,
                workload.shape(),
                sizeBytes,
                0,
                0,
                milliseconds,
                workload.flushEvery(),
                workload.fua(),
                tag,
                seed,
                0);
    }

    /** Returns reads in the shape of a workload for some time. */
    static LoadJob reads(Workload workload, long sizeBytes, long milliseconds, long seed) {
        return new LoadJob(Operation.READ, workload.shape(), sizeBytes, 0, 0, milliseconds, 0, false, 0, seed, 0);
    }

    /** Returns this job with no place twice: it ends when the time is up or all places were used. */
    LoadJob once() {
        return new LoadJob(
                operation,
                shape,
                sizeBytes,
                0,
                sizeBytes / shape.stepBytes(),
                milliseconds,
                flushEvery,
                fua,
                tag,
                seed,
                rate);
    }

    /** Returns this job over the first places of its order only. */
    LoadJob over(long firstPlaces) {
        return new LoadJob(operation, shape, sizeBytes, firstPlaces, 0, milliseconds, flushEvery, fua, tag, seed, rate);
    }

    /** Returns this job at a fixed rate. */
    LoadJob at(long requestsPerSecond) {
        return new LoadJob(
                operation,
                shape,
                sizeBytes,
                places,
                requests,
                milliseconds,
                flushEvery,
                fua,
                tag,
                seed,
                requestsPerSecond);
    }

    /** Returns the arguments for a target. */
    List<String> arguments(Target target) {
        List<String> arguments = new ArrayList<>();
        arguments.add(target.argument());
        arguments.add("operation=" + (operation == Operation.READ ? "read" : "write"));
        arguments.add("pattern=" + (shape.sequential() ? "sequential" : "once"));
        arguments.add("bytes=" + shape.bytes());
        arguments.add("depth=" + shape.depth());
        arguments.add("size=" + sizeBytes);
        arguments.add("step=" + shape.stepBytes());
        arguments.add("within=" + within());
        arguments.add("places=" + places);
        arguments.add("requests=" + requests);
        arguments.add("milliseconds=" + milliseconds);
        arguments.add("flush-every=" + flushEvery);
        arguments.add("fua=" + (fua ? 1 : 0));
        arguments.add("tag=" + tag);
        arguments.add("seed=" + seed);
        arguments.add("rate=" + rate);
        if (!target.servers().isEmpty()) {
            arguments.add("servers="
                    + String.join(
                            ",", target.servers().stream().map(String::valueOf).toList()));
        }
        return arguments;
    }

    /** Where in its step a request goes: another place with each seed. */
    private long within() {
        long places = shape.stepBytes() / shape.bytes();
        return Math.floorMod(seed, places) * shape.bytes();
    }
}
