/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/**
 * Our own jars as they are shipped: without version in their names, all in one folder with the libraries, each naming all others
 * as its class path. So a command line needs to name one jar only.
 */
final class Jars {
    private static final String MODULE_PREFIX = "gnomon-";
    private static final String ENGINE = "gnomon.jar";
    private static final String ENGINE_MODULE = "gnomon-provider-core";

    private Jars() {}

    /** Puts jars into the folder {@code folder} of {@code tree}. Of each library only one version may be among them. */
    static void ship(List<Path> jars, Tree tree, String folder) throws IOException {
        List<String> names = jars.stream().map(Jars::shippedName).sorted().toList();
        for (Path jar : jars) {
            String name = shippedName(jar);
            if (isOurs(jar)) {
                String others = String.join(
                        " ", names.stream().filter(other -> !other.equals(name)).toList());
                tree.write(folder + "/" + name, withClassPath(jar, others, tree.time()));
            } else {
                tree.copy(jar, folder + "/" + name);
            }
        }
    }

    static boolean isOurs(Path jar) {
        return jar.getFileName().toString().startsWith(MODULE_PREFIX);
    }

    /** Returns the name under which a jar of the build is shipped. */
    static String shippedName(Path jar) {
        String name = jar.getFileName().toString();
        if (!isOurs(jar)) {
            return name;
        }
        String module = name.replaceFirst("-\\d.*", "");
        return module.equals(ENGINE_MODULE) ? ENGINE : module + ".jar";
    }

    private static byte[] withClassPath(Path source, String classPath, Instant time) throws IOException {
        LocalDateTime local = LocalDateTime.ofInstant(time, ZoneOffset.UTC);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JarFile jar = new JarFile(source.toString());
                JarOutputStream out = new JarOutputStream(bytes)) {
            Manifest manifest = jar.getManifest() == null ? new Manifest() : jar.getManifest();
            manifest.getMainAttributes().putValue(Attributes.Name.MANIFEST_VERSION.toString(), "1.0");
            manifest.getMainAttributes().putValue(Attributes.Name.CLASS_PATH.toString(), classPath);
            // Name the version of Maven and of the JDK's vendor, which change nothing in the classes.
            manifest.getMainAttributes().remove(new Attributes.Name("Created-By"));
            manifest.getMainAttributes().remove(new Attributes.Name("Build-Jdk-Spec"));
            put(out, JarFile.MANIFEST_NAME, local);
            manifest.write(out);
            out.closeEntry();
            for (JarEntry entry : contents(jar)) {
                put(out, entry.getName(), local);
                jar.getInputStream(entry).transferTo(out);
                out.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static void put(JarOutputStream out, String name, LocalDateTime time) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTimeLocal(time);
        out.putNextEntry(entry);
    }

    /** Maven's description states the version of the project even where another one is packaged, so it stays behind. */
    private static List<JarEntry> contents(JarFile jar) {
        List<JarEntry> contents = new ArrayList<>();
        for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
            JarEntry entry = entries.nextElement();
            boolean left = entry.isDirectory()
                    || entry.getName().equals(JarFile.MANIFEST_NAME)
                    || entry.getName().startsWith("META-INF/maven/");
            if (!left) {
                contents.add(entry);
            }
        }
        contents.sort((a, b) -> a.getName().compareTo(b.getName()));
        return contents;
    }
}
