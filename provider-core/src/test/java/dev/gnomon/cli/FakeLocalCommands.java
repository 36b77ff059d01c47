/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Remembers what it was asked to do. */
final class FakeLocalCommands implements LocalCommands {
    String installedState = "";
    final List<ServiceOptions> serviceOptions = new ArrayList<>();
    final List<DemoOptions> demoOptions = new ArrayList<>();
    final List<ExportOptions> exported = new ArrayList<>();
    DoctorReport.Status doctorStatus = DoctorReport.Status.WARN;
    final List<Path> checked = new ArrayList<>();
    final List<CheckReport.Finding> findings = new ArrayList<>();

    @Nullable
    ControlException failure;

    @Override
    public String installedState() {
        return installedState;
    }

    @Override
    public ExitCode runService(ServiceOptions options, PrintWriter err) {
        serviceOptions.add(options);
        return ExitCode.DONE;
    }

    @Override
    public CheckReport check(Path stateDirectory) throws ControlException {
        if (failure != null) {
            throw failure;
        }
        checked.add(stateDirectory);
        return new CheckReport(findings, Map.of("batches", 7L));
    }

    @Override
    public DoctorReport doctor(Path stateDirectory) {
        return new DoctorReport(List.of(
                new DoctorReport.Check("java", DoctorReport.Status.OK, "25", ""),
                new DoctorReport.Check("space", doctorStatus, "1 MiB free", "make room")));
    }

    @Override
    public long export(ExportOptions options, ExportProgress progress) throws ControlException {
        if (failure != null) {
            throw failure;
        }
        exported.add(options);
        progress.to(options.sizeBytes());
        return 4096;
    }

    @Override
    public ExitCode demo(DemoOptions options, PrintWriter out, PrintWriter err) {
        demoOptions.add(options);
        return ExitCode.DONE;
    }
}
