/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The program folder of Linux: bin, lib and runtime. The archive adds documents to it, the Debian package has them elsewhere. */
final class LinuxTree {
    /**
     * What the jars use, as jdeps sees it, and what is found at run time only: elliptic curves for TLS, and jcmd, by which a service in
     * trouble is looked into.
     */
    static final List<String> MODULES = List.of(
            "java.base",
            "java.logging",
            "java.management",
            "java.naming",
            "java.xml",
            "jdk.crypto.ec",
            "jdk.httpserver",
            "jdk.jcmd",
            "jdk.management",
            "jdk.net",
            "jdk.unsupported");

    /** To be changed with what is done to a runtime after jlink: those made before are made again. */
    private static final String LAYOUT = "stripped, one archive of classes";
    /** How every ELF file begins. */
    private static final byte[] ELF = {0x7f, 'E', 'L', 'F'};

    private final Checkout checkout;
    private final PackageVersion version;

    LinuxTree(Checkout checkout, PackageVersion version) {
        this.checkout = checkout;
        this.version = version;
    }

    /** Puts the program into the folder {@code home} of {@code tree}; an empty name is the tree itself. */
    void stage(Tree tree, String home) throws IOException, PackagingException {
        String prefix = home.isEmpty() ? "" : home + "/";
        tree.copyAll(runtime(), prefix + "runtime");
        Jars.ship(checkout.engineJars(), tree, prefix + "lib");
        tree.writeProgram(prefix + "bin/gnomon", Checkout.resource("linux/gnomon"));
    }

    /** Writes the licences of everything, and the bill of materials, into the folder {@code folder} of {@code tree}. */
    void describe(Tree tree, String folder) throws IOException, PackagingException {
        List<Path> jars = checkout.engineJars();
        String prefix = folder.isEmpty() ? "" : folder + "/";
        Licences licences = new Licences(checkout, tree, prefix + Licences.FOLDER);
        licences.addJars(jars);
        tree.write(prefix + Licences.FOLDER + "/README.txt", Checkout.resource("licences/README.txt"));
        Sbom sbom = new Sbom(checkout.work().resolve("bom.json"), version, jars, tree.time());
        String java = Runtime.version().toString();
        sbom.add(
                "platform",
                "Java runtime",
                java,
                "GPL-2.0-only WITH Classpath-exception-2.0",
                "pkg:generic/openjdk@" + java);
        tree.write(prefix + "gnomon-" + version.text() + ".cdx.json", sbom.text());
    }

    /** Returns the runtime that jlink makes of the JDK that runs this; made once for each JDK and each list of modules. */
    private Path runtime() throws IOException, PackagingException {
        String key = Manifest.sha256((Files.readString(checkout.javaHome().resolve("release")) + MODULES + LAYOUT)
                .getBytes(StandardCharsets.UTF_8));
        Path folder = checkout.work().resolve("linux-runtime");
        Path runtime = folder.resolve(key);
        if (!Files.exists(runtime)) {
            Path unfinished = folder.resolve("unfinished");
            Tree.delete(folder);
            Files.createDirectories(folder);
            Tool.run(
                    folder,
                    List.of(
                            checkout.javaHome().resolve("bin/jlink").toString(),
                            "--add-modules",
                            String.join(",", MODULES),
                            "--no-header-files",
                            "--no-man-pages",
                            "--compress",
                            "zip-6",
                            // Commands start in half the time.
                            "--generate-cds-archive",
                            "--output",
                            unfinished.toString()));
            // For heaps beyond 32 GiB only, which go without.
            Files.deleteIfExists(unfinished.resolve("lib/server/classes_nocoops.jsa"));
            strip(unfinished);
            Files.move(unfinished, runtime);
        }
        return runtime;
    }

    /** Takes the symbols out of programs and native libraries: a third of their size. */
    private static void strip(Path runtime) throws IOException, PackagingException {
        List<String> command = new ArrayList<>(List.of("strip", "--strip-unneeded"));
        for (Path file : Tree.files(runtime)) {
            if (isElf(file)) {
                command.add(file.toString());
            }
        }
        Tool.run(runtime, command);
    }

    private static boolean isElf(Path file) throws IOException {
        if (Files.isSymbolicLink(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            return Arrays.equals(in.readNBytes(ELF.length), ELF);
        }
    }
}
