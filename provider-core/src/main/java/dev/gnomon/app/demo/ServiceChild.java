/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.ServiceView;
import dev.gnomon.control.client.ControlClient;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A service in a process of its own. Thread-safe. */
final class ServiceChild {
    private static final long READY_SECONDS_MAX = 30;
    private static final long END_SECONDS_MAX = 20;
    private static final long POLL_MILLIS = 10;
    private static final int LOG_LINES_SHOWN = 8;
    private static final int LOG_BYTES_SHOWN = 4096;

    private final Workplace place;
    private final Process process;
    private final long startedAt;

    private ServiceChild(Workplace place, Process process, long startedAt) {
        this.place = place;
        this.process = process;
        this.startedAt = startedAt;
    }

    /**
     * Starts one; it is not ready yet.
     *
     * @param gnomon the command that runs this program, to which arguments are added
     */
    static ServiceChild start(List<String> gnomon, Workplace place) throws IOException {
        List<String> command = new ArrayList<>(gnomon);
        command.addAll(List.of("service", "run", "--state", place.state().toString()));
        command.addAll(List.of("--nbd", place.nbd().toString()));
        long now = System.nanoTime();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        Thread.ofPlatform().daemon().name("demo-service-log").start(() -> keepLog(process, place.log()));
        return new ServiceChild(place, process, now);
    }

    long pid() {
        return process.pid();
    }

    /** Waits until it answers; returns how long that took from its start, in nanoseconds. */
    long awaitReady() throws DemoFailure, ControlException {
        while (true) {
            try {
                status();
                return System.nanoTime() - startedAt;
            } catch (ControlException e) {
                if (e.kind() != ErrorKind.UNREACHABLE) {
                    throw e;
                }
            }
            if (ended(POLL_MILLIS)) {
                throw new DemoFailure("the service ended with exit code " + process.exitValue() + " at its start");
            }
            if (System.nanoTime() - startedAt > TimeUnit.SECONDS.toNanos(READY_SECONDS_MAX)) {
                throw new DemoFailure("the service does not answer " + READY_SECONDS_MAX + " s after its start");
            }
        }
    }

    ServiceView status() throws ControlException {
        try (ControlClient client = connect()) {
            return client.status();
        }
    }

    ControlClient connect() throws ControlException {
        return ControlClient.connect(place.state());
    }

    /** Ends it as {@code kill -9} does, and waits until it is gone. */
    void kill() throws DemoFailure {
        process.destroyForcibly();
        if (!ended(TimeUnit.SECONDS.toMillis(END_SECONDS_MAX))) {
            throw new DemoFailure("process " + pid() + " is still there " + END_SECONDS_MAX + " s after it was killed");
        }
    }

    /** Asks it to stop, and waits until it is gone. */
    void stop() throws DemoFailure, ControlException {
        try (ControlClient client = connect()) {
            client.stop();
        }
        if (!ended(TimeUnit.SECONDS.toMillis(END_SECONDS_MAX))) {
            throw new DemoFailure(
                    "the service, process " + pid() + ", is still there " + END_SECONDS_MAX + " s after it stopped");
        }
        if (process.exitValue() != 0) {
            throw new DemoFailure("the service ended with exit code " + process.exitValue() + " when it was stopped");
        }
    }

    /** Returns the last lines that services of this place wrote. */
    static List<String> logTail(Workplace place) {
        try {
            byte[] bytes = Files.readAllBytes(place.log());
            int from = Math.max(0, bytes.length - LOG_BYTES_SHOWN);
            List<String> lines = new String(bytes, from, bytes.length - from, StandardCharsets.UTF_8)
                    .lines()
                    .toList();
            return lines.subList(Math.max(0, lines.size() - LOG_LINES_SHOWN), lines.size());
        } catch (IOException e) {
            return List.of();
        }
    }

    private static void keepLog(Process process, Path log) {
        try (InputStream from = process.getInputStream();
                OutputStream to = Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            from.transferTo(to);
        } catch (IOException e) {
            // The log is shown only after another failure.
        }
    }

    private boolean ended(long millis) {
        try {
            return process.waitFor(millis, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("nobody interrupts the demonstration", e);
        }
    }
}
