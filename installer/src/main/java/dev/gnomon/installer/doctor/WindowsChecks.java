/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.doctor;

import dev.gnomon.cli.DoctorReport.Check;
import dev.gnomon.cli.DoctorReport.Status;
import dev.gnomon.cli.ExtraChecks;
import dev.gnomon.comshim.ProviderIdentities;
import dev.gnomon.installer.Installed;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.platform.windows.Pipes;
import java.util.List;
import java.util.Locale;

/**
 * Brings an installation on Windows to {@code gnomon doctor}: each step of setup as a check, COM+ with its roles and VSS with its list of
 * providers among them, the engine's process, and the pipe of the shim.
 */
public final class WindowsChecks implements ExtraChecks {
    /** Made by the service loader. */
    public WindowsChecks() {}

    @Override
    public List<Check> examine(Patient patient) {
        if (!System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows")) {
            return List.of();
        }
        try {
            Installed installed = Installed.onThisWindows(System.getenv());
            return Diagnosis.of(
                    installed.steps(),
                    installed.service(ProviderIdentities.SERVICE_NAME),
                    patient.engine(),
                    Pipes.isServed(ProviderIdentities.PIPE_NAME));
        } catch (SetupException e) {
            return List.of(new Check(
                    "installation",
                    Status.WARN,
                    "could not be looked at: " + e.text(),
                    e.advice().isEmpty() ? "run it from an elevated command prompt: gnomon doctor" : e.advice()));
        }
    }
}
