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
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * Where the things lie that packages are made of.
 *
 * @param root the project's folder
 * @param javaHome the JDK that builds, whose jlink makes the Linux runtime
 */
record Checkout(Path root, Path javaHome) {
    private static final String JNA_JAR = "jna-";

    /** Returns the folder of everything that the packager makes on its way. */
    Path work() {
        return root.resolve("installer/packaging/target");
    }

    Path licence() {
        return root.resolve("LICENSE");
    }

    /** Returns the jars of the engine and its libraries: what Linux gets. */
    List<Path> engineJars() throws IOException {
        Path module = root.resolve("provider-core/target");
        try (Stream<Path> own = Files.list(module);
                Stream<Path> libraries = Files.list(module.resolve("lib"))) {
            return Stream.concat(
                            own.filter(path -> name(path).matches("gnomon-provider-core-.*(?<!-tests)\\.jar")),
                            libraries.filter(path -> name(path).endsWith(".jar")))
                    .sorted()
                    .toList();
        }
    }

    /** Returns the jars that Windows gets: the same, the installer and what it needs. */
    List<Path> windowsJars() throws IOException {
        try (Stream<Path> jars = Files.list(work().resolve("shipped/jars"))) {
            return jars.filter(path -> name(path).endsWith(".jar")).sorted().toList();
        }
    }

    Path jnaJar() throws IOException, PackagingException {
        return windowsJars().stream()
                .filter(path -> name(path).matches(JNA_JAR + "\\d.*"))
                .findFirst()
                .orElseThrow(() -> new PackagingException(work() + ": holds no " + JNA_JAR + "*.jar after the build"));
    }

    /** Returns the file that the build copied beside the jars and whose name ends so. */
    Path program(String ending) throws IOException, PackagingException {
        Path folder = work().resolve("shipped/programs");
        try (Stream<Path> programs = Files.list(folder)) {
            return programs.filter(path -> name(path).endsWith(ending))
                    .findFirst()
                    .orElseThrow(() -> new PackagingException(folder + ": holds no *" + ending + " after the build"));
        }
    }

    /** Returns the VSS provider's DLL in the version that is packaged. */
    Path shim(PackageVersion version) {
        return work().resolve("shim").resolve(version.text()).resolve("gnomon-vss.dll");
    }

    /** Reads a text file of this package's resources. */
    static String resource(String name) throws IOException {
        return new String(resourceBytes(name), StandardCharsets.UTF_8);
    }

    static byte[] resourceBytes(String name) throws IOException {
        try (InputStream in = Checkout.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("resource " + name + " is missing beside " + Checkout.class);
            }
            return in.readAllBytes();
        }
    }

    static Properties properties(String name) throws IOException {
        Properties properties = new Properties();
        try (InputStream in = Checkout.class.getResourceAsStream(name)) {
            properties.load(in);
        }
        return properties;
    }

    private static String name(Path path) {
        return path.getFileName().toString();
    }
}
