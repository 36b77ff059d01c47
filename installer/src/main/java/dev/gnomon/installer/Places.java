/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import dev.gnomon.cli.Session;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.Ports;
import dev.gnomon.installer.step.Layout;
import dev.gnomon.installer.step.Settings;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say where everything lies. */
final class Places {
    private static final String PRODUCT = "Gnomon";

    @Option(
            names = "--program-dir",
            paramLabel = "DIR",
            description = "Program folder (default: where it is installed; else %%ProgramFiles%%\\Gnomon).")
    private @Nullable Path program;

    @Option(
            names = "--state-dir",
            paramLabel = "DIR",
            description = "State folder, with volumes and shadow copies (default: where it is; else"
                    + " %%ProgramData%%\\Gnomon).")
    private @Nullable Path state;

    @Option(names = "--source-dir", hidden = true)
    private @Nullable Path source;

    /** Returns the folders that the command line names, with the usual ones for those that it does not. */
    Layout layout(Session session) throws SetupException {
        return new Layout(
                absolute(source == null ? running() : source),
                absolute(program == null ? usual(session, "ProgramFiles", "C:\\Program Files") : program),
                absolute(state == null ? usual(session, "ProgramData", "C:\\ProgramData") : state));
    }

    /** Returns the folders with those of the installation in the place of usual ones. */
    Layout installed(Layout layout, Ports ports) throws SetupException {
        String programDir = ports.registry().text(Settings.KEY, Settings.PROGRAM_DIR);
        String stateDir = ports.registry().text(Settings.KEY, Settings.STATE_DIR);
        return new Layout(
                layout.source(),
                program == null && !programDir.isEmpty() ? absolute(Path.of(programDir)) : layout.program(),
                state == null && !stateDir.isEmpty() ? absolute(Path.of(stateDir)) : layout.state());
    }

    private static Path usual(Session session, String variable, String otherwise) {
        return Path.of(session.environment().getOrDefault(variable, otherwise), PRODUCT);
    }

    private static Path absolute(Path path) {
        return path.toAbsolutePath().normalize();
    }

    /** Returns the folder of the package that this runs from: the jar lies in its folder {@code lib}. */
    static Path running() throws SetupException {
        CodeSource code = Places.class.getProtectionDomain().getCodeSource();
        try {
            Path jar = Path.of(code.getLocation().toURI());
            Path lib = jar.getParent();
            Path folder = lib == null ? null : lib.getParent();
            if (folder == null) {
                throw SetupException.failed(jar + " lies in no package of Gnomon");
            }
            return folder;
        } catch (URISyntaxException e) {
            throw SetupException.failed("the place of setup", e);
        }
    }
}
