/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Collects the licence of everything that a package holds, one folder for each. */
final class Licences {
    /** The folder in a program folder. */
    static final String FOLDER = "licenses";

    private static final Pattern TEXT = Pattern.compile("META-INF/[^/]*(LICENSE|NOTICE|COPYING)[^/]*");
    private static final String OUR_TEXT = "Apache-2.0";

    private final Checkout checkout;
    private final Tree tree;
    private final String folder;
    private final Properties known;

    /** Prepares to write into the folder {@code folder} of {@code tree}, with our own licence first. */
    Licences(Checkout checkout, Tree tree, String folder) throws IOException {
        this.checkout = checkout;
        this.tree = tree;
        this.folder = folder;
        known = Checkout.properties("licences.properties");
        tree.copy(checkout.licence(), folder + "/gnomon/LICENSE.txt");
    }

    /**
     * Adds those of libraries.
     *
     * @throws PackagingException if one holds no licence and licences.properties knows none for it
     */
    void addJars(List<Path> jars) throws IOException, PackagingException {
        for (Path jar : jars) {
            if (!Jars.isOurs(jar) && !addTextsOf(jar)) {
                addKnown(jar);
            }
        }
    }

    private boolean addTextsOf(Path jar) throws IOException {
        try (JarFile file = new JarFile(jar.toString())) {
            List<String> texts = file.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> TEXT.matcher(name).matches())
                    .sorted()
                    .toList();
            for (String text : texts) {
                try (InputStream in = file.getInputStream(file.getEntry(text))) {
                    tree.write(place(jar) + withEnding(text.substring(text.lastIndexOf('/') + 1)), in);
                }
            }
            return texts.stream().anyMatch(text -> !text.contains("NOTICE"));
        }
    }

    private void addKnown(Path jar) throws IOException, PackagingException {
        String name = jar.getFileName().toString();
        for (var entry : new TreeMap<>(known).entrySet()) {
            if (name.startsWith(entry.getKey().toString())) {
                String text = entry.getValue().toString();
                if (text.equals(OUR_TEXT)) {
                    tree.copy(checkout.licence(), place(jar) + "LICENSE.txt");
                } else {
                    tree.write(place(jar) + "LICENSE.txt", Checkout.resourceBytes("licences/" + text));
                }
                return;
            }
        }
        throw new PackagingException(name + ": holds no text of its licence; add it to licences.properties, beside "
                + Licences.class.getName());
    }

    /** Adds what Apache Commons Daemon ships with its Windows programs. */
    void addProcrun(Path zip) throws IOException {
        try (ZipFile file = new ZipFile(zip.toString())) {
            for (String text : List.of("LICENSE.txt", "NOTICE.txt")) {
                try (InputStream in = file.getInputStream(file.getEntry(text))) {
                    tree.write(folder + "/commons-daemon/" + text, in);
                }
            }
        }
    }

    /** Adds those of what the compiler links into the DLL, as the packages of Debian that it comes from state them. */
    void addShim() throws IOException {
        for (String part : List.of("nlohmann-json3-dev", "mingw-w64-common", "gcc-mingw-w64-base")) {
            Path text = Path.of("/usr/share/doc", part, "copyright");
            if (Files.exists(text)) {
                tree.copy(text, folder + "/gnomon-vss/" + part + ".txt");
            }
        }
    }

    /** Adds those of a Java runtime: the folder "legal" of a JDK. */
    void addRuntime(Path legal) throws IOException {
        tree.copyAll(legal, folder + "/java");
    }

    private String place(Path jar) {
        return folder + "/" + jar.getFileName().toString().replaceFirst("\\.jar$", "") + "/";
    }

    private static String withEnding(String name) {
        return name.contains(".") ? name : name + ".txt";
    }
}
