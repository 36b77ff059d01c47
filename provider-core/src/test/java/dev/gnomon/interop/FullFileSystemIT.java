/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.VolumeView;
import dev.gnomon.testkit.Xoshiro256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** File systems that run full, below the diff area and below an origin. */
@Tag("interop")
@Timeout(300)
@ExtendWith(WorkspaceExtension.class)
class FullFileSystemIT {
    private static final int MIB = 1 << 20;
    private static final long SEED = Workspace.SEED + 400;

    @Test
    void fullDiffAreaRefusesFirstTouchesOnlyAndKeepsEveryCopy(Workspace workspace) throws IOException {
        Tools.require("mkfs.ext4", "qemu-io", "nbdcopy");
        Tools.requireMounts();
        Mount small = ext4(workspace, "small", "24M");
        Path state = Files.createDirectory(small.path("state"));
        Tools.run("chmod", "700", state.toString()).ok();
        ServiceProcess service = workspace.service(state, "--segment-size", "2M");
        int size = 32 * MIB;
        Path origin = workspace.path("data.raw");
        service.ask(client -> client.createVolume("data", origin.toString(), size, false));
        service.ask(client -> client.setVolume("data", Map.of("when-full", "refuse")));
        Model model = new Model().with("data", Image.random(size, SEED));
        Tools.run(
                        "nbdcopy",
                        "--flush",
                        model.live("data").writeTo(workspace.path("in")).toString(),
                        service.uri("data"))
                .ok();
        model.cut(service, "one", "data");
        QemuIo.run(service.uri("data"), "write -P 3 0 1M", "flush").ok();
        model.live("data").fill(0, MIB, 3);
        model.cut(service, "two", "data");
        QemuIo.run(service.uri("data"), "write -P 8 0 1M", "flush").ok();
        model.live("data").fill(0, MIB, 8);

        int refusedAt = fillUp(service, model);

        // Whatever was touched since the last cut goes straight to the origin, and everything can be read.
        QemuIo.run(service.uri("data"), "write -P 4 0 1M", "write -f -P 5 1M 64k", "flush")
                .ok();
        model.live("data").fill(0, MIB, 4);
        model.live("data").fill(MIB, 64 << 10, 5);
        assertThat(service.volume("data").state()).isEqualTo(VolumeView.State.ONLINE);
        // More than can have become free since: what was promised to the first refused write may not have been needed.
        int rest = Math.min(6 * MIB, size - refusedAt);
        assertThat(rest).isGreaterThanOrEqualTo(4 * MIB);
        assertThat(QemuIo.run(service.uri("data"), "write -P 9 " + refusedAt + " " + rest)
                        .refused())
                .contains("No space left on device");
        // A refused write may have changed what it could preserve: the client was told, so any mix is legal there.
        adopt(workspace, service, model, refusedAt, rest);
        model.verifyExports(workspace, service);

        service.stop();
        service.restart();
        model.verifyExports(workspace, service);
        QemuIo.run(service.uri("data"), "write -P 6 0 1M", "flush").ok();
        model.live("data").fill(0, MIB, 6);

        // Deleting needs no space of the file system, and without copies nothing needs the diff area.
        service.ask(client -> client.deleteCopy("data@one"));
        model.forget("data@one");
        model.verifyExports(workspace, service);
        model.delete(service, "two");
        QemuIo.scribble(service.uri("data"), model.live("data"), new Xoshiro256(SEED), 20);
        model.verify(workspace, service);
        service.kill();
        service.restart();
        model.verify(workspace, service);
        service.stop();
        Tools.Result check = ServiceProcess.command("check", "--state", state.toString());
        assertThat(check.exitCode()).as(check.toString()).isZero();
    }

    /** Overwrites the volume until the diff area takes no more; returns the offset of the refused MiB. */
    private static int fillUp(ServiceProcess service, Model model) {
        for (int at = MIB; at < model.live("data").sizeBytes(); at += MIB) {
            Tools.Result result = QemuIo.run(service.uri("data"), "write -P 7 " + at + " 1M");
            if (result.exitCode() != 0) {
                assertThat(result.refused()).contains("No space left on device");
                return at;
            }
            model.live("data").fill(at, MIB, 7);
        }
        return Assertions.fail("the diff area took everything that its file system has no room for");
    }

    private static void adopt(Workspace workspace, ServiceProcess service, Model model, int offset, int length)
            throws IOException {
        Path live = workspace.path("live");
        Tools.run("nbdcopy", service.uri("data"), live.toString()).ok();
        Image image = Image.of(live);
        model.live("data").adopt("the refused write", image, offset, length, 7, 9);
        Files.delete(live);
    }

    @Test
    void fullFileSystemOfASparseOriginIsToldToTheClient(Workspace workspace) throws IOException {
        Tools.require("mkfs.ext4", "qemu-io", "nbdcopy");
        Tools.requireMounts();
        Mount small = ext4(workspace, "small", "8M");
        Path filler = Files.write(small.path("filler"), new byte[3 * MIB]);
        ServiceProcess service = workspace.service("--segment-size", "8M");
        int size = 32 * MIB;
        service.ask(client -> client.createVolume("data", small.path("data.raw").toString(), size, true));
        service.createVolume("other", MIB);
        Model model = new Model().with("data", Image.zeros(size)).with("other", Image.zeros(MIB));
        model.cut(service, "empty", "data", "other");
        QemuIo.run(service.uri("data"), "write -P 1 0 1M", "flush").ok();
        model.live("data").fill(0, MIB, 1);

        int refusedAt = fillUp(service, model);
        adopt(workspace, service, model, refusedAt, MIB);
        Tools.await("data is degraded", () -> service.volume("data").state() == VolumeView.State.DEGRADED);
        assertThat(service.volume("data").stateReason()).contains("no space");
        QemuIo.run(service.uri("other"), "write -P 2 0 1M", "flush").ok();
        model.live("other").fill(0, MIB, 2);
        model.verifyExports(workspace, service);

        ControlException full = Assertions.assertThrows(
                ControlException.class,
                () -> service.attempt(client ->
                        client.createVolume("more", small.path("more.raw").toString(), 64L * MIB, false)));
        assertThat(full.kind()).isEqualTo(ErrorKind.DIFF_AREA_FULL);
        assertThat(full.getMessage()).contains("more.raw", "no space");
        assertThat(small.path("more.raw")).doesNotExist();

        // With space again what was acknowledged goes to the origin, and writes are taken.
        Files.delete(filler);
        Tools.await("data is online", () -> service.volume("data").state() == VolumeView.State.ONLINE);
        QemuIo.run(service.uri("data"), "write -P 2 0 1M", "flush").ok();
        model.live("data").fill(0, MIB, 2);
        model.verify(workspace, service);
        service.stop();
        service.restart();
        model.verify(workspace, service);
        service.stop();
    }

    private static Mount ext4(Workspace workspace, String name, String size) {
        Path image = workspace.sparseFile(name + ".img", size);
        Tools.run("mkfs.ext4", "-q", "-F", "-m", "0", "-O", "^has_journal", image.toString())
                .ok();
        return workspace.mount(image, name, "");
    }
}
