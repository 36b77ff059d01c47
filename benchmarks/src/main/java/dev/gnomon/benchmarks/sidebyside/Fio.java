/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs fio with its NBD engine, the load generator for every server. Owned by one thread. */
public final class Fio {
    static final int PIECE_BYTES = 4096;
    static final int QUEUE_DEPTH = 32;

    /** Beyond the time that was asked for: connecting, and the last writes of a slow server. */
    private static final long GRACE_SECONDS = 120;

    private static final JsonMapper MAPPER = new JsonMapper();

    private final Children children;
    private final Path directory;
    private int runs;

    /** Runs it with its output in a directory. */
    public Fio(Children children, Path directory) {
        this.children = children;
        this.directory = directory;
    }

    /**
     * What to write.
     *
     * @param targets URIs of exports, each written by a thread of its own
     * @param depth requests in flight per target
     * @param tag stands in every piece before its offset, so that the content tells which job wrote it; 1 to 255
     * @param arguments what else fio is told: the pattern, and when to end
     * @param secondsMax after which the run has failed
     */
    public record Job(List<String> targets, int depth, int tag, List<String> arguments, long secondsMax) {
        /** Returns a job of random pieces of the whole export for some seconds. */
        public static Job random(String target, int tag, int seconds) {
            return new Job(
                    List.of(target),
                    QUEUE_DEPTH,
                    tag,
                    List.of("--rw=randwrite", "--time_based", "--runtime=" + seconds),
                    seconds);
        }

        /** Returns a job of a number of random pieces, none twice. */
        static Job randomOnce(String target, int tag, long writes, int secondsMax) {
            return new Job(
                    List.of(target),
                    QUEUE_DEPTH,
                    tag,
                    List.of("--rw=randwrite", "--io_size=" + writes * PIECE_BYTES, "--runtime=" + secondsMax),
                    secondsMax);
        }

        /** Returns a job of one piece of every {@code strideBytes}, in order, the piece at {@code offsetBytes} of it. */
        static Job strided(String target, int tag, long writes, long strideBytes, long offsetBytes, int secondsMax) {
            return new Job(
                    List.of(target),
                    QUEUE_DEPTH,
                    tag,
                    List.of(
                            "--rw=write:" + (strideBytes - PIECE_BYTES),
                            "--offset=" + offsetBytes,
                            "--io_size=" + writes * PIECE_BYTES,
                            "--runtime=" + secondsMax),
                    secondsMax);
        }

        Job with(String argument) {
            List<String> more = new ArrayList<>(arguments);
            more.add(argument);
            return new Job(targets, depth, tag, more, secondsMax);
        }
    }

    /** What fio measured, summed over the targets; times as fio's client side saw them. */
    public record Result(long writes, double seconds, double writesPerSecond, double p50Micros, double p99Micros) {
        /** Parses fio's JSON, which may stand behind messages. */
        static Result parse(String output) throws BenchFailure {
            int start = output.indexOf('{');
            try {
                if (start < 0) {
                    throw new BenchFailure("fio's output holds no JSON: '" + output.strip() + "'");
                }
                JsonNode jobs = MAPPER.readTree(output.substring(start)).path("jobs");
                if (jobs.size() != 1) {
                    throw new BenchFailure("fio's output: expected 1 group of jobs, found " + jobs.size());
                }
                JsonNode job = jobs.path(0);
                JsonNode write = job.path("write");
                long writes = write.path("total_ios").asLong();
                double seconds = write.path("runtime").asLong() / 1e3;
                if (job.path("error").asInt() != 0 || writes == 0 || seconds == 0) {
                    throw new BenchFailure("fio: error " + job.path("error").asInt() + ", " + writes + " writes in "
                            + seconds + " s; expected no error and some writes");
                }
                JsonNode percentiles = write.path("clat_ns").path("percentile");
                return new Result(
                        writes,
                        seconds,
                        writes / seconds,
                        percentiles.path("50.000000").asDouble() / 1e3,
                        percentiles.path("99.000000").asDouble() / 1e3);
            } catch (JacksonException e) {
                throw new BenchFailure("fio's output is not JSON: " + e.getOriginalMessage(), e);
            }
        }
    }

    /** A fio that runs. */
    final class Running {
        private final Process process;
        private final Path output;
        private final Path messages;
        private final long secondsMax;

        private Running(Process process, Path output, Path messages, long secondsMax) {
            this.process = process;
            this.output = output;
            this.messages = messages;
            this.secondsMax = secondsMax;
        }

        /** Waits for some time; returns early, and true, if fio ended. */
        boolean pause(long millis) throws BenchFailure {
            return children.await(process, millis);
        }

        /** Waits for the end. */
        Result result() throws BenchFailure {
            if (!children.await(process, TimeUnit.SECONDS.toMillis(secondsMax + GRACE_SECONDS))) {
                process.destroyForcibly();
                throw new BenchFailure("fio did not end " + GRACE_SECONDS + " s after the " + secondsMax
                        + " s that it was given: " + tail());
            }
            if (process.exitValue() != 0) {
                throw new BenchFailure("fio ended with exit code " + process.exitValue() + ": " + tail());
            }
            try {
                return Result.parse(Files.readString(output));
            } catch (IOException e) {
                throw new BenchFailure(output + ": cannot be read: " + e, e);
            }
        }

        private String tail() {
            return Children.tail(messages)
                    + Children.tail(output).lines().limit(3).toList();
        }
    }

    /** Runs a job to its end. */
    public Result run(Job job) throws BenchFailure {
        return start(job).result();
    }

    /** Starts a job; one at a time. */
    Running start(Job job) throws BenchFailure {
        runs++;
        Path output = directory.resolve("fio-" + runs + ".json");
        Path messages = directory.resolve("fio-" + runs + ".log");
        List<String> command = new ArrayList<>(List.of("fio", "--output-format=json", "--output=" + output));
        command.addAll(List.of("--name=global", "--ioengine=nbd", "--thread", "--group_reporting"));
        command.addAll(List.of("--bs=" + PIECE_BYTES, "--iodepth=" + job.depth(), "--randseed=" + job.tag()));
        command.addAll(List.of("--verify=pattern", "--verify_pattern=" + pattern(job.tag()), "--do_verify=0"));
        // What it knows of its writes would be left in the working directory.
        command.add("--verify_state_save=0");
        command.addAll(job.arguments());
        for (int i = 0; i < job.targets().size(); i++) {
            command.addAll(List.of("--name=load" + i, "--uri=" + job.targets().get(i)));
        }
        return new Running(children.start(command, messages), output, messages, job.secondsMax());
    }

    /** Returns the pattern that begins a piece: the tag and the piece's offset, each in eight bytes, little-endian. */
    static String pattern(int tag) {
        if (tag < 1 || tag > 255) {
            throw new IllegalArgumentException("tag " + tag + " is not in 1 to 255");
        }
        return String.format(Locale.ROOT, "0x%02x00000000000000%%o", tag);
    }
}
