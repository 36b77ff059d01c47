/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.TimeZone;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Equal content gives equal bytes, whatever the files looked like before and wherever it is packed. */
class ArchivesTests {
    private static final Instant TIME = Instant.parse("2026-11-26T05:06:08Z");

    @TempDir
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Path folder;

    @Test
    void archivesOfEqualTreesAreEqualInAnyTimeZoneAndWithAnySourceFiles() throws IOException {
        TimeZone before = TimeZone.getDefault();
        try {
            TimeZone.setDefault(TimeZone.getTimeZone("Asia/Tokyo"));
            pack("a", "rwxrwxrwx", List.of("x", "d/y"));
            TimeZone.setDefault(TimeZone.getTimeZone("America/Lima"));
            pack("b", "rwxr-x---", List.of("d/y", "x"));
        } finally {
            TimeZone.setDefault(before);
        }

        assertThat(folder.resolve("a.zip")).hasSameBinaryContentAs(folder.resolve("b.zip"));
        assertThat(folder.resolve("a.tar.gz")).hasSameBinaryContentAs(folder.resolve("b.tar.gz"));
    }

    @Test
    void tarKeepsLinksAndWhatCanBeStarted() throws Exception {
        pack("a", "rwx------", List.of("program"));

        String listing = Tool.run(folder, List.of("tar", "-tvzf", "a.tar.gz"));

        assertThat(listing)
                .contains("lrwxrwxrwx root/root", "p/link -> program", "-rwxr-xr-x root/root", "2026-11-26 05:06");
    }

    @Test
    void ourJarsNameAllOthersAsTheirClassPathAndAreEqualAgain() throws IOException {
        Path jar = JarsOfTests.make(folder.resolve("gnomon-provider-core-0.1.0-SNAPSHOT.jar"));
        Path library = JarsOfTests.make(folder.resolve("library-1.jar"));
        Tree first = Tree.empty(folder.resolve("first"), TIME);
        Tree second = Tree.empty(folder.resolve("second"), TIME);

        Jars.ship(List.of(jar, library), first, "lib");
        Jars.ship(List.of(library, jar), second, "lib");

        Path shipped = first.root().resolve("lib/gnomon.jar");
        assertThat(shipped).hasSameBinaryContentAs(second.root().resolve("lib/gnomon.jar"));
        assertThat(first.root().resolve("lib/library-1.jar")).hasSameBinaryContentAs(library);
        try (JarFile file = new JarFile(shipped.toString())) {
            assertThat(file.getManifest().getMainAttributes().getValue(Attributes.Name.CLASS_PATH))
                    .isEqualTo("library-1.jar");
            assertThat(file.getEntry("META-INF/maven/x/pom.properties")).isNull();
            assertThat(file.getEntry("x/A.class")).isNotNull();
        }
    }

    private void pack(String name, String permissions, List<String> files) throws IOException {
        Path source = Files.createDirectories(folder.resolve("source-" + name));
        Tree tree = Tree.empty(folder.resolve("tree-" + name), TIME);
        for (String file : files) {
            Path written = source.resolve(file);
            Files.createDirectories(written.getParent());
            Files.writeString(written, "content of " + file);
            Files.setLastModifiedTime(written, FileTime.fromMillis(name.hashCode() * 1_000_000_000L));
            Files.setPosixFilePermissions(written, PosixFilePermissions.fromString(permissions));
        }
        tree.copyAll(source, "p");
        tree.link("p/link", "program");
        tree.finish();
        Archives.tarGz(tree, "t", folder.resolve(name + ".tar.gz"));
        Files.delete(tree.root().resolve("p/link"));
        Archives.zip(tree, "t", folder.resolve(name + ".zip"));
    }
}
