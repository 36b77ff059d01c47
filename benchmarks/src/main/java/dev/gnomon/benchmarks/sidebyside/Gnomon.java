/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.client.ControlClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A service of Gnomon in a process of its own. Owned by one thread. */
final class Gnomon extends Server {
    private final Path state;

    /**
     * What to run.
     *
     * @param name how it is called in the report
     * @param classPath of the service
     */
    record Build(String name, String classPath) {}

    /** Starts a service whose state lies in the directory, where it may lie already. */
    Gnomon(Children children, Path directory, Build build, List<String> javaOptions) throws BenchFailure {
        super(children, directory, command(directory, build, javaOptions));
        this.state = state(directory);
    }

    /** Asks it something over a control connection of its own. */
    <T> T ask(Question<T> question) throws BenchFailure {
        try (ControlClient client = ControlClient.connect(state)) {
            return question.of(client);
        } catch (ControlException e) {
            throw new BenchFailure("the service: " + e.getMessage(), e);
        }
    }

    /** A question to a service. */
    @FunctionalInterface
    interface Question<T> {
        T of(ControlClient client) throws ControlException;
    }

    private static Path state(Path directory) {
        return directory.resolve("state");
    }

    private static List<String> command(Path directory, Build build, List<String> javaOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", build.classPath(), "dev.gnomon.app.Main", "service", "run"));
        command.addAll(List.of("--state", state(directory).toString(), "--nbd", "unix:" + socket(directory)));
        return command;
    }
}
