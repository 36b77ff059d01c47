/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.comshim.ProviderIdentities;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks of the self-test on a Windows in memory, whose programs answer what each test says. */
class SelftestTests {
    @TempDir
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Path directory;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private FakeBench fake;

    @BeforeEach
    void install() throws Exception {
        fake = new FakeBench(directory);
    }

    @Test
    void underWineEveryCheckThatNeedsWindowsSaysSoAndRunsNothing() {
        Bench bench = fake.bench(false, true, Optional.empty());

        for (SelfCheck check : SelftestCommand.checks()) {
            if (check.needs() != SelfCheck.Needs.NOTHING) {
                assertThat(check.run(bench))
                        .as(check.name())
                        .isEqualTo(new Outcome.NotHere("this is Wine, not Windows"));
            }
        }
        assertThat(fake.run("host", bench)).isInstanceOf(Outcome.NotHere.class);
        assertThat(fake.run("installation", bench)).isInstanceOf(Outcome.Ok.class);
        assertThat(fake.ran).isEmpty();
    }

    @Test
    void withoutPermissionNothingIsChanged() {
        String before = fake.windows.snapshot();
        Bench bench = fake.bench(true, false, Optional.of(Path.of("/h")));

        for (SelfCheck check : SelftestCommand.checks()) {
            Outcome outcome = check.run(bench);
            if (check.needs() == SelfCheck.Needs.CHANGES) {
                assertThat(outcome.text()).as(check.name()).contains("--allow-changes");
            }
        }
        assertThat(fake.windows.snapshot()).isEqualTo(before);
        assertThat(fake.ran).noneMatch(line -> line.contains("taskkill") || line.contains("diskshadow"));
        assertThat(fake.repairs).isZero();
    }

    @Test
    void recoveryIsSeenByAnotherProcess() {
        fake.answers.put("sc.exe", new Commands.Ran(0, "PID : 4711"));
        assertThat(fake.run("recovery").text())
                .as("the same process answers for ever")
                .startsWith("FAIL expected an engine that answers again");
        assertThat(fake.windows.services().told()).endsWith("start Gnomon");
        assertThat(fake.ran).contains("taskkill.exe /F /PID 4711");

        Bench bench = fake.bench(true, true, Optional.empty(), line -> {
            if (line.startsWith("taskkill")) {
                fake.answers.put("sc.exe", new Commands.Ran(0, "PID : 4712"));
            }
        });
        fake.answers.put("sc.exe", new Commands.Ran(0, "PID : 4711"));
        assertThat(fake.run("recovery", bench)).isEqualTo(new Outcome.Ok("answers again in another process"));
    }

    @Test
    void nothingIsStoppedWhileVolumesAreInUse() {
        fake.users.add("data by nbd 127.0.0.1:5");
        int told = fake.windows.services().told().size();
        for (String name : List.of("recovery", "engine-stopped")) {
            assertThat(fake.run(name, fake.bench()).text()).contains("not possible here: volumes are in use: data");
        }
        assertThat(fake.windows.services().told()).hasSize(told);
    }

    @Test
    void aCopyOfTheForeignVolumeIsMadeWhileTheEngineIsStoppedAndDeletedAgain() {
        fake.answers.put("powershell.exe", new Commands.Ran(0, "0\r\n{0A0B0C0D-0000-0000-0000-00000000000A}\r\n"));
        assertThat(fake.run("engine-stopped")).isEqualTo(new Outcome.Ok("made, and deleted again"));
        assertThat(fake.ran)
                .contains("vssadmin.exe delete shadows /Shadow={0A0B0C0D-0000-0000-0000-00000000000A} /Quiet");
        assertThat(fake.windows.services().told()).endsWith("stop Gnomon", "start Gnomon");

        fake.answers.put("powershell.exe", new Commands.Ran(0, "5\r\n"));
        assertThat(fake.run("engine-stopped")).isInstanceOf(Outcome.Fail.class);
        assertThat(fake.windows.services().told())
                .as("started whatever happened")
                .endsWith("stop Gnomon", "start Gnomon");
    }

    @Test
    void linesOfTheHarnessAreCounted() {
        assertThat(fake.run("activation", fake.bench(true, true, Optional.empty()))
                        .text())
                .contains("give --harness");
        fake.answers.put("/h", new Commands.Ran(0, "1 ok\n2 ok\n3 not verifiable here: proxy\n"));
        Bench bench = fake.bench(true, true, Optional.of(Path.of("/h")));
        assertThat(fake.run("activation", bench))
                .isEqualTo(new Outcome.Ok("2 of 3 rules hold, the others cannot be judged here"));
        assertThat(fake.ran.getLast()).contains("--activation local --clsid {" + ProviderIdentities.CLASS_ID + "}");
        fake.answers.put("/h", new Commands.Ran(1, "1 ok\n2 FAIL QI, expected S_OK, actual E_FAIL\n"));
        assertThat(fake.run("activation", bench).text()).contains("2 FAIL QI, expected S_OK");
        fake.answers.put("/h", new Commands.Ran(3, "cannot activate"));
        assertThat(fake.run("harness", bench)).isInstanceOf(Outcome.Fail.class);
    }

