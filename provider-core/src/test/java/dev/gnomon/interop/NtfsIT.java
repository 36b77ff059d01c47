/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.control.Request.OverlayStep;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * An NTFS file system on a volume, by ntfs-3g on nbdfuse. That driver writes no journal and holds nothing back: it empties
 * the journal when it mounts for writing, and what a file system call changed is written before the call returns. So a copy
 * needs no recovery, and is mounted read-only, but where the cut came between the file table and its mirror.
 */
@Tag("postgres")
@Timeout(900)
@ExtendWith(WorkspaceExtension.class)
class NtfsIT {
    private static final int MIB = 1 << 20;
    private static final long SEED = Workspace.SEED + 900;
    private static final int SETS = Workspace.LONG ? 20 : 4;

    /** Each between two sets; the disk is overwritten about once in a run. */
    private static final int FILES_BETWEEN = 80;

    /** How many files stay; so few that deleted space is soon written again. */
    private static final int FILES_KEPT = 70;

    /** Of the boot sector. Source: the fields of the BIOS parameter block of NTFS, as ntfs-3g's {@code layout.h} has them. */
    private static final int BOOT_BYTES = 512;

    private static final int BOOT_SECTOR_BYTES = 11;
    private static final int BOOT_SECTORS_PER_CLUSTER = 13;
    private static final int BOOT_TABLE = 48;
    private static final int BOOT_MIRROR = 56;

    /** Four records of 1 KiB of the file table have a copy elsewhere. */
    private static final int MIRRORED_BYTES = 4 << 10;

    private record Cut(String set, long asked, long replied) {}

    @Test
    void copyHoldsEveryFileThatWasSyncedBeforeItWasAskedFor(Workspace workspace) throws IOException {
        Tools.require("mkntfs", "ntfs-3g", "ntfsresize", "ntfsfix");
        Tools.requireFuse();
        Tools.requireMounts();
        ServiceProcess service = workspace.service();
        service.createVolume("ntfs", 24 * MIB);
        List<Cut> cuts = new ArrayList<>();
        SyncedFiles files;
        int moving = 0;
        try (Mount fuse = workspace.fuse(service.uri("ntfs"), "live")) {
            Tools.run("mkntfs", "--force", "--quick", "--quiet", fuse.disk().toString())
                    .ok();
            try (Mount ntfs = workspace.ntfs(fuse.disk(), "ntfs", "big_writes")) {
                long flushesBefore = flushes(service);
                files = SyncedFiles.start(workspace, ntfs.at(), FILES_KEPT, SEED);
                for (int i = 0; i < SETS; i++) {
                    files.awaitMore(FILES_BETWEEN);
                    cuts.add(cut(service, "set-" + i));
                    moving += verify(workspace, service, files, cuts.getLast()).moving();
                }
                files.awaitMore(FILES_BETWEEN);
                files.end();
                assertThat(flushes(service) - flushesBefore)
                        .as("FLUSH requests for " + files.synced() + " files that were synced")
                        .isGreaterThanOrEqualTo(files.synced());
            }
        }
        cuts.add(cut(service, "unmounted"));
        try (Mount fuse = workspace.fuse(service.uri("ntfs@unmounted"), "check", "--readonly")) {
            Tools.run("ntfsresize", "--check", fuse.disk().toString()).ok();
        }
        service.kill();
        service.restart();
        assertThatThrownBy(() -> verify(
                        workspace,
                        service,
                        files,
                        new Cut(
                                cuts.get(0).set(),
                                cuts.get(1).asked(),
                                cuts.get(1).replied())))
                .as("a copy judged by the times of the next one")
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("is missing");
        // Whatever was written since then, every copy is what it was.
        long bytes = 0;
        for (Cut cut : cuts) {
            SyncedFiles.Found found = verify(workspace, service, files, cut);
            assertThat(found.files()).as("files of " + cut).isGreaterThan(FILES_KEPT / 2);
            bytes += found.bytes();
        }
        System.out.printf(
                java.util.Locale.ROOT,
                "FIGURE postgres: NTFS: %d files synced, %d copies read twice, %.0f MiB of files, %d files in mid-write at a cut%n",
                files.synced(),
                cuts.size(),
                (double) bytes / MIB,
                moving);
        service.stop();
        ServiceProcess.command("check", "--state", service.stateDirectory().toString())
                .ok();
    }

    private static Cut cut(ServiceProcess service, String set) {
        long asked = System.nanoTime();
        service.createSet(set, "ntfs");
        return new Cut(set, asked, System.nanoTime());
    }

    private static SyncedFiles.Found verify(Workspace workspace, ServiceProcess service, SyncedFiles files, Cut cut)
            throws IOException {
        String name = "ro-" + System.nanoTime();
        try (Mount fuse = workspace.fuse(service.uri("ntfs@" + cut.set()), name, "--readonly")) {
            if (isBetweenMirrors(fuse)) {
                return verifyRepaired(workspace, service, files, cut);
            }
            try (Mount ntfs = workspace.ntfs(fuse.disk(), name + "-fs", "ro")) {
                return files.verify(ntfs.at(), cut.asked(), cut.replied());
            }
        }
    }

    /**
     * Returns whether the cut came between two writes of ntfs-3g, to the file table and to its mirror, as a power cut may: it is
     * written down nowhere that they belong together, and the driver mounts no such volume.
     */
    private static boolean isBetweenMirrors(Mount fuse) throws IOException {
        ByteBuffer boot = read(fuse, 0, BOOT_BYTES);
        long cluster = boot.getShort(BOOT_SECTOR_BYTES) * (long) boot.get(BOOT_SECTORS_PER_CLUSTER);
        ByteBuffer table = read(fuse, boot.getLong(BOOT_TABLE) * cluster, MIRRORED_BYTES);
        ByteBuffer mirror = read(fuse, boot.getLong(BOOT_MIRROR) * cluster, MIRRORED_BYTES);
        return !table.equals(mirror);
    }

    private static ByteBuffer read(Mount fuse, long offset, int bytes) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        try (FileChannel disk = FileChannel.open(fuse.disk())) {
            while (target.hasRemaining() && disk.read(target, offset + target.position()) >= 0) {}
        }
        return target.flip();
    }

    /** Repairs the mirror in the copy's overlay, as a requester would have it done, and looks at the files there. */
    private static SyncedFiles.Found verifyRepaired(
            Workspace workspace, ServiceProcess service, SyncedFiles files, Cut cut) throws IOException {
        String copy = "ntfs@" + cut.set();
        String name = "rw-" + System.nanoTime();
        System.out.println("FIGURE postgres: NTFS: " + copy + " was cut between file table and mirror");
        service.ask(client -> client.overlay(copy, OverlayStep.CREATE));
        SyncedFiles.Found found;
        try (Mount fuse = workspace.fuse(service.uri(copy + "+rw"), name)) {
            Tools.run("ntfsfix", fuse.disk().toString()).ok();
            try (Mount ntfs = workspace.ntfs(fuse.disk(), name + "-fs", "ro")) {
                found = files.verify(ntfs.at(), cut.asked(), cut.replied());
            }
        }
        service.ask(client -> client.overlay(copy, OverlayStep.DROP));
        return found;
    }

    private static long flushes(ServiceProcess service) {
        return service.ask(client -> client.stats()).engine().flushes();
    }
}
