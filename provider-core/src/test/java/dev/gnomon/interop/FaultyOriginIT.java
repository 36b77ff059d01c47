/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.control.VolumeView;
import dev.gnomon.protocol.nbd.NbdAddress;
import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.protocol.nbd.client.NbdException;
import dev.gnomon.testkit.Xoshiro256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Origins whose writes and flushes fail in the kernel: a file that nbdfuse shows of an nbdkit that injects errors. */
@Tag("interop")
@Timeout(300)
@ExtendWith(WorkspaceExtension.class)
class FaultyOriginIT {
    private static final int MIB = 1 << 20;
    private static final long SEED = Workspace.SEED + 200;

    @Test
    void failedWriteIsTheClientsOnlyAndAFailedFlushSticksUntilCleared(Workspace workspace) throws IOException {
        Tools.require("nbdkit", "qemu-io", "nbdcopy");
        Tools.requireFuse();
        Path writesFail = workspace.path("writes-fail");
        Path flushesFail = workspace.path("flushes-fail");
        Mount faulty = faultyDisk(workspace, writesFail, flushesFail);
        ServiceProcess service = workspace.service();
        service.ask(client -> client.addVolume("bad", faulty.disk().toString()));
        service.createVolume("good", 4 * MIB);
        Model model = new Model().with("bad", Image.zeros(4 * MIB)).with("good", Image.zeros(4 * MIB));
        Xoshiro256 random = new Xoshiro256(SEED);
        QemuIo.run(service.uri("bad"), "write -P 17 0 1M", "flush").ok();
        model.live("bad").fill(0, MIB, 17);
        QemuIo.scribble(service.uri("good"), model.live("good"), random, 20);

        // A straight write that fails is told to the client that sent it; nothing else happens.
        Files.createFile(writesFail);
        assertThat(QemuIo.run(service.uri("bad"), "write -P 34 1M 4k").refused())
                .contains("Input/output error");
        Files.delete(writesFail);
        assertThat(service.volume("bad").state()).isEqualTo(VolumeView.State.ONLINE);
        model.cut(service, "before", "bad", "good");

        // A first touch is acknowledged. What the origin then refuses is kept, also over a kill, and nothing new is
        // taken.
        Files.createFile(writesFail);
        QemuIo.run(service.uri("bad"), "write -P 34 0 4k", "flush").ok();
        model.live("bad").fill(0, 4096, 34);
        awaitState(service, VolumeView.State.DEGRADED);
        assertThat(service.volume("bad").stateReason()).contains("origin refuses writes", "I/O error");
        assertThat(QemuIo.run(service.uri("bad"), "write -P 34 1M 4k").refused())
                .contains("Input/output error");
        QemuIo.scribble(service.uri("good"), model.live("good"), random, 20);
        model.verifyExports(workspace, service);
        service.kill();
        service.restart();
        awaitState(service, VolumeView.State.DEGRADED);
        model.verifyExports(workspace, service);
        Files.delete(writesFail);
        awaitState(service, VolumeView.State.ONLINE);
        QemuIo.run(service.uri("bad"), "write -P 51 0 64k", "write -P 51 1M 4k", "flush")
                .ok();
        model.live("bad").fill(0, 64 << 10, 51);
        model.live("bad").fill(MIB, 4096, 51);
        model.verify(workspace, service);

        // A flush that fails takes the volume's writes away until somebody has looked.
        awaitSettled(service);
        Files.createFile(flushesFail);
        // The same bytes again: qemu-io sends no flush unless it has written.
        assertThat(QemuIo.run(service.uri("bad"), "write -P 51 0 64k", "flush").refused())
                .contains("Input/output error");
        Files.delete(flushesFail);
        assertThat(service.volume("bad").state()).isEqualTo(VolumeView.State.FAILED);
        assertThat(service.volume("bad").stateReason()).contains(faulty.disk().toString(), "Input/output error");
        for (String command :
                new String[] {"write -P 68 0 4k", "write -z 0 4k", "write -f -P 68 0 4k", "discard 0 4k"}) {
            assertThat(QemuIo.run(service.uri("bad"), command).refused()).contains("Input/output error");
        }
        try (NbdClient client = NbdClient.connect(NbdAddress.parse("unix:" + service.socket()), "bad")) {
            assertThatThrownBy(client::flush).isInstanceOf(NbdException.class);
        }
        assertThat(ServiceProcess.command(
                                "set",
                                "create",
                                "bad",
                                "--state",
                                service.stateDirectory().toString())
                        .exitCode())
                .as("a set of a failed volume")
                .isEqualTo(5);
        QemuIo.scribble(service.uri("good"), model.live("good"), random, 20);
        service.kill();
        service.restart();
        assertThat(service.volume("bad").state()).as("after a restart").isEqualTo(VolumeView.State.FAILED);
        assertThat(QemuIo.run(service.uri("bad"), "write -P 68 0 4k").refused()).contains("Input/output error");
        model.verify(workspace, service);

        assertThat(service.ask(client -> client.clearVolume("bad")).state()).isEqualTo(VolumeView.State.ONLINE);
        QemuIo.run(service.uri("bad"), "write -P 85 2M 1M", "flush").ok();
        model.live("bad").fill(2 * MIB, MIB, 85);
        model.cut(service, "after", "bad", "good");
        QemuIo.run(service.uri("bad"), "write -P 86 2M 1M", "flush").ok();
        model.live("bad").fill(2 * MIB, MIB, 86);
        model.verify(workspace, service);
        service.stop();
    }

