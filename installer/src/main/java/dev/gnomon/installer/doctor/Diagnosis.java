/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.doctor;

import dev.gnomon.cli.DoctorReport.Check;
import dev.gnomon.cli.DoctorReport.Status;
import dev.gnomon.cli.ExtraChecks;
import dev.gnomon.comshim.ProviderIdentities;
import dev.gnomon.installer.plan.Finding;
import dev.gnomon.installer.plan.StepReport;
import dev.gnomon.installer.port.ServiceManager;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Judges what was seen of an installation, and says what to do, as a command where there is one. */
final class Diagnosis {
    private static final String SERVICE = ProviderIdentities.SERVICE_NAME;
    private static final String START = "net start " + SERVICE;
    private static final String RESTART = "net stop " + SERVICE + " & net start " + SERVICE;
    private static final String REPAIR = "gnomon setup repair";

    /** Judged from the engine's own answer, which says more. */
    private static final String ENGINE_STEP = "engine-running";

    private Diagnosis() {}

    /**
     * Judges.
     *
     * @param steps of setup, looked at
     * @param service as the service manager has it
     * @param engine as it answers
     * @param pipe whether somebody serves the pipe of the shim
     */
    static List<Check> of(
            List<StepReport> steps, Optional<ServiceManager.Service> service, ExtraChecks.Engine engine, boolean pipe) {
        // A step may also be broken where nothing is installed: without COM+ nobody can look for the application.
        boolean nothing = service.isEmpty()
                && steps.stream().noneMatch(step -> step.before().equals(Finding.State.PRESENT.name()));
        if (nothing) {
            return List.of(new Check(
                    "installation",
                    Status.WARN,
                    "Gnomon is not installed on this Windows",
                    "gnomon setup install, or msiexec /i with the package"));
        }
        List<Check> checks = new ArrayList<>();
        for (StepReport step : steps) {
            if (!step.name().equals(ENGINE_STEP)) {
                checks.add(installed(step));
            }
        }
        service.ifPresent(found -> checks.add(engine(found.state(), engine)));
        checks.add(pipe(engine, pipe));
        return checks;
    }

    private static Check installed(StepReport step) {
        String name = step.name().replace('-', ' ');
        if (step.failed()) {
            return new Check(name, Status.FAILED, step.error(), step.advice().isEmpty() ? REPAIR : step.advice());
        }
        return step.before().equals(Finding.State.PRESENT.name())
                ? new Check(name, Status.OK, step.finding(), "")
                : new Check(name, Status.FAILED, step.finding(), REPAIR);
    }

    /** The service manager says what it was told last; whether the process lives, and serves, is another question. */
    private static Check engine(ServiceManager.State manager, ExtraChecks.Engine engine) {
        String name = "engine process";
        String says = "the service manager says " + manager + ", ";
        return switch (engine) {
            case ANSWERS ->
                manager == ServiceManager.State.RUNNING
                        ? new Check(name, Status.OK, says + "and the engine answers", "")
                        : new Check(
                                name,
                                Status.WARN,
                                says + "but an engine answers that somebody started by hand",
                                "gnomon service stop, then: " + START);
            case SILENT ->
                new Check(
                        name,
                        Status.FAILED,
                        says + "a process holds the state folder and does not answer: it starts, or hangs",
                        "wait a minute and look again; then: " + RESTART);
            case ABSENT ->
                switch (manager) {
                    case RUNNING ->
                        new Check(
                                name,
                                Status.FAILED,
                                says + "but nobody answers and nobody holds the state folder: its process is dead",
                                START);
                    case PENDING ->
                        new Check(
                                name,
                                Status.WARN,
                                says + "nobody answers yet, or any more",
                                "look again; if it stays: " + RESTART);
                    case STOPPED -> new Check(name, Status.FAILED, says + "and nobody answers", START);
                };
        };
    }

    private static Check pipe(ExtraChecks.Engine engine, boolean served) {
        String name = "pipe of the shim";
        String pipe = "\\\\.\\pipe\\" + ProviderIdentities.PIPE_NAME;
        if (served) {
            return engine == ExtraChecks.Engine.ABSENT
                    ? new Check(
                            name,
                            Status.FAILED,
                            pipe + " is served, but not by this engine",
                            "find out by whom: Get-Process | Sort-Object StartTime; the shim will not trust it")
                    : new Check(name, Status.OK, pipe + " is served", "");
        }
        return engine == ExtraChecks.Engine.ANSWERS
                ? new Check(
                        name,
                        Status.FAILED,
                        pipe + " is not served: the engine is no VSS provider",
                        REPAIR + ", then: " + RESTART)
                : new Check(name, Status.WARN, pipe + " is not served, since no engine answers", START);
    }
}