    @Test
    void theTokenThatVssPresentsIsReportedFromTheEvents() {
        assertThat(fake.run("token"))
                .isEqualTo(new Outcome.NotHere(
                        "the provider has told the event log of no caller, so VSS has not loaded it yet"));
        assertThat(fake.ran.getFirst()).as("VSS is made to call it").isEqualTo("vssadmin.exe list shadows");

        String system = "NT AUTHORITY\\SYSTEM (S-1-5-18), impersonation level identify, authentication level packet"
                + " privacy; the check admits it.";
        String user = "S-1-5-21-1-2-3-1001, impersonation level impersonate, authentication level packet privacy; the"
                + " check admits it.";
        fake.answers.put("wevtutil.exe", new Commands.Ran(0, event(system) + event(user) + event(system)));
        assertThat(fake.run("token"))
                .isEqualTo(new Outcome.Ok("who called came from: " + system + " And from: " + user));
    }

    @Test
    void aCallerThatIsRefusedOrNotKnownIsAFailure() {
        fake.answers.put("wevtutil.exe", new Commands.Ran(0, "Description:\nThe caller S-1-5-19 was refused."));
        assertThat(fake.run("token").text()).contains("The caller S-1-5-19 was refused");
        String hidden = "not known, for its impersonation level is anonymous; the check does not admit it.";
        fake.answers.put(
                "wevtutil.exe",
                new Commands.Ran(0, event("this process itself; the check admits it.") + event(hidden)));
        assertThat(fake.run("token"))
                .isEqualTo(new Outcome.Fail("no caller refused, reported or not to be admitted", hidden));
        fake.answers.put("wevtutil.exe", new Commands.Ran(5, "Access is denied."));
        assertThat(fake.run("token")).isInstanceOf(Outcome.Fail.class);
    }

    /** As wevtutil prints the event by which the provider tells of a caller. */
    private static String event(String caller) {
        return "Event[0]:\r\n  Source: GnomonVss\r\n  Event ID: 10\r\n  Description: \r\nOnLoad (-) came from: "
                + caller
                + "\r\nThis is no fault. Each process of the provider tells once for each account and level who calls it.\r\n\r\n";
    }

    /** The check looks for words of the events, which stand in the source of the DLL. */
    @Test
    void theWordsOfTheEventsAreThoseOfTheProvider() throws Exception {
        Path shim = Path.of("../com-shim/src/main/cpp");
        assertThat(Files.readString(shim.resolve("register/gnomon_events.mc"))).contains("%1 (%2) came from: %4.%n");
        assertThat(Files.readString(shim.resolve("provider/provider.cpp"))).contains("the check does not admit it");
    }

    @Test
    void whatNeedsADeviceSaysSoUntilThereIsOne() {
        assertThat(fake.run("set").text()).contains("not made visible as devices");
        fake.visible = true;
        fake.answers.put("diskshadow.exe", new Commands.Ran(0, "done"));
        fake.trace.add("{\"call\":\"PreFinalCommitSnapshots\"}");
        assertThat(fake.run("set")).isInstanceOf(Outcome.Ok.class);
        assertThat(fake.evidence.all()).containsEntry("trace of calls", fake.trace.getFirst());
    }

    @Test
    void namesAddressesAndSecretsStayOutOfTheReport() {
        assertThat(fake.evidence.clean(
                        "BOX\\Erika at 192.0.2.7, not 127.0.0.1; S-1-5-21-1-2-3-1001 and S-1-5-18; password=x1"
                                + " INBOX"))
                .isEqualTo("(name)\\(name) at (address), not 127.0.0.1; S-1-5-21-(account) and S-1-5-18;"
                        + " password=(secret) INBOX");
    }

    @Test
    void whatACheckThrowsIsAFailureOfThatCheckAlone() {
        SelfCheck broken = new SelfCheck("broken", "", SelfCheck.Needs.NOTHING, bench -> {
            throw new IllegalStateException("no such thing");
        });
        assertThat(broken.run(fake.bench()).text()).contains("FAIL expected an answer, actual", "no such thing");
    }
}
