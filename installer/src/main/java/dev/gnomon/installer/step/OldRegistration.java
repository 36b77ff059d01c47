/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.step;

import dev.gnomon.installer.plan.Finding;
import dev.gnomon.installer.plan.Memo;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.SetupLog;
import dev.gnomon.installer.plan.Step;
import dev.gnomon.installer.port.Ports;

/**
 * The registration of the old version out of the way: an upgrade is unregistering and registering (provider contract 6.2), because the
 * version id changes. Undone by registering the old DLL again, which is then back in its place.
 */
final class OldRegistration implements Step {
    private final ComPlusApplication application;
    private final ComPlusRegistration registration;

    OldRegistration(Layout layout, Ports ports, ComPlusRegistration registration, SetupLog log) {
        this.application = new ComPlusApplication(layout, ports, registration, log);
        this.registration = registration;
    }

    @Override
    public String name() {
        return "old-registration";
    }

    @Override
    public String describe() {
        return "take the old version off VSS's list and out of COM+";
    }

    @Override
    public Finding check() throws SetupException {
        boolean gone = registration.provider().isEmpty() && application.check().state() == Finding.State.ABSENT;
        return gone ? Finding.present("it is gone") : Finding.absent("it is registered");
    }

    @Override
    public void apply() throws SetupException {
        application.undo(Memo.NONE, Undo.ROLLBACK);
    }

    @Override
    public void undo(Memo memo, Undo why) throws SetupException {
        application.apply();
    }
}
