/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.cli.ExitCode;
import dev.gnomon.cli.LocalCommands.ServiceOptions;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import java.io.PrintWriter;

/**
 * A process that is a service: runs it until a client or a signal stops it.
 *
 * <p>SIGTERM and SIGINT arrive as the start of the JVM's shutdown: a hook then stops the service, waits until everything
 * is durable, and ends the process with exit code 0, which the JVM alone would not.
 */
final class ServiceProcess {
    private final ServiceParts parts;
    private final ServiceOptions options;
    private final PrintWriter err;
    private final ServiceHost host;

    ServiceProcess(ServiceParts parts, ServiceOptions options, PrintWriter err, ServiceHost host) {
        this.host = host;
        this.parts = parts;
        this.options = options;
        this.err = err;
    }

    ExitCode run() throws ControlException {
        RunningService service = RunningService.start(parts, options);
        Thread hook = Thread.ofPlatform().name("signal-stop").unstarted(() -> stopOnSignal(service));
        Runtime.getRuntime().addShutdownHook(hook);
        host.serves(service);
        err.println("gnomon: " + service.describe());
        err.flush();
        service.awaitStop();
        boolean byClient = removed(hook);
        service.shutDown();
        if (byClient) {
            err.println("gnomon: stopped");
        }
        return ExitCode.DONE;
    }

    private void stopOnSignal(RunningService service) {
        try {
            host.stopBySignal(service);
            err.println("gnomon: stopped");
            err.flush();
            Runtime.getRuntime().halt(ExitCode.DONE.number());
        } catch (ControlException e) {
            err.println("gnomon: " + e.getMessage());
            err.flush();
            Runtime.getRuntime().halt(ExitCode.of(ErrorKind.FAILED).number());
        }
    }

    /** Returns false if the JVM is shutting down already: then a signal stopped the service. */
    private static boolean removed(Thread hook) {
        try {
            return Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            return false;
        }
    }
}
