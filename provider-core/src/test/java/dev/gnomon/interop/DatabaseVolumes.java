/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The two ext4 file systems of a database, mounted beside each other: one for its data, one for its write-ahead log. Each
 * lies on an export, by way of nbdfuse and a loop device, which send on every flush of the file system.
 */
final class DatabaseVolumes implements AutoCloseable {
    /** All that e2fsck says of a file system without any fault. How an extent tree could be smaller is none: it is read well. */
    private static final Pattern CLEAN = Pattern.compile("""
            Pass 1: Checking inodes, blocks, and sizes
            (Inode \\d+ extent tree \\(at level \\d+\\) could be (?:narrower|shorter)\\.  Optimize\\? no

            )*Pass 2: Checking directory structure
            Pass 3: Checking directory connectivity
            Pass 4: Checking reference counts
            Pass 5: Checking group summary information
            \\S+: \\d+/\\d+ files \\(\\d+\\.\\d+% non-contiguous\\), \\d+/\\d+ blocks
            """);

    private final Workspace workspace;
    private final String name;
    private final Mount dataDisk;
    private final Mount walDisk;
    private final Mount data;
    private final Mount wal;

    /** Mounts two exports that hold file systems; their journals are replayed. */
    DatabaseVolumes(Workspace workspace, String name, String dataUri, String walUri) {
        this.workspace = workspace;
        this.name = name;
        workspace.directory(name);
        this.dataDisk = workspace.fuse(dataUri, name + "/data-disk");
        this.walDisk = workspace.fuse(walUri, name + "/wal-disk");
        this.data = workspace.mount(dataDisk.disk(), name + "/data", "");
        this.wal = workspace.mount(walDisk.disk(), name + "/wal", "");
    }

    /** Makes an empty file system on an export. */
    static void format(Workspace workspace, String name, String uri) {
        try (Mount disk = workspace.fuse(uri, name)) {
            Tools.run(
                            "mkfs.ext4",
                            "-q",
                            "-F",
                            "-b",
                            "4096",
                            "-E",
                            "lazy_itable_init=0,lazy_journal_init=0",
                            disk.disk().toString())
                    .ok();
        }
    }

    Mount data() {
        return data;
    }

    Mount wal() {
        return wal;
    }

    /** Returns the directory of the database; its server must own it. */
    Path database() {
        return data.path("database");
    }

    /** Returns the directory of the write-ahead log. */
    Path log() {
        return wal.path("log");
    }

    /** Starts the server of the database, which recovers if it was not stopped. */
    PostgresServer startServer() {
        Path sockets = PostgresServer.directory(workspace.path(name).resolve("sockets"));
        return PostgresServer.start(workspace, database(), sockets);
    }

    /** Unmounts the file systems and fails the test unless e2fsck finds nothing at all to say of them. */
    void requireClean() {
        data.close();
        wal.close();
        for (Mount disk : List.of(dataDisk, walDisk)) {
            Tools.Result result = Tools.run("e2fsck", "-fn", disk.disk().toString());
            assertThat(result.ok()).as(result.toString()).matches(CLEAN);
            assertThat(result.err()).as(result.toString()).matches("e2fsck \\S+ \\(\\S+\\)\n");
        }
    }

    /** Unmounts everything, also if the exports are gone. */
    @Override
    public void close() {
        data.close();
        wal.close();
        dataDisk.close();
        walDisk.close();
    }
}
