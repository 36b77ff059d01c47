/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.client.ControlClient;
import java.io.PrintWriter;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/**
 * What one run of the command line works with.
 *
 * @param environment variables of the process
 * @param user name of the user that runs it
 * @param home home directory of that user
 * @param out for results only
 * @param err for everything else
 * @param terminal where a person may be asked
 */
public record Session(
        LocalCommands local,
        Map<String, String> environment,
        String user,
        Path home,
        PrintWriter out,
        PrintWriter err,
        Terminal terminal) {
    private static final String STATE_VARIABLE = "GNOMON_STATE";

    /** Copies the map. */
    public Session {
        environment = Map.copyOf(environment);
    }

    /** Makes one with nobody to ask. */
    public Session(
            LocalCommands local,
            Map<String, String> environment,
            String user,
            Path home,
            PrintWriter out,
            PrintWriter err) {
        this(local, environment, user, home, out, err, Terminal.absent());
    }

    /** Returns the state directory that is used when the command line names none. */
    Path defaultState() {
        String named = environment.getOrDefault(STATE_VARIABLE, "");
        if (!named.isEmpty()) {
            return Path.of(named);
        }
        String installed = local.installedState();
        if (!installed.isEmpty()) {
            return Path.of(installed);
        }
        String programData = environment.getOrDefault("ProgramData", "");
        if (!programData.isEmpty()) {
            return Path.of(programData, "Gnomon", "service"); // Only Windows has it; setup keeps its own beside.
        }
        if (user.equals("root")) {
            return Path.of("/var/lib/gnomon");
        }
        String base = environment.getOrDefault("XDG_STATE_HOME", "");
        return base.startsWith("/") ? Path.of(base, "gnomon") : home.resolve(".local/state/gnomon");
    }

    /** Returns a path as an absolute one, as the service needs it. */
    static String absolute(String field, String path) throws ControlException {
        try {
            return Path.of(path).toAbsolutePath().normalize().toString();
        } catch (InvalidPathException e) {
            throw ControlException.invalid(field + ": " + e.getReason());
        }
    }

    /** Asks the service of a state directory for something. */
    <T> T ask(Path state, Question<T> question) throws ControlException {
        try (ControlClient client = local.connect(state)) {
            return question.ask(client);
        }
    }

    /** Something that a service answers. */
    @FunctionalInterface
    interface Question<T> {
        /** Asks it. */
        T ask(ControlClient client) throws ControlException;
    }
}
