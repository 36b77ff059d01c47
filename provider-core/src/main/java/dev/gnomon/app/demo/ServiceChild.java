/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.client.ControlClient;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A service in a process of its own, run by the same Java and from the same class path as this program. */
final class ServiceChild implements AutoCloseable {
    private static final long START_SECONDS_MAX = 60;
    private static final long POLL_MS = 10;

    private final Path stateDirectory;
    private final Process process;
    private volatile String lastLine = "it printed nothing";

    private ServiceChild(Path stateDirectory, Process process) {
        this.stateDirectory = stateDirectory;
        this.process = process;
    }

    /** Starts a service and waits until it answers. */
    static ServiceChild start(Path directory) throws DemoFailure {
        Path state = directory.resolve("state");
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.gnomon.app.Main",
                "service",
                "run",
                "--state",
                state.toString());
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            ServiceChild child = new ServiceChild(state, process);
            Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
            Thread.ofPlatform().daemon().name("demo-service-output").start(child::listen);
            child.awaitReady();
            return child;
        } catch (IOException e) {
            throw new DemoFailure("the service could not be started: " + e.getMessage(), e);
        }
    }

    private void awaitReady() throws DemoFailure {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        while (System.nanoTime() < deadline) {
            try (ControlClient client = ControlClient.connect(stateDirectory)) {
                client.status();
                return;
            } catch (ControlException notYet) {
                if (exitedWithin(POLL_MS)) {
                    break;
                }
            }
        }
        kill();
        throw new DemoFailure("the service did not start within " + START_SECONDS_MAX + " s: " + lastLine);
    }

    private boolean exitedWithin(long milliseconds) throws DemoFailure {
        try {
            return process.waitFor(milliseconds, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new DemoFailure("interrupted", e);
        }
    }

    /** Takes what the process prints, so that it never waits for us, and keeps the last line for an error. */
    private void listen() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                lastLine = line;
            }
        } catch (IOException ended) {
            // The process was killed.
        }
    }

    long pid() {
        return process.pid();
    }

    Path stateDirectory() {
        return stateDirectory;
    }

    Path nbdSocket() {
        return stateDirectory.resolve("nbd.sock");
    }

    /** Ends the process at once, as {@code kill -9} does, and waits until it is gone. */
    void kill() throws DemoFailure {
        process.destroyForcibly();
        if (!exitedWithin(TimeUnit.SECONDS.toMillis(START_SECONDS_MAX))) {
            throw new DemoFailure("process " + process.pid() + " outlives a kill");
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
