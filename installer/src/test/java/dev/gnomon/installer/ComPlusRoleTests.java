/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.installer.Bench.Start;
import dev.gnomon.installer.Setup.Command;
import dev.gnomon.installer.plan.Report;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.ComPlusCatalog;
import dev.gnomon.installer.port.ComPlusCatalog.Collection;
import dev.gnomon.installer.port.ComPlusCatalog.Item;
import dev.gnomon.installer.port.ComPlusCatalog.Property.Text;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who may call the provider: those of provider contract 6.4, and nobody whom somebody added later. */
class ComPlusRoleTests {
    private static final String ROLE = "Administratoren";

    @TempDir
    @SuppressWarnings("NullAway.Init") // Set by JUnit.
    private Path directory;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Bench bench;

    @BeforeEach
    void install() throws IOException, SetupException {
        bench = new Bench(directory);
        bench.run(Command.INSTALL);
    }

    private interface Change {
        void of(Collection roles) throws SetupException;
    }

    /** Does something with the roles of the application, as the administration of COM+ lets everybody do. */
    private void change(Change change) throws SetupException {
        try (ComPlusCatalog catalog = bench.windows.ports().comPlus().open()) {
            Collection applications = catalog.collection("Applications");
            for (Item each : applications.items()) {
                if (each.text("Name").equals("Gnomon VSS provider")) {
                    change.of(applications.related("Roles", each.key()));
                    return;
                }
            }
        }
        throw new AssertionError("the application is not there");
    }

    private List<String> members() throws SetupException {
        List<String> members = new ArrayList<>();
        change(roles -> {
            for (Item role : roles.items()) {
                for (Item user : roles.related("UsersInRole", role.key()).items()) {
                    members.add(role.text("Name") + ": " + user.text("User"));
                }
            }
        });
        return members;
    }

    private void add(String role, String member) throws SetupException {
        change(roles -> {
            for (Item each : roles.items()) {
                if (each.text("Name").equals(role)) {
                    Collection users = roles.related("UsersInRole", each.key());
                    users.add().set("User", new Text(member));
                    users.saveChanges();
                }
            }
        });
        assertThat(members()).contains(role + ": " + member);
    }

    private void requireFoundAndMended(String finding) throws SetupException {
        Report found = bench.setup(Start.of(Bench.NEW)).status();
        assertThat(found.steps()).extracting(step -> step.finding()).contains(finding);
        bench.run(Command.REPAIR);
        assertThat(members()).containsExactly(ROLE + ": .\\" + ROLE, ROLE + ": SYSTEM");
        assertThat(bench.setup(Start.of(Bench.NEW)).status().steps())
                .extracting(step -> step.finding())
                .doesNotContain(finding);
    }

    @Test
    void aMemberThatSomebodyAddedIsFoundAndTakenOut() throws SetupException {
        add(ROLE, "Jeder");

        requireFoundAndMended("role 'Administratoren' lets Jeder call the provider, too");
    }

    @Test
    void aRoleThatSomebodyAddedIsFoundAndTakenOut() throws SetupException {
        change(roles -> {
            roles.add().set("Name", new Text("Guests"));
            roles.saveChanges();
        });
        add("Guests", "Jeder");

        requireFoundAndMended("role 'Guests' lets Jeder call the provider, too");
    }

    @Test
    void aMemberThatSomebodyTookOutIsFoundAndPutBack() throws SetupException {
        change(roles -> {
            Collection users =
                    roles.related("UsersInRole", roles.items().getFirst().key());
            users.remove(1);
            users.saveChanges();
        });

        requireFoundAndMended("role 'Administratoren' has no member SYSTEM");
    }
}
