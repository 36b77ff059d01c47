/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.client.ControlClient;
import dev.gnomon.protocol.nbd.NbdAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A service of Gnomon in a process of its own. Owned by one thread. */
public final class Gnomon extends Server {
    private final Path state;

    /**
     * What to run.
     *
     * @param name how it is called in the report
     * @param classPath of the service
     * @param mainClass whose command line is Gnomon's
     */
    public record Build(String name, String classPath, String mainClass) {
        private static final String PRODUCT = "dev.gnomon.app.Main";

        /** That of the product. */
        public Build(String name, String classPath) {
            this(name, classPath, PRODUCT);
        }

        /** Returns the same with another way to start it. */
        public Build startedBy(String otherMainClass) {
            return new Build(name, classPath, otherMainClass);
        }
    }

    /** Starts a service whose state lies in the directory, where it may lie already. */
    Gnomon(Children children, Path directory, Build build, List<String> javaOptions) throws BenchFailure {
        this(children, directory, new NbdAddress.Unix(socket(directory)), build, javaOptions, List.of());
    }

    /** As the other, serving NBD at an address, with more options of {@code service run}. */
    public Gnomon(
            Children children,
            Path directory,
            NbdAddress address,
            Build build,
            List<String> javaOptions,
            List<String> serviceOptions)
            throws BenchFailure {
        super(children, directory, address, command(directory, address, build, javaOptions, serviceOptions));
        this.state = state(directory);
    }

    /** Asks it something over a control connection of its own. */
    public <T> T ask(Question<T> question) throws BenchFailure {
        try (ControlClient client = ControlClient.connect(state)) {
            return question.of(client);
        } catch (ControlException e) {
            throw new BenchFailure("the service: " + e.getMessage(), e);
        }
    }

    /** A question to a service. */
    @FunctionalInterface
    public interface Question<T> {
        /** Asks over a connection that is closed afterwards. */
        T of(ControlClient client) throws ControlException;
    }

    private static Path state(Path directory) {
        return directory.resolve("state");
    }

    private static List<String> command(
            Path directory, NbdAddress address, Build build, List<String> javaOptions, List<String> serviceOptions) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("--enable-native-access=ALL-UNNAMED");
        command.addAll(javaOptions);
        command.addAll(List.of("-cp", build.classPath(), build.mainClass(), "service", "run"));
        command.addAll(List.of("--state", state(directory).toString(), "--nbd", address.toString()));
        command.addAll(serviceOptions);
        return command;
    }
}
