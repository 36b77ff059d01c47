/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import java.nio.file.Path;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Two services that want the same state directory or the same origin. */
@Tag("interop")
@Timeout(300)
@ExtendWith(WorkspaceExtension.class)
class SecondOpenerIT {
    private static final int MIB = 1 << 20;

    @Test
    void stateDirectoryInUseIsRefusedAndItsServiceGoesOn(Workspace workspace) {
        Tools.require("qemu-io", "nbdcopy");
        ServiceProcess first = workspace.service();
        first.createVolume("data", MIB);
        Model model = new Model().with("data", Image.zeros(MIB));
        model.cut(first, "a", "data");

        Tools.Result second = ServiceProcess.command(
                "service", "run", "--state", workspace.path("state").toString());

        assertThat(second.exitCode()).isEqualTo(5);
        assertThat(second.err())
                .contains(workspace.path("state").toString(), "in use by process")
                .doesNotContain("\tat ");
        QemuIo.run(first.uri("data"), "write -P 1 0 1M").ok();
        model.live("data").fill(0, MIB, 1);
        model.verify(workspace, first);
        first.stop();
    }

    @Test
    void originInUseIsRefusedToAnotherServiceUntilItsOwnLetsGo(Workspace workspace) throws ControlException {
        Tools.require("qemu-io", "nbdcopy", "losetup");
        ServiceProcess first = workspace.service(workspace.path("first"));
        ServiceProcess second = workspace.service(workspace.path("second"));
        Path origin = first.createVolume("data", MIB);

        refused(second, origin);
        Path link = workspace.path("link.raw");
        Tools.run("ln", origin.toString(), link.toString()).ok();
        refused(second, link);

        first.kill();
        assertThat(second.attempt(client -> client.addVolume("mine", origin.toString()))
                        .sizeBytes())
                .isEqualTo(MIB);
        QemuIo.run(second.uri("mine"), "write -P 1 0 1M").ok();
        // Now the first finds its origin taken: it serves the rest and says why not this one.
        first.restart();
        assertThat(first.volume("data").stateReason()).contains(origin.toString(), "in use");
        assertThat(QemuIo.run(first.uri("data"), "read 0 4k").refused()).isNotBlank();
        Image ones = Image.zeros(MIB);
        ones.fill(0, MIB, 1);
        new Model().with("mine", ones).verify(workspace, second);
    }

    @Test
    void blockDeviceInUseIsRefused(Workspace workspace) {
        Tools.require("losetup", "mkfs.ext4");
        Tools.requireMounts();
        ServiceProcess first = workspace.service(workspace.path("first"));
        ServiceProcess second = workspace.service(workspace.path("second"));
        Path device = workspace.loopDevice(workspace.sparseFile("disk", "4M"));
        first.ask(client -> client.addVolume("device", device.toString()));
        refused(second, device);
        first.stop();

        // A file system that the kernel has mounted is in use, too.
        Tools.run("mkfs.ext4", "-q", "-F", device.toString()).ok();
        Path at = workspace.directory("mounted");
        Tools.run("mount", device.toString(), at.toString()).ok();
        try {
            refused(second, device);
        } finally {
            Tools.run("umount", at.toString()).ok();
        }
        second.stop();
    }

    private static void refused(ServiceProcess service, Path origin) {
        ControlException refusal = Assertions.assertThrows(
                ControlException.class, () -> service.attempt(client -> client.addVolume("mine", origin.toString())));
        assertThat(refusal.kind()).isEqualTo(ErrorKind.REFUSED);
        assertThat(refusal.getMessage()).contains(origin.toString(), "in use");
        assertThat(service.volumeNames()).isEmpty();
    }
}
