/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import dev.gnomon.cli.Cli;
import dev.gnomon.cli.LocalCommands;
import dev.gnomon.cli.Session;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.asciidoctor.Asciidoctor;
import org.asciidoctor.Attributes;
import org.asciidoctor.Options;
import org.asciidoctor.SafeMode;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.codegen.docgen.manpage.ManPageGenerator;

/** What is made of the command line's own description: manual pages, and the completion of bash. */
final class Documents {
    private final Path cache;
    private final Instant time;
    private final CommandLine commands;

    /**
     * @param cache a folder of converted pages, because the converter takes longer to start than all else together
     * @param time the time of the commit, whose day the pages show
     */
    Documents(Path cache, Instant time) {
        this.cache = cache;
        this.time = time;
        PrintWriter nowhere = new PrintWriter(Writer.nullWriter());
        // Nothing is run, so nobody is there to run it.
        LocalCommands local = (LocalCommands) Proxy.newProxyInstance(
                LocalCommands.class.getClassLoader(), new Class<?>[] {LocalCommands.class}, (_, method, _) -> {
                    throw new IllegalStateException(method + " is not for documents");
                });
        commands = new Cli(new Session(local, Map.of(), "user", Path.of("/home/user"), nowhere, nowhere)).commandLine();
        // The documents are for Linux, where the installer's commands are not there.
        for (var each : Map.copyOf(commands.getSubcommands()).entrySet()) {
            Object command = each.getValue().getCommand();
            if (!command.getClass().getPackage().equals(Cli.class.getPackage())) {
                commands.getCommandSpec().removeSubcommand(each.getKey());
            }
        }
    }

    /** Returns the script that completes commands and options in bash. */
    String completion() {
        // A file that is sourced needs no first line that names a shell.
        return AutoComplete.bash("gnomon", commands).replaceFirst("\\A#!.*\n", "");
    }

    /** Returns the pages of section 1 by their file names, such as {@code gnomon-volume-create.1}. */
    SortedMap<String, String> manPages() throws IOException {
        SortedMap<String, String> sources = new TreeMap<>();
        collect(commands, sources);
        String day = time.atZone(ZoneOffset.UTC).toLocalDate().toString();
        Path converted = cache.resolve(Manifest.sha256((sources + day).getBytes(StandardCharsets.UTF_8)));
        if (!Files.exists(converted)) {
            Tree.delete(cache);
            Path unfinished = Files.createDirectories(cache.resolve("unfinished"));
            convert(sources, day, unfinished);
            Files.move(unfinished, converted);
        }
        SortedMap<String, String> pages = new TreeMap<>();
        for (Path page : Tree.files(converted)) {
            pages.put(page.getFileName().toString(), Files.readString(page));
        }
        return pages;
    }

    private static void collect(CommandLine command, SortedMap<String, String> sources) {
        StringWriter page = new StringWriter();
        PrintWriter out = new PrintWriter(page);
        ManPageGenerator.writeSingleManPage(out, command.getCommandSpec());
        out.flush();
        sources.put(command.getCommandSpec().qualifiedName("-"), page.toString());
        command.getSubcommands().values().forEach(sub -> collect(sub, sources));
    }

    private static void convert(SortedMap<String, String> sources, String day, Path folder) throws IOException {
        try (Asciidoctor asciidoctor = Asciidoctor.Factory.create()) {
            Attributes attributes = Attributes.builder()
                    .attribute("docdate", day)
                    .attribute("manmanual", "Gnomon Manual")
                    .attribute("mansource", "Gnomon")
                    .build();
            Options options = Options.builder()
                    .backend("manpage")
                    .docType("manpage")
                    .standalone(true)
                    .safe(SafeMode.SECURE)
                    .attributes(attributes)
                    .build();
            for (Map.Entry<String, String> source : sources.entrySet()) {
                Files.writeString(
                        folder.resolve(source.getKey() + ".1"), asciidoctor.convert(source.getValue(), options));
            }
        }
    }
}
