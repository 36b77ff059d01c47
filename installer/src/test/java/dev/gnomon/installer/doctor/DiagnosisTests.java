/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.cli.DoctorReport.Check;
import dev.gnomon.cli.DoctorReport.Status;
import dev.gnomon.cli.ExtraChecks.Engine;
import dev.gnomon.installer.plan.StepReport;
import dev.gnomon.installer.port.ServiceManager.Service;
import dev.gnomon.installer.port.ServiceManager.State;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is found is said, and what to do about it is a command. */
class DiagnosisTests {
    private static final StepReport HEALTHY = step("event-source", "PRESENT", "its messages come from the DLL", "");

    @Test
    void nothingInstalledIsOneWarning() {
        assertThat(Diagnosis.of(
                        List.of(
                                step("path", "ABSENT", "no entry", ""),
                                step("com-application", "BROKEN", "cannot be looked at", ""),
                                step("engine-running", "ABSENT", "", "")),
                        Optional.empty(),
                        Engine.ABSENT,
                        false))
                .singleElement()
                .satisfies(check -> {
                    assertThat(check.status()).isEqualTo(Status.WARN);
                    assertThat(check.action()).startsWith("gnomon setup install");
                });
    }

    @Test
    void aStepThatIsNotThereOrBrokenIsMendedByRepair() {
        List<Check> checks = Diagnosis.of(
                List.of(
                        HEALTHY,
                        step("com-application", "BROKEN", "role has no member SYSTEM", ""),
                        step("vss-provider", "ABSENT", "VSS does not list it", ""),
                        step("path", "BROKEN", "", "cannot be read")),
                Optional.of(service(State.RUNNING)),
                Engine.ANSWERS,
                true);

        assertThat(named(checks, "event source").status()).isEqualTo(Status.OK);
        assertThat(named(checks, "com application"))
                .isEqualTo(new Check(
                        "com application", Status.FAILED, "role has no member SYSTEM", "gnomon setup repair"));
        assertThat(named(checks, "vss provider").action()).isEqualTo("gnomon setup repair");
        assertThat(named(checks, "path").finding()).isEqualTo("cannot be read");
        assertThat(named(checks, "engine process").status()).isEqualTo(Status.OK);
        assertThat(named(checks, "pipe of the shim").status()).isEqualTo(Status.OK);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "RUNNING | ANSWERS | OK | and the engine answers | ''",
                "RUNNING | ABSENT | FAILED | its process is dead | net start Gnomon",
                "RUNNING | SILENT | FAILED | it starts, or hangs | net stop Gnomon & net start Gnomon",
                "STOPPED | ABSENT | FAILED | nobody answers | net start Gnomon",
                "STOPPED | ANSWERS | WARN | started by hand | gnomon service stop, then: net start Gnomon",
                "PENDING | ABSENT | WARN | nobody answers yet | look again"
            })
    void theServiceManagerIsNotBelievedAlone(
            State manager, Engine engine, Status status, String finding, String action) {
        Check check =
                named(Diagnosis.of(List.of(HEALTHY), Optional.of(service(manager)), engine, true), "engine process");

        assertThat(check.status()).isEqualTo(status);
        assertThat(check.finding()).contains(manager.name(), finding);
        assertThat(check.action()).contains(action);
    }

    @ParameterizedTest
    @CsvSource({"ANSWERS,false,FAILED", "ABSENT,false,WARN", "ABSENT,true,FAILED", "SILENT,true,OK"})
    void thePipeIsJudgedByWhoAnswers(Engine engine, boolean served, Status status) {
        assertThat(named(
                                Diagnosis.of(List.of(HEALTHY), Optional.of(service(State.RUNNING)), engine, served),
                                "pipe of the shim")
                        .status())
                .isEqualTo(status);
    }

    @Test
    void onAnotherSystemNothingIsLookedAt() {
        assertThat(new WindowsChecks()
                        .examine(new dev.gnomon.cli.ExtraChecks.Patient(java.nio.file.Path.of("/s"), Engine.ABSENT)))
                .isEmpty();
    }

    private static Check named(List<Check> checks, String name) {
        return checks.stream()
                .filter(check -> check.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static StepReport step(String name, String before, String finding, String error) {
        return new StepReport(name, "", before, finding, StepReport.Action.CHECKED, "", error, "");
    }

    private static Service service(State state) {
        return new Service("Gnomon", "", "", "LocalSystem", true, false, List.of(), state);
    }
}
