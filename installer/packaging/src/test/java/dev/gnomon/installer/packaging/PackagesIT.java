/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What is in the packages, and that the same is in them when they are made again. */
@Tag("packages")
class PackagesIT {
    private static final List<String> RUNTIME =
            List.of("bin/java.exe", "bin/javaw.exe", "bin/server/jvm.dll", "lib/modules");

    @TempDir
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Path folder;

    @Test
    void noPackageHoldsAKernelDriver() throws Exception {
        for (Path each : Products.all()) {
            List<String> names = names(each);

            assertThat(names).as("files of " + each).hasSizeGreaterThan(50);
            assertThat(names)
                    .as("drivers in " + each)
                    .noneMatch(name -> name.strip().toLowerCase(Locale.ROOT).endsWith(".sys"));
        }
    }

    /** Among them is a service that makes nothing of its copies durable. */
    @Test
    void noJarHoldsWhatOnlyBenchmarksMayStart() throws IOException {
        List<String> classes = new ArrayList<>();
        try (ZipFile zip = new ZipFile(Products.zip().toString())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (entry.getName().matches(".*/lib/gnomon[^/]*\\.jar")) {
                    classes.addAll(entries(zip.getInputStream(entry)));
                }
            }
        }

        assertThat(classes)
                .contains("dev/gnomon/app/Main.class")
                .noneMatch(name -> name.startsWith("dev/gnomon/benchmarks/") || name.contains("Volatile"));
    }

    private static List<String> entries(InputStream jar) throws IOException {
        List<String> names = new ArrayList<>();
        try (ZipInputStream in = new ZipInputStream(jar)) {
            for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
                names.add(entry.getName());
            }
        }
        return names;
    }

    @Test
    void manifestOfTheZipFileNamesEveryFileWithItsHash() throws IOException {
        Map<String, String> hashes = new HashMap<>();
        String manifest = "";
        try (ZipFile zip = new ZipFile(Products.zip().toString())) {
            String prefix = "gnomon-" + Products.version() + "/";
            for (ZipEntry entry : Collections.list(zip.entries())) {
                assertThat(entry.getName()).startsWith(prefix);
                String name = entry.getName().substring(prefix.length());
                byte[] bytes = zip.getInputStream(entry).readAllBytes();
                if (name.equals(Manifest.NAME)) {
                    manifest = new String(bytes, StandardCharsets.UTF_8);
                } else {
                    hashes.put(name, Manifest.sha256(bytes));
                }
            }
        }

        assertThat(listed(manifest)).isEqualTo(hashes);
        assertThat(hashes)
                .containsKeys(
                        "bin/gnomon.cmd",
                        "bin/gnomon-vss.dll",
                        "lib/gnomon.jar",
                        "lib/gnomon-installer.jar",
                        "lib/native/jnidispatch.dll",
                        "lib/native/jacob-1.20-x64.dll",
                        "runtime/bin/javaw.exe",
                        "service/gnomon-engine.exe",
                        "conf/java.options",
                        "licenses/commons-daemon/LICENSE.txt",
                        "licenses/jacob-1.20/LICENSE.txt",
                        "licenses/gnomon-vss/gcc-mingw-w64-base.txt");
    }

    @Test
    void manifestOfTheTarFileNamesEveryFileWithItsHash() throws IOException {
        Map<String, String> hashes = new HashMap<>();
        String manifest = "";
        try (TarArchiveInputStream tar = tar(Products.tar())) {
            for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                String name = entry.getName().substring(entry.getName().indexOf('/') + 1);
                if (name.equals(Manifest.NAME)) {
                    manifest = new String(tar.readAllBytes(), StandardCharsets.UTF_8);
                } else if (!entry.isSymbolicLink()) {
                    hashes.put(name, Manifest.sha256(tar.readAllBytes()));
                }
            }
        }

        assertThat(listed(manifest)).isEqualTo(hashes);
        assertThat(hashes)
                .containsKeys("bin/gnomon", "lib/gnomon.jar", "share/man/man1/gnomon-service-run.1")
                .doesNotContainKeys("lib/gnomon-installer.jar", "share/man/man1/gnomon-setup.1");
    }

    /** With a space in the path, by way of a link, and with no Java but its own. The demonstration is run from the Debian package. */
    @Test
    void theTarFileRunsWhereItWasUnpacked() throws Exception {
        Path where = Files.createDirectories(folder.resolve("some where"));
        Tool.run(where, List.of("tar", "-xzf", Products.tar().toString()));
        Path command = where.resolve("gnomon-" + Products.version() + "/bin/gnomon");
        Path link = Files.createSymbolicLink(folder.resolve("gnomon"), command);
        Map<String, String> noJava = Map.of("JAVA_HOME", "/nowhere", "PATH", "/usr/bin:/bin");

        assertThat(Tool.run(folder, List.of(link.toString(), "--version"), noJava))
                .startsWith("gnomon " + Products.version() + " (");
    }

    @Test
    void billOfMaterialsListsEveryJarAndTheRuntime() throws IOException {
        try (ZipFile zip = new ZipFile(Products.zip().toString())) {
            String prefix = "gnomon-" + Products.version() + "/";
            JsonNode bom;
            try (InputStream in =
                    zip.getInputStream(zip.getEntry(prefix + "gnomon-" + Products.version() + ".cdx.json"))) {
                bom = JsonMapper.shared().readTree(in);
            }
            List<String> listed = new ArrayList<>();
            bom.path("components")
                    .forEach(each -> listed.add(each.path("name").asString() + "-"
                            + each.path("version").asString() + ".jar"));
            List<String> libraries = zip.stream()
                    .map(ZipEntry::getName)
                    .filter(name -> name.startsWith(prefix + "lib/") && name.endsWith(".jar"))
                    .map(name -> name.substring((prefix + "lib/").length()))
                    .filter(name -> !name.startsWith("gnomon"))
                    .toList();

            assertThat(bom.path("bomFormat").asString()).isEqualTo("CycloneDX");
            assertThat(libraries).hasSizeGreaterThan(10).isSubsetOf(listed);
            assertThat(listed).anyMatch(name -> name.startsWith("Java runtime-25"));
        }
    }

    @Test
    void sumsAreThoseOfThePackages() throws Exception {
        assertThat(Tool.run(Products.folder(), List.of("sha256sum", "--check", "--strict", "SHA256SUMS")))
                .contains(Products.msi().getFileName() + ": OK", Products.deb().getFileName() + ": OK");
    }

    /** Another folder, another time zone, other permissions of new files: the same bytes. What is compiled is compared elsewhere. */
    @Test
    void packagesMadeAgainAreTheSame() throws Exception {
        String command = "umask 077; exec '" + Products.root() + "/build/package/package' --no-build --version "
                + Products.version() + " --out '" + folder + "'";

        Tool.run(folder, List.of("bash", "-c", command), Map.of("TZ", "Pacific/Auckland", "LC_ALL", "C"));

        for (Path each : Products.all()) {
            assertThat(folder.resolve(each.getFileName())).hasSameBinaryContentAs(each);
        }
    }

    @Test
    void aRuntimeOfOnesOwnIsShippedInThePlaceOfThePinnedOne() throws Exception {
        Path runtime = makeRuntime("25.0.99");

        pack("--only", "zip", "--runtime", runtime.toString());

        String prefix = "gnomon-" + Products.version() + "/";
        try (ZipFile zip =
                new ZipFile(folder.resolve(Products.zip().getFileName()).toString())) {
            assertThat(zip.stream().map(ZipEntry::getName).filter(name -> name.startsWith(prefix + "runtime/")))
                    .filteredOn(name -> !name.endsWith("/"))
                    .hasSize(RUNTIME.size() + 1)
                    .contains(prefix + "runtime/lib/modules");
            try (InputStream in = zip.getInputStream(zip.getEntry(prefix + "manifest.sha256"))) {
                assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .contains(HexFormat.of()
                                        .formatHex(MessageDigest.getInstance("SHA-256")
                                                .digest(Files.readAllBytes(runtime.resolve("lib/modules"))))
                                + "  runtime/lib/modules");
            }
            try (InputStream in =
                    zip.getInputStream(zip.getEntry(prefix + "gnomon-" + Products.version() + ".cdx.json"))) {
                assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8))
                        .contains("25.0.99");
            }
        }
    }

    @Test
    void aRuntimeOfAnotherJavaIsRefused() throws Exception {
        Path runtime = makeRuntime("24.0.1");

        assertThatThrownBy(() -> pack("--only", "zip", "--runtime", runtime.toString()))
                .hasMessageContaining("is Java 24.0.1")
                .hasMessageContaining("needed is Java 25");
    }

    /** What the packager looks for in a runtime for Windows, and no more. */
    private Path makeRuntime(String version) throws IOException {
        Path runtime = folder.resolve("runtime of one's own");
        for (String part : RUNTIME) {
            Path file = runtime.resolve(part);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "stands for " + part);
        }
        // A header of MS-DOS that leads to one of Windows, for x86-64.
        ByteBuffer program = ByteBuffer.allocate(0x80).order(ByteOrder.LITTLE_ENDIAN);
        program.putInt(0x3c, 0x40).putInt(0x40, 0x4550).putShort(0x44, (short) 0x8664);
        Files.write(runtime.resolve(RUNTIME.getFirst()), program.array());
        Files.writeString(runtime.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
        return runtime;
    }

    private void pack(String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Products.root() + "/build/package/package", "--no-build", "--version", Products.version(), "--out"));
        command.add(folder.toString());
        command.addAll(List.of(more));
        Tool.run(folder, command);
    }

    private static List<String> names(Path product) throws IOException, PackagingException {
        String name = product.toString();
        if (name.endsWith(".deb")) {
            return Tool.run(Products.folder(), List.of("dpkg-deb", "--contents", name))
                    .lines()
                    .toList();
        }
        if (name.endsWith(".msi")) {
            return Tool.run(Products.folder(), List.of("msiinfo", "export", name, "File"))
                    .lines()
                    .skip(3)
                    .map(line -> line.split("\t", -1)[2])
                    .toList();
        }
        List<String> names = new ArrayList<>();
        if (name.endsWith(".zip")) {
            try (ZipFile zip = new ZipFile(product.toString())) {
                zip.stream().map(ZipEntry::getName).forEach(names::add);
            }
        } else {
            try (TarArchiveInputStream tar = tar(product)) {
                for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    names.add(entry.getName());
                }
            }
        }
        return names;
    }

    private static TarArchiveInputStream tar(Path product) throws IOException {
        return new TarArchiveInputStream(new GzipCompressorInputStream(Files.newInputStream(product)), "UTF-8");
    }

    private static Map<String, String> listed(String manifest) {
        Map<String, String> listed = new HashMap<>();
        for (String line : manifest.lines().toList()) {
            String[] parts = line.split("  ", 2);
            listed.put(parts[1], parts[0]);
        }
        return listed;
    }
}
