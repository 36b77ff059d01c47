/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.cli.Cli;
import dev.gnomon.cli.ExitCode;
import dev.gnomon.cli.Session;
import dev.gnomon.platform.windows.SystemState;
import java.util.ArrayList;
import java.util.List;

/**
 * The service as a service of Windows, in the process of its host: what Procrun calls, in jvm mode. {@link #start} is called on one
 * thread and must not return before the service has ended; {@link #stop} is called on another, once, when the service manager
 * says stop or Windows shuts down, and what it does is {@link ServiceStop}'s.
 *
 * <p>For the service manager the service runs as soon as {@code start} was called, not when it serves: that is asked of the
 * service itself ({@code gnomon doctor}). A service that fails to start ends the process with its exit code and without telling
 * the service manager that it stopped, so that recovery actions are taken.
 */
public final class WindowsService {
    private static final HostedService HOSTED = new HostedService(SystemState::endsNow);

    private WindowsService() {}

    /**
     * Runs the service until it is stopped.
     *
     * @param words options of {@code gnomon service run}
     */
    public static void start(String[] words) {
        List<String> line = new ArrayList<>(List.of("service", "run"));
        line.addAll(List.of(words));
        Session session = Main.session(new ProcessCommands(HOSTED));
        int code = ExitCode.FAILED.number();
        try {
            code = new Cli(session).run(line.toArray(String[]::new));
        } finally {
            HOSTED.ended();
            // Procrun's hook for the end of the JVM tells the service manager of an end with 0, and of no other.
            // Returning
            // instead would have it wait for whatever else the JVM does, and end with 0 whatever happened.
            System.exit(code);
        }
    }

    /**
     * Stops the service.
     *
     * @param words none
     */
    public static void stop(String[] words) {
        HOSTED.stop(Main.utf8(System.err));
    }
}
