/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.testkit.Xoshiro256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** An ext4 file system of the kernel on a volume, by way of nbdfuse and a loop device. */
@Tag("interop")
@Timeout(300)
@ExtendWith(WorkspaceExtension.class)
class FileSystemIT {
    private static final int MIB = 1 << 20;
    private static final long SEED = Workspace.SEED + 300;

    @Test
    void shadowCopyOfAMountedFileSystemHoldsItsFilesAsTheyWere(Workspace workspace) throws IOException {
        Tools.require("mkfs.ext4", "e2fsck");
        Tools.requireFuse();
        Tools.requireMounts();
        ServiceProcess service = workspace.service();
        service.createVolume("fs", 48 * MIB);
        Map<String, Integer> before;
        Map<String, Integer> after;
        try (Mount fuse = workspace.fuse(service.uri("fs"), "live")) {
            Tools.run("mkfs.ext4", "-q", "-F", "-b", "4096", fuse.disk().toString())
                    .ok();
            try (Mount ext4 = workspace.mount(fuse.disk(), "ext4", "")) {
                writeTree(ext4.at(), new Xoshiro256(SEED));
                before = hashes(ext4.at());
                Tools.run("fsfreeze", "--freeze", ext4.at().toString()).ok();
                try {
                    service.createSet("frozen", "fs");
                } finally {
                    Tools.run("fsfreeze", "--unfreeze", ext4.at().toString()).ok();
                }
                changeTree(ext4.at(), new Xoshiro256(SEED + 1));
                after = hashes(ext4.at());
                assertThat(after).isNotEqualTo(before);
            }
        }
        service.createSet("unmounted", "fs");

        requireTree(workspace, service, "fs@frozen", before);
        requireTree(workspace, service, "fs@unmounted", after);
        requireClean(workspace, service.uri("fs@unmounted"));
        requireClean(workspace, service.uri("fs"));

        service.kill();
        service.restart();
        requireTree(workspace, service, "fs@frozen", before);
        Model.requireSame(
                workspace,
                service.uri("fs"),
                Image.of(Path.of(service.volume("fs").origin())));
    }

    @Test
    void shadowCopyTakenUnderLoadIsAFileSystemAfterItsJournalIsReplayed(Workspace workspace) throws IOException {
        Tools.require("mkfs.ext4", "e2fsck");
        Tools.requireFuse();
        Tools.requireMounts();
        ServiceProcess service = workspace.service();
        service.createVolume("fs", 48 * MIB);
        Map<String, Integer> synced;
        try (Mount fuse = workspace.fuse(service.uri("fs"), "live")) {
            Tools.run("mkfs.ext4", "-q", "-F", "-b", "4096", fuse.disk().toString())
                    .ok();
            try (Mount ext4 = workspace.mount(fuse.disk(), "ext4", "")) {
                writeTree(Files.createDirectory(ext4.path("synced")), new Xoshiro256(SEED + 2));
                Tools.run("sync", "-f", ext4.at().toString()).ok();
                synced = hashes(ext4.path("synced"));
                Running writer = workspace.start(
                        "sh",
                        "-c",
                        "i=0; while [ $i -lt 100 ]; do i=$((i+1)); cp -r " + ext4.path("synced") + " "
                                + ext4.path("more") + "; sync -f " + ext4.at() + "; rm -r " + ext4.path("more")
                                + "; done");
                Tools.await("writes beyond the tree", () -> Files.exists(ext4.path("more")));
                Tools.pause(300);
                service.createSet("crash", "fs");
                writer.kill();
            }
        }
        // A crash-consistent copy: the file system repairs itself from its journal, on a file that may be written to.
        Path repaired = workspace.path("repaired");
        Tools.run("nbdcopy", service.uri("fs@crash"), repaired.toString()).ok();
        try (Mount ext4 = workspace.mount(repaired, "repaired-fs", "")) {
            assertThat(hashes(ext4.path("synced"))).isEqualTo(synced);
        }
        Tools.run("e2fsck", "-fn", repaired.toString()).ok();
    }

    private static void requireTree(
            Workspace workspace, ServiceProcess service, String export, Map<String, Integer> tree) throws IOException {
        String name = "ro-" + System.nanoTime();
        try (Mount fuse = workspace.fuse(service.uri(export), name, "--readonly");
                Mount ext4 = workspace.mount(fuse.disk(), name + "-fs", "ro,noload")) {
            assertThat(hashes(ext4.at())).as(export).isEqualTo(tree);
        }
    }

    private static void requireClean(Workspace workspace, String uri) {
        try (Mount fuse = workspace.fuse(uri, "check-" + System.nanoTime(), "--readonly")) {
            Tools.run("e2fsck", "-fn", fuse.disk().toString()).ok();
        }
    }

    private static void writeTree(Path root, Xoshiro256 random) throws IOException {
        for (int folder = 0; folder < 8; folder++) {
            Path directory = Files.createDirectory(root.resolve("folder-" + folder));
            for (int file = 0; file < 12; file++) {
                byte[] bytes = new byte[1 + random.nextInt(200_000)];
                random.fill(bytes);
                Files.write(directory.resolve("file-" + file), bytes);
            }
        }
    }

    /** Overwrites, deletes, renames and adds files. */
    private static void changeTree(Path root, Xoshiro256 random) throws IOException {
        for (int folder = 0; folder < 8; folder++) {
            Path directory = root.resolve("folder-" + folder);
            byte[] bytes = new byte[150_000];
            random.fill(bytes);
            Files.write(directory.resolve("file-0"), bytes);
            Files.delete(directory.resolve("file-1"));
            Files.move(directory.resolve("file-2"), directory.resolve("moved"));
            Files.write(directory.resolve("new"), bytes);
        }
    }

    /** Returns a hash of the content of each file by its path. */
    private static Map<String, Integer> hashes(Path root) throws IOException {
        Map<String, Integer> hashes = new TreeMap<>();
        try (Stream<Path> files = Files.walk(root)) {
            files.filter(Files::isRegularFile).forEach(file -> {
                try {
                    byte[] bytes = Files.readAllBytes(file);
                    hashes.put(root.relativize(file).toString(), Arrays.hashCode(bytes));
                    WorkspaceExtension.COMPARED.add(bytes.length);
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
        return hashes;
    }
}
