/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/** Writes a manual page of every command, as AsciiDoc, to {@code target/man}; the profile "man" makes man pages of them. */
class ManPageTests {
    private static final Path DIRECTORY = Path.of("target", "man");

    @Test
    void everyCommandHasAPageWithAllItsOptions() throws IOException {
        PrintWriter nowhere = new PrintWriter(new StringWriter());
        CommandLine gnomon = new Cli(
                        new Session(new FakeLocalCommands(), Map.of(), "user", Path.of("/home/user"), nowhere, nowhere))
                .commandLine();
        Map<String, CommandLine> commands = new LinkedHashMap<>();
        collect(gnomon, commands);
        Files.createDirectories(DIRECTORY);

        for (Map.Entry<String, CommandLine> each : commands.entrySet()) {
            StringWriter page = new StringWriter();
            ManPageGenerator.writeSingleManPage(
                    new PrintWriter(page), each.getValue().getCommandSpec());
            Files.writeString(DIRECTORY.resolve(each.getKey() + ".adoc"), page.toString());
            assertThat(page.toString())
                    .contains(":doctype: manpage", "= " + each.getKey() + "(1)")
                    .contains(each.getValue().getCommandSpec().usageMessage().header()[0]);
            for (OptionSpec option : each.getValue().getCommandSpec().options()) {
                assertThat(page.toString()).contains(option.longestName());
            }
        }
        assertThat(commands.keySet())
                .contains("gnomon", "gnomon-volume", "gnomon-volume-create", "gnomon-service-run", "gnomon-doctor");
    }

    private static void collect(CommandLine command, Map<String, CommandLine> into) {
        into.put(command.getCommandSpec().qualifiedName("-"), command);
        command.getSubcommands().values().forEach(sub -> collect(sub, into));
    }
}
