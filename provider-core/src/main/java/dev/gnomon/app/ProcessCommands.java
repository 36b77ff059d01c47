/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.cli.CheckReport;
import dev.gnomon.cli.ExitCode;
import dev.gnomon.cli.LocalCommands;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import java.io.PrintWriter;
import java.nio.file.Path;

/** What runs in this process, put together from its parts. */
final class ProcessCommands implements LocalCommands {
    /** Read by logback.xml when the first logger is made, so it must be set before that. */
    private static final String LOG_LEVEL = "gnomon.log.level";

    private static final String LOG_EXCEPTIONS = "gnomon.log.exceptions";

    @Override
    public ExitCode runService(ServiceOptions options, PrintWriter err) throws ControlException {
        if (options.debug()) {
            System.setProperty(LOG_LEVEL, "DEBUG");
            System.setProperty(LOG_EXCEPTIONS, "%ex");
        }
        return new ServiceProcess(new OsParts(), options, err).run();
    }

    @Override
    public CheckReport check(Path stateDirectory) throws ControlException {
        throw new ControlException(ErrorKind.FAILED, stateDirectory + ": this build holds no checker");
    }

    @Override
    public ExitCode demo(DemoOptions options, PrintWriter out, PrintWriter err) throws ControlException {
        throw new ControlException(ErrorKind.FAILED, "demo: this build holds no demonstration");
    }
}
