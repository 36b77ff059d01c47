/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.step;

import dev.gnomon.installer.plan.Finding;
import dev.gnomon.installer.plan.Memo;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.Step;
import dev.gnomon.installer.port.Engine;
import dev.gnomon.installer.port.Ports;
import dev.gnomon.installer.port.ServiceManager;
import java.util.List;
import java.util.Optional;

/**
 * The engine at work: the service runs and answers. Both are asked, because the service manager goes on saying that a service runs
 * whose process is dead or hangs.
 */
final class EngineRunning implements Step {
    private static final long START_TIMEOUT_MS = 60_000;
    /** Draining and a checkpoint may take this long; see the service's own limit. */
    private static final long STOP_TIMEOUT_MS = 150_000;

    private static final long PAUSE_MS = 200;

    private final Layout layout;
    private final Ports ports;
    private final Interruption interruption;

    EngineRunning(Layout layout, Ports ports, Interruption interruption) {
        this.layout = layout;
        this.ports = ports;
        this.interruption = interruption;
    }

    @Override
    public String name() {
        return "engine-running";
    }

    @Override
    public String describe() {
        return "start the engine and wait for its answer";
    }

    @Override
    public Finding check() throws SetupException {
        ServiceManager.State state = state();
        if (state == ServiceManager.State.STOPPED) {
            return Finding.absent("the service does not run");
        }
        Optional<List<Engine.Volume>> volumes = ports.engine().volumes();
        if (volumes.isEmpty()) {
            return Finding.broken("Windows says that the service runs, but it does not answer");
        }
        return Finding.present("it answers, with " + volumes.get().size() + " volumes");
    }

    private ServiceManager.State state() throws SetupException {
        return ports.services()
                .find(EngineService.NAME)
                .map(ServiceManager.Service::state)
                .orElse(ServiceManager.State.STOPPED);
    }

    @Override
    public void apply() throws SetupException {
        start(layout, ports);
        interruption.ends();
    }

    /** Starts the service and waits for its answer. */
    static void start(Layout layout, Ports ports) throws SetupException {
        ports.services().start(EngineService.NAME);
        long start = ports.machine().uptimeMs();
        while (ports.engine().volumes().isEmpty()) {
            boolean ended = ports.services()
                            .find(EngineService.NAME)
                            .map(ServiceManager.Service::state)
                            .orElse(ServiceManager.State.STOPPED)
                    == ServiceManager.State.STOPPED;
            if (ended || ports.machine().uptimeMs() - start > START_TIMEOUT_MS) {
                throw new SetupException(
                        SetupException.Reason.FAILED,
                        ended
                                ? "the service '" + EngineService.NAME + "' ended when it was started"
                                : "the engine does not answer " + START_TIMEOUT_MS / 1_000 + " s after its start",
                        "its log is in " + layout.serviceLog() + ", its events in the Application log");
            }
            ports.machine().pause(PAUSE_MS);
        }
    }

    /** Stops the service and waits for its end. */
    static void stop(Ports ports) throws SetupException {
        if (ports.services().find(EngineService.NAME).isEmpty()) {
            return;
        }
        ports.services().stop(EngineService.NAME);
        long start = ports.machine().uptimeMs();
        while (ports.services()
                        .find(EngineService.NAME)
                        .map(ServiceManager.Service::state)
                        .orElse(ServiceManager.State.STOPPED)
                != ServiceManager.State.STOPPED) {
            if (ports.machine().uptimeMs() - start > STOP_TIMEOUT_MS) {
                throw new SetupException(
                        SetupException.Reason.FAILED,
                        "the service '" + EngineService.NAME + "' has not ended " + STOP_TIMEOUT_MS / 1_000
                                + " s after it was told to",
                        "gnomon doctor says why; its process can be ended in the Task Manager: what was acknowledged"
                                + " survives that");
            }
            ports.machine().pause(PAUSE_MS);
        }
    }

    @Override
    public void undo(Memo memo, Undo why) throws SetupException {
        stop(ports);
    }
}
