/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import dev.gnomon.benchmarks.sidebyside.Children;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the load generator. Owned by one thread. */
final class Load {
    /** Beyond the time that was asked for: connecting, and the last requests and the FLUSH of a slow server. */
    private static final long GRACE_SECONDS = 180;

    private final Children children;
    private final Path program;
    private final Path directory;
    private int runs;

    /**
     * @param program the compiled load generator
     * @param directory for its output
     */
    Load(Children children, Path program, Path directory) {
        this.children = children;
        this.program = program;
        this.directory = directory;
    }

    /** A job that runs. */
    final class Running {
        private final Process process;
        private final Path output;
        private final LoadJob job;

        private Running(Process process, Path output, LoadJob job) {
            this.process = process;
            this.output = output;
            this.job = job;
        }

        /** Waits for the end. */
        LoadResult result() throws BenchFailure {
            long millis = job.milliseconds() + TimeUnit.SECONDS.toMillis(GRACE_SECONDS);
            if (!children.await(process, millis)) {
                process.destroyForcibly();
                throw new BenchFailure("the load generator did not end within " + millis + " ms: " + job);
            }
            String text = Children.tail(output);
            if (process.exitValue() != 0) {
                throw new BenchFailure("the load generator failed: " + text);
            }
            try {
                return LoadResult.parse(Files.readString(output));
            } catch (IOException e) {
                throw new BenchFailure(output + ": cannot be read: " + e, e);
            } finally {
                remove(output);
            }
        }
    }

    LoadResult run(LoadJob job, Target target) throws BenchFailure {
        return start(job, target).result();
    }

    Running start(LoadJob job, Target target) throws BenchFailure {
        Path output = output();
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(job.arguments(target));
        return new Running(children.start(command, output), output, job);
    }

    /** Brings a file into the page cache afresh, in single pages, so that none has it in a better form than another. */
    void warm(Path file) throws BenchFailure {
        Path output = output();
        children.run(List.of(program.toString(), "operation=warm", "file=" + file), output);
        remove(output);
    }

    private Path output() {
        runs++;
        return directory.resolve("load-" + runs);
    }

    private static void remove(Path output) throws BenchFailure {
        try {
            Files.deleteIfExists(output);
        } catch (IOException e) {
            throw new BenchFailure(output + ": cannot be removed: " + e, e);
        }
    }
}
