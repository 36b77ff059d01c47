/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;

/** Packs a tree so that equal trees give equal bytes: in order of names, with the time of the commit, owned by nobody in particular. */
final class Archives {
    private static final int DATA_MODE = 0644;
    private static final int PROGRAM_MODE = 0755;
    private static final int LINK_MODE = 0777;

    private Archives() {}

    /** Writes a zip file in which everything lies below the folder {@code prefix}. */
    static void zip(Tree tree, String prefix, Path target) throws IOException {
        LocalDateTime time = LocalDateTime.ofInstant(tree.time(), ZoneOffset.UTC);
        try (OutputStream out = Files.newOutputStream(target);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            for (Path file : tree.files()) {
                ZipEntry entry = new ZipEntry(prefix + "/" + tree.name(file));
                // The form without a time zone: another one than that of the machine that packs.
                entry.setTimeLocal(time);
                zip.putNextEntry(entry);
                Files.copy(file, zip);
                zip.closeEntry();
            }
        }
    }

    /** Writes a tar file compressed by gzip in which everything lies below the folder {@code prefix}. */
    static void tarGz(Tree tree, String prefix, Path target) throws IOException {
        try (OutputStream out = Files.newOutputStream(target);
                OutputStream gzip = new GzipCompressorOutputStream(out);
                TarArchiveOutputStream tar = new TarArchiveOutputStream(gzip, "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (Path file : tree.files()) {
                String name = prefix + "/" + tree.name(file);
                boolean link = Files.isSymbolicLink(file);
                TarArchiveEntry entry =
                        link ? new TarArchiveEntry(name, TarConstants.LF_SYMLINK) : new TarArchiveEntry(name);
                if (link) {
                    entry.setLinkName(Files.readSymbolicLink(file).toString());
                    entry.setMode(LINK_MODE);
                } else {
                    entry.setSize(Files.size(file));
                    entry.setMode(Files.isExecutable(file) ? PROGRAM_MODE : DATA_MODE);
                }
                entry.setLastModifiedTime(FileTime.from(tree.time()));
                entry.setIds(0, 0);
                entry.setNames("root", "root");
                tar.putArchiveEntry(entry);
                if (!link) {
                    Files.copy(file, tar);
                }
                tar.closeArchiveEntry();
            }
        }
    }
}
