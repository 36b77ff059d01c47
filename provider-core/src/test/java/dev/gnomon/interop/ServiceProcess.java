/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.Request;
import dev.gnomon.control.SetCreatedView;
import dev.gnomon.control.VolumeView;
import dev.gnomon.control.client.ControlClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A service in a process of its own, on a state directory that outlives it. Used by one thread at a time. */
final class ServiceProcess implements AutoCloseable {
    private static final String READY = "gnomon: serving";

    private final Path stateDirectory;
    private final Path socket;
    private final List<String> options;
    private final List<String> logs = new ArrayList<>();
    private Running process;

    private ServiceProcess(Path stateDirectory, Path socket, List<String> options) {
        this.stateDirectory = stateDirectory;
        this.socket = socket;
        this.options = options;
        this.process = launch();
    }

    /** Starts a service and waits until it serves, on {@code socket} and any free port of this machine. */
    static ServiceProcess start(Path stateDirectory, Path socket, String... options) {
        ServiceProcess service = new ServiceProcess(stateDirectory, socket, List.of(options));
        service.awaitReady();
        return service;
    }

    /** Runs a command of Gnomon as a process of its own. */
    static Tools.Result command(String... words) {
        List<String> line = commandLine(List.of(words));
        // It is over before the optimising compiler pays for itself.
        line.add(1, "-XX:TieredStopAtLevel=1");
        return Running.start(line).result(Tools.DEADLINE);
    }

    private static List<String> commandLine(List<String> words) {
        List<String> classPath = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(":", -1)) {
            // What users run has no test classes and logs as it does for users.
            if (!entry.endsWith("test-classes") && !entry.endsWith("test-classes/")) {
                classPath.add(entry);
            }
        }
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "-XX:+UseSerialGC",
                "-Xshare:auto",
                "-Xmx1g",
                "-cp",
                String.join(":", classPath),
                "dev.gnomon.app.Main"));
        line.addAll(words);
        return line;
    }

    private Running launch() {
        List<String> words = new ArrayList<>(List.of("service", "run", "--state", stateDirectory.toString()));
        words.addAll(List.of("--nbd", "unix:" + socket, "--nbd", "127.0.0.1:0"));
        words.addAll(options);
        return Running.start(commandLine(words));
    }

    private void awaitReady() {
        Tools.await("service ready", () -> process.err().contains(READY) || !process.isAlive());
        if (!process.err().contains(READY)) {
            throw new AssertionError("the service did not start:\n" + process.result(Tools.DEADLINE));
        }
    }

    /** Starts the service again after its end. */
    void restart() {
        logs.add(process.toString());
        process = launch();
        awaitReady();
    }

    /** Ends the service as by {@code kill -9}. */
    void kill() {
        process.kill();
    }

    /** Stops the service as a service manager does and fails the test unless it ends cleanly. */
    void stop() {
        process.terminate();
        process.result(Tools.DEADLINE).ok();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    /** Returns everything that the service logged in all its lives. */
    String log() {
        return String.join("\n", logs) + process;
    }

    Path stateDirectory() {
        return stateDirectory;
    }

    Path socket() {
        return socket;
    }

    /** Returns the URI of an export by the Unix socket; an empty name is the server itself. */
    String uri(String export) {
        return "nbd+unix:///" + export + "?socket=" + socket;
    }

    /** Returns the URI of an export by TCP. */
    String tcpUri(String export) {
        return "nbd://127.0.0.1:" + port() + "/" + export;
    }

    int port() {
        String address = ask(ControlClient::status).nbdAddresses().stream()
                .filter(each -> each.startsWith("tcp:"))
                .findFirst()
                .orElseThrow();
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    // ---- what tests ask of the service

    /** Creates a volume whose space is reserved; returns the path of its origin. */
    Path createVolume(String name, long sizeBytes) {
        return Path.of(
                ask(client -> client.createVolume(name, "", sizeBytes, false)).origin());
    }

    List<String> volumeNames() {
        return ask(ControlClient::volumes).stream().map(VolumeView::name).toList();
    }

    VolumeView volume(String name) {
        return ask(client -> client.volume(name));
    }

    SetCreatedView createSet(String name, String... volumes) {
        return ask(client -> client.createSet(new Request.SetCreate(List.of(volumes), name, Map.of())));
    }

    /** Asks the service over its control socket; a refusal fails the test. */
    <T> T ask(Ask<T> ask) {
        try {
            return attempt(ask);
        } catch (ControlException e) {
            throw new AssertionError(e.kind() + ": " + e.getMessage() + "\n" + log(), e);
        }
    }

    /** Asks the service over its control socket. */
    <T> T attempt(Ask<T> ask) throws ControlException {
        try (ControlClient client = ControlClient.connect(stateDirectory)) {
            return ask.ask(client);
        }
    }

    /** One exchange with the service. */
    @FunctionalInterface
    interface Ask<T> {
        T ask(ControlClient client) throws ControlException;
    }

    @Override
    public void close() {
        process.close();
    }
}
