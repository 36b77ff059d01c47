/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.selftest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.comshim.ProviderIdentities;
import dev.gnomon.installer.port.Registry;
import dev.gnomon.installer.port.VssAdmin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checks of what is registered, and of its round trip, on a Windows in memory. */
class RegistrationChecksTests {
    private static final String LISTED = "Provider name: '" + ProviderIdentities.PROVIDER_NAME
            + "'\n   Provider type: Software\n   Provider Id: {" + ProviderIdentities.PROVIDER_ID + "}\n";

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
    void theListOfProvidersIsRead() {
        fake.answers.put("vssadmin.exe", new Commands.Ran(0, LISTED));
        assertThat(fake.run("provider-list")).isEqualTo(new Outcome.Ok("listed"));
        fake.answers.put(
                "vssadmin.exe", new Commands.Ran(0, "Provider name: 'Microsoft Software Shadow Copy provider'"));
        assertThat(fake.run("provider-list").text())
                .startsWith("FAIL expected code 0 and 'Gnomon VSS provider'")
                .contains("Microsoft");
    }

    @Test
    void unregisteringTwiceIsAnsweredAsTheContractSaysAndRepaired() throws Exception {
        assertThat(fake.run("unregister-twice")).isEqualTo(new Outcome.Ok("and setup repair brought it back"));
        assertThat(fake.repairs).isEqualTo(1);
        assertThat(fake.windows.providers()).extracting(VssAdmin.Provider::id).contains(ProviderIdentities.PROVIDER_ID);
    }

    @Test
    void aProviderInUseIsTriedAgainAndWhateverHappensIsRepaired() {
        fake.windows.useProvider(2);
        assertThat(fake.run("unregister-twice")).isInstanceOf(Outcome.Ok.class);
        fake.windows.useProvider(100);
        assertThat(fake.run("unregister-twice").text())
                .contains("expected UnregisterProvider 0x00000000, actual UnregisterProvider 0x80042307");
        assertThat(fake.repairs).isEqualTo(2);
    }

    @Test
    void afterARoundTripEverythingIsAsBefore() throws Exception {
        List<String> between = new ArrayList<>();
        Bench bench = fake.bench(true, true, Optional.empty(), line -> {
            if (line.equals("vssadmin.exe list providers")) {
                between.add(fake.windows.registry().export() + fake.windows.services() + fake.windows.providers());
                assertThat(fake.windows.applicationCount())
                        .as("somebody else's")
                        .isEqualTo(1);
            }
        });

        assertThat(fake.run("round-trip", bench)).isEqualTo(new Outcome.Ok("gone, and brought back by setup repair"));

        assertThat(between).hasSize(1);
        assertThat(between.getFirst())
                .as("class, event source, service of the application, list of VSS")
                .doesNotContainIgnoringCase(ProviderIdentities.CLASS_ID.toString())
                .doesNotContain(ProviderIdentities.EVENT_SOURCE)
                .doesNotContain(ProviderIdentities.PROVIDER_NAME);
        assertThat(fake.windows.services().told())
                .as("the engine was left alone")
                .doesNotContain("stop Gnomon");
        assertThat(isListed()).isTrue();
        assertThat(fake.installed.steps()).allMatch(step -> step.before().equals("PRESENT"));
    }

    @Test
    void whatARoundTripLeavesIsToldAndRepaired() {
        fake.answers.put("vssadmin.exe", new Commands.Ran(0, LISTED));
        assertThat(fake.run("round-trip").text())
                .startsWith("FAIL expected nothing registered after unregistering, actual vssadmin: code 0");
        fake.windows.useProvider(100);
        assertThat(fake.run("round-trip").text()).contains("vss-provider PRESENT", "com-application PRESENT");
        assertThat(fake.repairs).isEqualTo(2);
        assertThat(isListed()).isTrue();
    }

    @Test
    void whateverIsStillRegisteredOrNotBroughtBackIsAFailure() throws Exception {
        String source =
                "SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\" + ProviderIdentities.EVENT_SOURCE;
        fake.afterUnregistering =
                () -> fake.windows.registry().set(source, "TypesSupported", new Registry.Value.Dword(7));
        assertThat(fake.run("round-trip").text())
                .startsWith("FAIL expected nothing registered after unregistering, actual event-source ");
        fake.afterUnregistering = () -> {};
        fake.afterRepair = fake.windows::loseApplication;
        assertThat(fake.run("round-trip").text())
                .startsWith("FAIL expected everything PRESENT after setup repair, actual com-application ");
        fake.afterRepair =
                () -> fake.windows.providers().removeIf(each -> each.id().equals(ProviderIdentities.PROVIDER_ID));
        assertThat(fake.run("round-trip").text())
                .startsWith("FAIL expected everything PRESENT after setup repair, actual ")
                .contains("vss-provider ");
    }

    /** Whichever call of COM+ and VSS fails on the way: it is told if anything is left for it, and mended. */
    @Test
    void noFailureOnTheWayIsLost() throws Exception {
        List<Boolean> gone = new ArrayList<>();
        Bench bench = fake.bench(true, true, Optional.empty(), line -> gone.add(!isListed() && !hasClass()));
        int before = fake.windows.calls().size();
        assertThat(fake.run("round-trip", bench)).isInstanceOf(Outcome.Ok.class);
        int calls = fake.callsBeforeRepair - before;

        int told = 0;
        for (int i = 1; i <= calls; i++) {
            fake.windows.failCall(i);
            Outcome outcome = fake.run("round-trip", bench);
            told += outcome instanceof Outcome.Fail ? 1 : 0;
            assertThat(outcome instanceof Outcome.Fail || gone.getLast())
                    .as("told, or nothing left, after the failure of call " + i + ": " + outcome.text())
                    .isTrue();
            assertThat(isListed() && hasClass())
                    .as("mended after the failure of call " + i)
                    .isTrue();
        }
        assertThat(told).as("failures that were told, of " + calls).isGreaterThan(calls / 2);
    }

    @Test
    void aRepairThatFailsIsAFailureOfTheRoundTrip() {
        fake.afterUnregistering = () -> fake.windows.vary("administrator", "no");
        assertThat(fake.run("round-trip").text())
                .as("what is missing after it is told, too")
                .contains("expected everything PRESENT after setup repair, actual setup repair ended with REFUSED");
    }

    @Test
    void aSecondRegistrationIsRefused() {
        assertThat(fake.run("register-twice")).isInstanceOf(Outcome.Ok.class);
        fake.registerAnswer = 0;
        assertThat(fake.run("register-twice").text()).contains("expected RegisterProvider 0x80042303");
    }

    private boolean hasClass() {
        return fake.windows
                .registry()
                .export()
                .toUpperCase(Locale.ROOT)
                .contains(ProviderIdentities.CLASS_ID.toString().toUpperCase(Locale.ROOT));
    }

    private boolean isListed() {
        return fake.windows.providers().stream().anyMatch(each -> each.id().equals(ProviderIdentities.PROVIDER_ID));
    }
}
