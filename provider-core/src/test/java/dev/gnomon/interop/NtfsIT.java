/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * An NTFS file system on a volume, by ntfs-3g on nbdfuse. That driver writes no journal and holds nothing back: it empties
 * the journal when it mounts for writing, and what a file system call changed is written before the call returns. So a copy
 * needs no recovery, and is mounted read-only.
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

    private record Cut(String set, long asked, long replied) {}

    @Test
    void copyHoldsEveryFileThatWasSyncedBeforeItWasAskedFor(Workspace workspace) throws IOException {
        Tools.require("mkntfs", "ntfs-3g", "ntfsresize");
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
        try (Mount fuse = workspace.fuse(service.uri("ntfs@" + cut.set()), name, "--readonly");
                Mount ntfs = workspace.ntfs(fuse.disk(), name + "-fs", "ro")) {
            return files.verify(ntfs.at(), cut.asked(), cut.replied());
        }
    }

    private static long flushes(ServiceProcess service) {
        return service.ask(client -> client.stats()).engine().flushes();
    }
}
