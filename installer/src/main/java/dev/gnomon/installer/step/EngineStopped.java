/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.step;

import dev.gnomon.installer.plan.Finding;
import dev.gnomon.installer.plan.Memo;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.Step;
import dev.gnomon.installer.port.Ports;
import dev.gnomon.installer.port.ServiceManager;
import java.util.Map;
import java.util.Optional;

/** The engine of the old version at rest, while its files are changed; undone by starting it again. */
final class EngineStopped implements Step {
    private static final String RAN = "ran";

    private final Layout layout;
    private final Ports ports;
    private final Interruption interruption;

    EngineStopped(Layout layout, Ports ports, Interruption interruption) {
        this.layout = layout;
        this.ports = ports;
        this.interruption = interruption;
    }

    @Override
    public String name() {
        return "engine-stopped";
    }

    @Override
    public String describe() {
        return "stop the engine of the old version";
    }

    @Override
    public Finding check() throws SetupException {
        return runs() ? Finding.absent("it runs") : Finding.present("it does not run");
    }

    private boolean runs() throws SetupException {
        Optional<ServiceManager.Service> service = ports.services().find(EngineService.NAME);
        return service.isPresent() && service.get().state() != ServiceManager.State.STOPPED;
    }

    @Override
    public Memo remember() throws SetupException {
        return new Memo(Map.of(RAN, Memo.flag(runs())));
    }

    @Override
    public void apply() throws SetupException {
        interruption.begins();
        EngineRunning.stop(ports);
    }

    @Override
    public void undo(Memo memo, Undo why) throws SetupException {
        if (memo.is(RAN) && !runs()) {
            EngineRunning.start(layout, ports);
            interruption.ends();
        }
    }
}
