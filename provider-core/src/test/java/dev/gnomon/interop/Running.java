/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** A program that was started, and what it printed so far. Thread-safe. */
final class Running implements AutoCloseable {
    /** What a program prints beyond this is of no use to anybody who reads a failure. */
    private static final int LINES_MAX = 20_000;

    /** A class path is longer and tells nobody anything. */
    private static final int WORD_MAX = 200;

    private static final Duration KILL_DEADLINE = Duration.ofSeconds(30);

    private final String line;
    private final Process process;
    private final Lines out;
    private final Lines err;

    private Running(String line, Process process) {
        this.line = line;
        this.process = process;
        this.out = new Lines(process.getInputStream());
        this.err = new Lines(process.getErrorStream());
    }

    /** Starts a program of the system, found on the path or among the administrator's programs. */
    static Running start(List<String> words) {
        List<String> command = new ArrayList<>(words);
        Path program = Tools.find(command.getFirst());
        if (program != null) {
            command.set(0, program.toString());
        }
        String line = command.stream()
                .map(word -> word.length() <= WORD_MAX ? word : word.substring(0, WORD_MAX) + "...")
                .collect(Collectors.joining(" "));
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.environment().put("LC_ALL", "C.UTF-8");
            Process process = builder.start();
            process.getOutputStream().close();
            return new Running(line, process);
        } catch (IOException e) {
            throw new AssertionError(line + ": cannot be started: " + e.getMessage(), e);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    String out() {
        return out.text();
    }

    String err() {
        return err.text();
    }

    /** Asks the program to end, as a service manager does. */
    void terminate() {
        process.toHandle().destroy(); // Process.destroy would close the streams that the last words arrive on.
    }

    /** Ends the program as by {@code kill -9} and waits until it is gone. */
    void kill() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.toHandle().destroyForcibly();
        if (!waitFor(KILL_DEADLINE)) {
            throw new AssertionError(line + ": still there " + KILL_DEADLINE + " after kill -9");
        }
    }

    /** Waits for the end of the program; kills it and fails the test if it takes longer than allowed. */
    Tools.Result result(Duration deadline) {
        if (!waitFor(deadline)) {
            kill();
            throw new AssertionError(line + ": not finished after " + deadline + "\n" + out() + err());
        }
        out.join();
        err.join();
        return new Tools.Result(line, process.exitValue(), out(), err());
    }

    private boolean waitFor(Duration deadline) {
        try {
            return process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            kill();
        }
    }

    @Override
    public String toString() {
        return line + "\n" + out() + err();
    }

    /** Collects what arrives on a stream, on a thread of its own. */
    private static final class Lines {
        private final List<String> lines = new ArrayList<>();
        private final Thread reader;

        Lines(InputStream stream) {
            this.reader = Thread.ofPlatform().daemon().start(() -> collect(stream));
        }

        private void collect(InputStream stream) {
            try (BufferedReader in = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
                for (String one = in.readLine(); one != null; one = in.readLine()) {
                    add(one);
                }
            } catch (IOException e) {
                add("(the stream broke: " + e.getMessage() + ")");
            }
        }

        private synchronized void add(String one) {
            if (lines.size() < LINES_MAX) {
                lines.add(one);
            }
        }

        private synchronized String text() {
            return lines.isEmpty() ? "" : String.join("\n", lines) + "\n";
        }

        private void join() {
            try {
                reader.join(KILL_DEADLINE.toMillis());
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }
}
