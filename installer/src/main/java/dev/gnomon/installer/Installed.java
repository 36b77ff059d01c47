/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import dev.gnomon.cli.LocalCommands;
import dev.gnomon.installer.plan.Report;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.StepReport;
import dev.gnomon.installer.port.Ports;
import dev.gnomon.installer.port.ServiceManager;
import dev.gnomon.installer.step.Choices;
import dev.gnomon.installer.step.Layout;
import dev.gnomon.installer.step.Settings;
import dev.gnomon.installer.windows.WindowsPorts;
import dev.gnomon.util.BuildInfo;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is installed on a machine, to be looked at.
 *
 * @param ports to the machine
 * @param layout where it lies; its package is the program folder itself
 */
public record Installed(Ports ports, Layout layout) {
    private static final String PRODUCT = "Gnomon";

    /** Finds it on this Windows: where setup noted, and else where it is usually put. The engine is not asked. */
    public static Installed onThisWindows(Map<String, String> environment) throws SetupException {
        Path program = Path.of(environment.getOrDefault("ProgramFiles", "C:\\Program Files"), PRODUCT);
        NativeLibraries.pin(program);
        return on(WindowsPorts.of(() -> Optional.empty()), environment);
    }

    /** Returns the same with an engine that can be asked. */
    public Installed asking(LocalCommands local) {
        return new Installed(WindowsPorts.of(local, layout.serviceState()), layout);
    }

    /** Finds it on a machine. */
    public static Installed on(Ports ports, Map<String, String> environment) throws SetupException {
        Path program =
                noted(ports, Settings.PROGRAM_DIR, environment.getOrDefault("ProgramFiles", "C:\\Program Files"));
        Path state = noted(ports, Settings.STATE_DIR, environment.getOrDefault("ProgramData", "C:\\ProgramData"));
        return new Installed(ports, new Layout(program, program, state));
    }

    private static Path noted(Ports ports, String value, String parent) throws SetupException {
        String noted = ports.registry().text(Settings.KEY, value);
        return noted.isEmpty() ? Path.of(parent, PRODUCT) : Path.of(noted);
    }

    /** Looks at everything that setup makes; changes nothing. */
    public List<StepReport> steps() throws SetupException {
        return status().steps();
    }

    /** As {@link #steps}, with the judgement of all. */
    public Report status() throws SetupException {
        Choices choices = new Choices(BuildInfo.current().version(), true, true, false);
        return new Setup(ports, layout, choices, false, sentence -> {}).status();
    }

    /** Returns a service as the service manager has it. */
    public Optional<ServiceManager.Service> service(String name) throws SetupException {
        return ports.services().find(name);
    }
}
