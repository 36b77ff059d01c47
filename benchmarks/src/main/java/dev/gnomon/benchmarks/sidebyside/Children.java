/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The processes that a run started, all on the same processors. None outlives the run. Thread-safe. */
public final class Children implements AutoCloseable {
    private static final int TAIL_BYTES = 2048;
    private static final long END_SECONDS_MAX = 30;

    private final List<String> prefix;
    private final List<Process> started = new ArrayList<>();
    private boolean closed;

    /** @param prefix what comes before every command, such as {@code taskset} */
    public Children(List<String> prefix) {
        this.prefix = List.copyOf(prefix);
    }

    /** Starts a command whose output goes to a file. */
    public synchronized Process start(List<String> command, Path output) throws BenchFailure {
        if (closed) {
            throw new BenchFailure("the run is over");
        }
        List<String> all = new ArrayList<>(prefix);
        all.addAll(command);
        try {
            Process process = new ProcessBuilder(all)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output.toFile()))
                    .start();
            process.getOutputStream().close();
            started.removeIf(one -> !one.isAlive());
            started.add(process);
            return process;
        } catch (IOException e) {
            throw new BenchFailure("cannot start " + command.getFirst() + ": " + e.getMessage(), e);
        }
    }

    /** Runs a command to its end. */
    public void run(List<String> command, Path output) throws BenchFailure {
        Process process = start(command, output);
        if (!await(process, TimeUnit.SECONDS.toMillis(10 * END_SECONDS_MAX)) || process.exitValue() != 0) {
            throw new BenchFailure(String.join(" ", command) + " failed: " + tail(output));
        }
    }

    /** Waits until a process ended, but not longer than some time; returns whether it did. */
    public boolean await(Process process, long millis) throws BenchFailure {
        try {
            return process.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new BenchFailure("the wait for a process was interrupted", e);
        }
    }

    /** Ends a process by SIGTERM and waits until it is gone. */
    public void stop(Process process) throws BenchFailure {
        process.destroy();
        awaitEnd(process);
    }

    /** Ends a process by SIGKILL and waits until it is gone. */
    public void kill(Process process) throws BenchFailure {
        process.destroyForcibly();
        awaitEnd(process);
    }

    /** Kills all that still run. A second close does nothing. */
    @Override
    public synchronized void close() {
        closed = true;
        started.forEach(Process::destroyForcibly);
    }

    /** Returns the end of a file, for messages. */
    public static String tail(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            int from = Math.max(0, bytes.length - TAIL_BYTES);
            return new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "(" + file + " cannot be read)";
        }
    }

    private void awaitEnd(Process process) throws BenchFailure {
        if (!await(process, TimeUnit.SECONDS.toMillis(END_SECONDS_MAX))) {
            throw new BenchFailure("process " + process.pid() + " is still there after " + END_SECONDS_MAX + " s");
        }
    }
}
