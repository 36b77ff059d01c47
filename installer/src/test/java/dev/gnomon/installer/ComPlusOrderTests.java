/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.installer.Setup.Command;
import dev.gnomon.installer.plan.SetupException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every call to COM+ and VSS, in the order of provider contract 6.4 and 6.6. */
class ComPlusOrderTests {
    @TempDir
    @SuppressWarnings("NullAway.Init") // Set by JUnit.
    private Path directory;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Bench bench;

    @BeforeEach
    void makeBench() throws IOException {
        bench = new Bench(directory);
    }

    /** What changes something; looking does not count. */
    private List<String> changes(int from) {
        return bench.windows.calls().subList(from, bench.windows.calls().size()).stream()
                .filter(each -> !each.startsWith("GetCollection") && !each.contains(".GetCollection"))
                .filter(each -> !each.equals("open catalog") && !each.equals("QueryProviders"))
                .toList();
    }

    @Test
    void theApplicationIsMadeInTheOrderOfTheContract() throws SetupException {
        bench.run(Command.INSTALL);

        assertThat(changes(0))
                .containsExactly(
                        "Applications.Add",
                        "Applications.Name = Text[text=Gnomon VSS provider]",
                        "Applications.Description = Text[text=Hosts the VSS provider of Gnomon for the Volume Shadow Copy"
                                + " service.]",
                        "Applications.ApplicationAccessChecksEnabled = Flag[flag=true]",
                        "Applications.Authentication = Int32[number=6]",
                        "Applications.AuthenticationCapability = Int32[number=2]",
                        "Applications.ImpersonationLevel = Int32[number=2]",
                        "Applications.SaveChanges",
                        "CreateServiceForApplication(Gnomon VSS provider, Gnomon VSS provider, SERVICE_DEMAND_START,"
                                + " SERVICE_ERROR_NORMAL, '', .\\localsystem, '', false)",
                        "InstallComponent(" + bench.program.resolve("bin/gnomon-vss.dll") + ", '', '')",
                        "Roles.Add",
                        "Roles.Name = Text[text=Administratoren]",
                        "Roles.Description = Text[text=May call the VSS provider.]",
                        "Roles.SaveChanges",
                        "UsersInRole.Add",
                        "UsersInRole.User = Text[text=.\\Administratoren]",
                        "UsersInRole.Add",
                        "UsersInRole.User = Text[text=SYSTEM]",
                        "UsersInRole.SaveChanges");
    }

    @Test
    void theProviderLeavesVssBeforeItsApplicationGoes() throws SetupException {
        bench.run(Command.INSTALL);
        int from = bench.windows.calls().size();

        bench.run(Command.UNINSTALL);

        assertThat(changes(from))
                .containsExactly(
                        "UnregisterProvider",
                        "ShutdownApplication",
                        "DeleteServiceForApplication(Gnomon VSS provider)",
                        "Applications.Remove",
                        "Applications.SaveChanges");
    }

    @Test
    void anApplicationOfTheSameNameGivesWay() throws SetupException {
        bench.run(Command.INSTALL);
        bench.windows.services().stop("Gnomon VSS provider");
        bench.windows.services().delete("Gnomon VSS provider");
        int from = bench.windows.calls().size();

        bench.run(Command.REPAIR);

        assertThat(changes(from))
                .startsWith("UnregisterProvider", "ShutdownApplication")
                .containsSubsequence("Applications.Remove", "Applications.SaveChanges", "Applications.Add");
        assertThat(bench.windows.applicationCount()).isEqualTo(2);
    }
}