    @Test
    void writeWithFuaFailsWhenItsForceFails(Workspace workspace) throws IOException {
        Tools.require("nbdkit", "qemu-io");
        Tools.requireFuse();
        Path flushesFail = workspace.path("flushes-fail");
        Mount faulty = faultyDisk(workspace, workspace.path("writes-fail"), flushesFail);
        ServiceProcess service = workspace.service();
        service.ask(client -> client.addVolume("bad", faulty.disk().toString()));
        service.createSet("s", "bad");

        // A first touch with FUA is durable in the staging chain; the origin's failure shows when it is settled.
        Files.createFile(flushesFail);
        QemuIo.run(service.uri("bad"), "write -f -P 1 0 4k").ok();
        awaitState(service, VolumeView.State.FAILED);
        // Clearing forces the origin first, so it is refused as long as that fails.
        assertThat(ServiceProcess.command(
                                "volume",
                                "clear",
                                "bad",
                                "--state",
                                service.stateDirectory().toString())
                        .refused())
                .contains("bad")
                .doesNotContain("\tat ");
        Files.delete(flushesFail);
        service.ask(client -> client.clearVolume("bad"));
        QemuIo.run(service.uri("bad"), "read -P 1 0 4k").ok();

        // A straight write with FUA needs the origin.
        awaitSettled(service);
        Files.createFile(flushesFail);
        assertThat(QemuIo.run(service.uri("bad"), "write -f -P 3 0 4k").refused())
                .contains("Input/output error");
        assertThat(service.volume("bad").state()).isEqualTo(VolumeView.State.FAILED);
        Files.delete(flushesFail);
        service.ask(client -> client.clearVolume("bad"));
        QemuIo.run(service.uri("bad"), "write -f -P 2 0 4k", "read -P 2 0 4k").ok();
        Model.requireSame(workspace, service.uri("bad@s"), Image.zeros(4 * MIB));
    }

    private static void awaitState(ServiceProcess service, VolumeView.State state) {
        Tools.await("bad is " + state, () -> service.volume("bad").state() == state);
    }

    private static void awaitSettled(ServiceProcess service) {
        Tools.await("all of bad is in its origin", () -> service.volume("bad").unsettledBytes() == 0);
    }

    /** Shows a disk of 4 MiB as a file whose writes and flushes fail while these files exist. */
    private static Mount faultyDisk(Workspace workspace, Path writesFail, Path flushesFail) {
        Path disk = workspace.sparseFile("disk", "4M");
        Path socket = workspace.path("nbdkit.sock");
        Running nbdkit = workspace.start(
                "nbdkit",
                "--foreground",
                "--unix",
                socket.toString(),
                "--filter=error",
                "eval",
                "get_size=stat -Lc %s " + disk,
                "pread=dd if=" + disk + " skip=$4 count=$3 iflag=count_bytes,skip_bytes status=none",
                "pwrite=dd of=" + disk + " seek=$4 conv=notrunc oflag=seek_bytes status=none",
                "flush=if [ -e " + flushesFail + " ]; then echo EIO the disk does not flush >&2; exit 1; fi",
                "error=EIO",
                "error-pwrite-rate=100%",
                "error-pwrite-file=" + writesFail);
        Tools.await("nbdkit", () -> Files.exists(socket) || !nbdkit.isAlive());
        return workspace.fuse("nbd+unix:///?socket=" + socket, "faulty");
    }
}
