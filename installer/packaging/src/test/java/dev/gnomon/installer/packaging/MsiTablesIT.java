/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The tables of the MSI, as {@code msiinfo export} shows them: what Wine does not do, but Windows will. */
@Tag("packages")
class MsiTablesIT {
    private static final int IN_SCRIPT = 0x400;
    private static final int ROLLBACK = 0x100;
    private static final int NO_IMPERSONATION = 0x800;
    private static final int CONTINUE = 0x40;
    private static final int BASIC_TYPE = 0x3f;
    private static final int START_INSTALLED_FILE = 18;
    private static final int SET_PROPERTY = 51;
    private static final int COMPONENT_64_BIT = 256;
    private static final Pattern PROPERTY = Pattern.compile("\\[([A-Za-z_]+)\\]");

    @Test
    void oldVersionIsRemovedAsTheFirstActionOfTheTransaction() throws Exception {
        List<String> order = executed();

        assertThat(order.indexOf("RemoveExistingProducts")).isEqualTo(order.indexOf("InstallInitialize") + 1);
    }

    @Test
    void everyActionThatRunsElevatedStartsJavawWithoutImpersonation() throws Exception {
        String javaw = table("File").entrySet().stream()
                .filter(row -> "javaw.exe".equals(row.getValue().get("FileName")))
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
        int elevated = 0;
        for (Map<String, String> action : table("CustomAction").values()) {
            int type = Integer.parseInt(action.get("Type"));
            if ((type & BASIC_TYPE) == SET_PROPERTY) {
                continue;
            }
            elevated++;
            assertThat(type & BASIC_TYPE).as(action.toString()).isEqualTo(START_INSTALLED_FILE);
            assertThat(type & IN_SCRIPT).as(action.toString()).isNotZero();
            assertThat(type & NO_IMPERSONATION).as(action.toString()).isNotZero();
            assertThat(action.get("Source")).isEqualTo(javaw);
            assertThat(action.get("Target")).contains(" dev.gnomon.installer.SetupMain ");
        }
        assertThat(elevated).isEqualTo(5);
    }

    @Test
    void aRollbackStandsRightBeforeWhatItUndoesAndMayFail() throws Exception {
        List<String> order = executed();
        for (String action : List.of("Install", "Uninstall")) {
            int type = Integer.parseInt(cell("CustomAction", "Rollback" + action, "Type"));

            assertThat(type & (ROLLBACK | CONTINUE)).isEqualTo(ROLLBACK | CONTINUE);
            assertThat(order.indexOf("Rollback" + action)).isEqualTo(order.indexOf(action) - 1);
        }
        assertThat(order).containsSubsequence("InstallFiles", "Install", "CommitInstall", "InstallFinalize");
        assertThat(order).containsSubsequence("InstallInitialize", "Uninstall", "RemoveFiles");
    }

    @Test
    void whatElevatedActionsTakeFromTheCommandLineIsSecureOrSetFromWhatIs() throws Exception {
        List<String> secure =
                List.of(cell("Property", "SecureCustomProperties", "Value").split(";"));
        Map<String, Map<String, String>> actions = table("CustomAction");
        Map<String, String> setBy = new LinkedHashMap<>();
        actions.forEach((name, action) -> {
            if (Integer.parseInt(action.get("Type")) == SET_PROPERTY) {
                setBy.put(action.get("Source"), name);
            }
        });
        TreeSet<String> used = new TreeSet<>();
        actions.values().forEach(action -> {
            Matcher property = PROPERTY.matcher(action.get("Target"));
            while (property.find()) {
                used.add(property.group(1));
            }
        });

        assertThat(used)
                .contains("INSTALLDIR", "STATEDIR", "ForceArgument", "AllowSystemVolumeArgument", "RemoveDataArgument");
        for (String property : used) {
            if (!secure.contains(property)) {
                // A private name: msiexec takes no such property from anybody; a secure one decides whether it is set.
                assertThat(property).as("not secure").matches(".*[a-z].*");
                String condition = cell("InstallExecuteSequence", setBy.getOrDefault(property, "nothing"), "Condition");
                assertThat(secure).contains(condition.replaceFirst("=\"1\"", ""));
            }
        }
    }

