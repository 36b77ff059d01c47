/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.testkit.Xoshiro256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Origins of every kind: block devices, files beyond 16 TiB, files that were there before. */
@Tag("interop")
@Timeout(300)
@ExtendWith(WorkspaceExtension.class)
class OriginKindsIT {
    private static final int MIB = 1 << 20;
    private static final long TIB = 1L << 40;
    private static final long SEED = Workspace.SEED + 600;

    @Test
    void blockDeviceIsAnOrigin(Workspace workspace) {
        Tools.require("qemu-io", "nbdcopy", "losetup");
        Tools.requireMounts();
        Image image = Image.random(8 * MIB, SEED);
        Path device = workspace.loopDevice(image.writeTo(workspace.path("disk")));
        ServiceProcess service = workspace.service();
        service.ask(client -> client.addVolume("device", device.toString()));
        assertThat(service.volume("device").sizeBytes()).isEqualTo(8 * MIB);
        Model model = new Model().with("device", image);
        model.verify(workspace, service);
        Xoshiro256 random = new Xoshiro256(SEED);
        model.cut(service, "a", "device");
        QemuIo.scribble(service.uri("device"), image, random, 40);
        model.cut(service, "b", "device");
        QemuIo.scribble(service.tcpUri("device"), image, random, 40);
        model.verify(workspace, service);
        service.kill();
        service.restart();
        model.verify(workspace, service);
        service.stop();
    }

    @Test
    void originBeyond16TebibytesIsServedToItsEnd(Workspace workspace) throws IOException {
        Tools.require("mkfs.xfs", "qemu-io", "nbdinfo");
        Tools.requireMounts();
        Path disk = workspace.sparseFile("xfs.img", "512M");
        Tools.run("mkfs.xfs", "-q", disk.toString()).ok();
        Mount xfs = workspace.mount(disk, "xfs", "");
        largest(workspace, xfs.path("huge.raw"));
    }

    @Test
    void originBeyond16TebibytesIsServedFromMemory(Workspace workspace) throws IOException {
        Tools.require("qemu-io", "nbdinfo");
        Tools.requireMounts();
        Mount memory = workspace.memory("memory", "64m");
        largest(workspace, memory.path("huge.raw"));
    }

    /** The largest volume there may be: what lies at both sides of 16 TiB and at the end is not mixed up. */
    private static void largest(Workspace workspace, Path origin) throws IOException {
        long size = 64 * TIB;
        ServiceProcess service = workspace.service("--segment-size", "8M");
        service.ask(client -> client.createVolume("huge", origin.toString(), size, true));
        assertThat(Files.size(origin)).isEqualTo(size);
        String live = service.uri("huge");
        assertThat(Tools.run("nbdinfo", "--size", live).ok().strip()).isEqualTo(Long.toString(size));
        long[] places = {0, 4L << 30, 16 * TIB - 4096, 16 * TIB, 32 * TIB + 4096, size - 65536};
        for (int i = 0; i < places.length; i++) {
            QemuIo.run(live, "write -P " + (i + 1) + " " + places[i] + " 4k", "flush")
                    .ok();
        }
        service.createSet("one", "huge");
        for (int i = 0; i < places.length; i++) {
            QemuIo.run(live, "write -f -P " + (i + 101) + " " + places[i] + " 8k")
                    .ok();
        }
        service.createSet("two", "huge");
        QemuIo.run(live, "write -z " + (size - 65536) + " 64k", "flush").ok();

        for (int life = 0; life < 2; life++) {
            for (int i = 0; i < places.length; i++) {
                boolean last = i == places.length - 1;
                read(live, places[i], last ? 0 : i + 101);
                read(service.uri("huge@one"), places[i], i + 1);
                read(service.uri("huge@two"), places[i], i + 101);
                read(service.uri("huge@two"), places[i] + 4096, i == 2 ? 104 : i + 101);
            }
            read(service.uri("huge@one"), size - 4096, 0);
            // One mapping of everything would ask for 64 TiB in pieces of 4 GiB; the last GiB shows the same.
            service.kill();
            service.restart();
        }
        assertThat(QemuIo.run(live, "write -P 1 " + size + " 512").refused()).isNotBlank();
        service.ask(client -> client.deleteSet("one"));
        service.ask(client -> client.deleteSet("two"));
        service.ask(client -> {
            client.removeVolume("huge");
            return "";
        });
        Files.delete(origin);
        service.stop();
    }

    private static void read(String uri, long offset, int value) {
        Tools.Result result =
                Tools.run("qemu-io", "-r", "-f", "raw", "-c", "read -P " + value + " " + offset + " 4k", uri);
        assertThat(result.ok()).as(uri + " at " + offset).doesNotContain("verification failed");
        WorkspaceExtension.COMPARED.add(4096);
    }
}