    @Test
    void foldersAreFoundAgainBeforeTheyAreUsed() throws Exception {
        List<String> order = executed();

        assertThat(order).containsSubsequence("AppSearch", "RestoreINSTALLDIR", "RestoreSTATEDIR", "CostInitialize");
        assertThat(cell("InstallExecuteSequence", "RestoreSTATEDIR", "Condition"))
                .isEqualTo("SAVEDSTATEDIR AND NOT STATEDIR");
        assertThat(table("Registry").values())
                .extracting(row -> row.get("Key") + ": " + row.get("Name") + "=" + row.get("Value"))
                .containsExactlyInAnyOrder(
                        "SOFTWARE\\Gnomon: InstallDir=[INSTALLDIR]", "SOFTWARE\\Gnomon: StateDir=[STATEDIR]");
    }

    @Test
    void newerVersionRefusesAndSameVersionReplaces() throws Exception {
        Map<String, Map<String, String>> byProperty = new LinkedHashMap<>();
        for (List<String> row : rows("Upgrade")) {
            byProperty.put(row.get(6), Map.of("min", row.get(1), "max", row.get(2), "attributes", row.get(4)));
        }

        assertThat(byProperty.get("WIX_UPGRADE_DETECTED")).containsEntry("attributes", "513");
        assertThat(byProperty.get("WIX_DOWNGRADE_DETECTED")).containsEntry("attributes", "2");
        assertThat(table("LaunchCondition")).containsKeys("NOT WIX_DOWNGRADE_DETECTED", "VersionNT64");
    }

    @Test
    void everyComponentIsFor64BitWindowsAndHasOneFile() throws Exception {
        Map<String, Map<String, String>> components = table("Component");

        assertThat(components.values())
                .allSatisfy(each -> assertThat(Integer.parseInt(each.get("Attributes")) & COMPONENT_64_BIT)
                        .isNotZero());
        assertThat(components.values())
                .extracting(each -> each.get("ComponentId"))
                .doesNotHaveDuplicates();
        assertThat(table("File")).hasSize(components.size() - 1);
        assertThat(Tool.run(
                        Products.folder(),
                        List.of("msiinfo", "suminfo", Products.msi().toString())))
                .contains("Template: x64;1033", "Version: 500");
    }

    private static List<String> executed() throws Exception {
        return table("InstallExecuteSequence").entrySet().stream()
                .sorted((a, b) -> Integer.compare(
                        Integer.parseInt(a.getValue().get("Sequence")),
                        Integer.parseInt(b.getValue().get("Sequence"))))
                .map(Map.Entry::getKey)
                .toList();
    }

    private static String cell(String table, String key, String column) throws IOException, PackagingException {
        Map<String, String> row = table(table).get(key);
        assertThat(row).as("row " + key + " of " + table).isNotNull();
        return requireNonNull(requireNonNull(row).get(column), column);
    }

    /** Returns the rows of a table by their first column. */
    private static Map<String, Map<String, String>> table(String name) throws IOException, PackagingException {
        List<String> lines = lines(name);
        String[] columns = lines.getFirst().split("\t", -1);
        Map<String, Map<String, String>> table = new LinkedHashMap<>();
        for (List<String> row : rows(name)) {
            Map<String, String> named = new LinkedHashMap<>();
            for (int i = 0; i < columns.length; i++) {
                named.put(columns[i], row.get(i));
            }
            table.put(row.getFirst(), named);
        }
        return table;
    }

    private static List<List<String>> rows(String name) throws IOException, PackagingException {
        List<List<String>> rows = new ArrayList<>();
        lines(name).stream()
                .skip(3)
                .filter(line -> !line.isEmpty())
                .forEach(line -> rows.add(List.of(line.split("\t", -1))));
        return rows;
    }

    private static List<String> lines(String name) throws IOException, PackagingException {
        return Tool.run(
                        Products.folder(),
                        List.of("msiinfo", "export", Products.msi().toString(), name))
                .lines()
                .toList();
    }
}
