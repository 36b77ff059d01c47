/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.testkit.Xoshiro256;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Other people's NBD clients on live volumes and shadow copies. */
@Tag("interop")
@Timeout(300)
@ExtendWith(WorkspaceExtension.class)
class ClientsIT {
    private static final int MIB = 1 << 20;
    private static final long SEED = Workspace.SEED;

    @Test
    void nbdinfoTellsSizesFlagsAndAllocation(Workspace workspace) {
        Tools.require("nbdinfo", "nbd-client");
        ServiceProcess service = workspace.service();
        service.ask(client -> client.createVolume("sparse", "", 8 * MIB, true));
        service.createVolume("other", MIB);
        QemuIo.run(service.uri("sparse"), "write -P 7 2M 1M").ok();
        service.createSet("first", "sparse");
        QemuIo.run(service.uri("sparse"), "write -P 8 6M 1M").ok();

        for (String uri : List.of(service.uri(""), service.tcpUri(""))) {
            assertThat(Tools.run("nbdinfo", "--list", uri).ok())
                    .contains("export=\"sparse\":", "export=\"sparse@first\":", "export=\"other\":");
        }
        assertThat(Tools.run("nbdinfo", service.tcpUri("sparse")).ok())
                .contains("export-size: 8388608 (8M)", "is_read_only: false", "can_flush: true", "can_fua: true")
                .contains("can_multi_conn: true", "can_trim: true", "can_zero: true", "base:allocation");
        assertThat(Tools.run("nbdinfo", service.uri("sparse@first")).ok())
                .contains("export-size: 8388608 (8M)", "is_read_only: true", "can_trim: false", "can_zero: false");
        assertThat(Tools.run("nbdinfo", "--size", service.uri("other")).ok().strip())
                .isEqualTo("1048576");
        assertThat(map(service.uri("sparse")))
                .containsExactly(
                        "0 2097152 3",
                        "2097152 1048576 0",
                        "3145728 3145728 3",
                        "6291456 1048576 0",
                        "7340032 1048576 3");
        assertThat(map(service.uri("sparse@first"))).contains("2097152 1048576 0");
        assertThat(Tools.run("nbdinfo", service.uri("absent")).refused()).contains("absent");
        assertThat(Tools.run("nbd-client", "-l", "127.0.0.1", Integer.toString(service.port()))
                        .ok()
                        .lines())
                .contains("sparse", "sparse@first", "other");
        assertThat(Tools.run("nbd-client", "-l", "-u", service.socket().toString())
                        .ok()
                        .lines())
                .contains("sparse", "sparse@first", "other");
    }

    /** Returns offset, length and type of each extent. */
    private static List<String> map(String uri) {
        return Tools.run("nbdinfo", "--map", uri)
                .ok()
                .lines()
                .map(line -> line.strip().replaceAll("\\s+", " ").replaceAll("^(\\d+ \\d+ \\d).*", "$1"))
                .toList();
    }

    @Test
    void nbdcopyBringsAnImageInAndAShadowCopyOut(Workspace workspace) {
        Tools.require("nbdcopy", "qemu-io");
        int size = (Workspace.LONG ? 256 : 96) * MIB;
        Image image = Image.random(size, SEED);
        Path file = image.writeTo(workspace.path("image"));
        ServiceProcess service = workspace.service();
        service.createVolume("data", size);
        Model model = new Model().with("data", image);

        Tools.run("nbdcopy", "--flush", file.toString(), service.tcpUri("data")).ok();
        model.cut(service, "whole", "data");
        // Over itself: every piece is a first touch, by four connections at once.
        Image second = Image.random(size, SEED + 1);
        Path secondFile = second.writeTo(workspace.path("second"));
        Tools.run("nbdcopy", "--flush", "--connections=4", secondFile.toString(), service.uri("data"))
                .ok();
        model.with("data", second);
        model.verify(workspace, service);

        // From a shadow copy to a volume of the same service.
        service.createVolume("back", size);
        Tools.run("nbdcopy", "--flush", service.uri("data@whole"), service.uri("back"))
                .ok();
        model.with("back", image);
        service.stop();
        service.restart();
        model.verify(workspace, service);
        assertThat(Tools.run("nbdcopy", secondFile.toString(), service.uri("data@whole"))
                        .refused())
                .isNotBlank();
        model.verify(workspace, service);
    }

    @Test
    void qemuImgConvertsComparesAndMaps(Workspace workspace) {
        Tools.require("qemu-img", "qemu-io");
        int size = 32 * MIB;
        Image image = Image.random(size, SEED + 2);
        image.fill(4 * MIB, 8 * MIB, 0);
        Path file = image.writeTo(workspace.path("image"));
        ServiceProcess service = workspace.service();
        service.createVolume("data", size);
        Model model = new Model().with("data", image);
        String live = service.tcpUri("data");
        String unix = service.uri("data");

        Tools.run("qemu-img", "convert", "-n", "-f", "raw", "-O", "raw", file.toString(), live)
                .ok();
        Tools.run("qemu-img", "compare", "-f", "raw", "-F", "raw", file.toString(), unix)
                .ok();
        model.cut(service, "a", "data");
        QemuIo.run(unix, "write -P 9 1M 3M", "write -z 20M 1M").ok();
        image.fill(MIB, 3 * MIB, 9);
        image.fill(20 * MIB, MIB, 0);
        Tools.run("qemu-img", "compare", "-f", "raw", "-F", "raw", file.toString(), service.tcpUri("data@a"))
                .ok();
        assertThat(Tools.run("qemu-img", "compare", "-f", "raw", "-F", "raw", unix, service.uri("data@a"))
                        .exitCode())
                .as("live volume and shadow copy differ")
                .isEqualTo(1);
        Path qcow = workspace.path("copy.qcow2");
        Tools.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", service.uri("data@a"), qcow.toString())
                .ok();
        Tools.run("qemu-img", "compare", "-f", "raw", "-F", "qcow2", file.toString(), qcow.toString())
                .ok();
        assertThat(Tools.run("qemu-img", "info", "--output=json", "-f", "raw", unix)
                        .ok())
                .contains("\"virtual-size\": " + size);
        assertThat(Tools.run("qemu-img", "map", "--output=json", "-f", "raw", unix)
                        .ok())
                .contains("\"start\": 0", "\"data\": true");
        model.verify(workspace, service);
    }

    @Test
    void qemuIoWritesInEveryWayOnVolumesWithShadowCopies(Workspace workspace) {
        Tools.require("qemu-io", "nbdcopy");
        ServiceProcess service = workspace.service("--segment-size", "8M");
        Xoshiro256 random = new Xoshiro256(SEED + 3);
        Model model = new Model();
        for (String name : List.of("data", "log")) {
            service.createVolume(name, 16 * MIB);
            model.with(name, Image.zeros(16 * MIB));
        }
        for (int round = 0; round < (Workspace.LONG ? 12 : 4); round++) {
            for (String name : List.of("data", "log")) {
                String uri = random.percent(50) ? service.uri(name) : service.tcpUri(name);
                QemuIo.scribble(uri, model.live(name), random, 40);
            }
            model.cut(service, "round-" + round, "data", "log");
            if (round >= 3) {
                model.delete(service, "round-" + (round - 2));
            }
        }
        QemuIo.scribble(service.uri("data"), model.live("data"), random, 40);
        model.verify(workspace, service);

        String refused =
                QemuIo.run(service.uri("data@round-2"), "write -P 1 0 4k").refused();
        assertThat(refused).contains("Permission denied");
        service.kill();
        service.restart();
        model.verify(workspace, service);
    }

    @Test
    void discardLeavesShadowCopiesAsTheyWere(Workspace workspace) {
        Tools.require("qemu-io", "nbdcopy");
        ServiceProcess service = workspace.service();
        service.createVolume("data", 8 * MIB);
        Model model = new Model().with("data", Image.zeros(8 * MIB));
        QemuIo.run(service.uri("data"), "write -P 5 0 8M", "flush").ok();
        model.live("data").fill(0, 8 * MIB, 5);
        model.cut(service, "before", "data");

        QemuIo.run(service.uri("data"), "discard 1M 2M", "discard 4097k 3k", "flush")
                .ok();

        // A discarded range may read as before or as zeros; the origin and the client agree on it.
        Image origin = Image.of(Path.of(service.volume("data").origin()));
        Model.requireSame(workspace, service.uri("data"), origin);
        model.live("data").adopt("discarded", origin, MIB, 2 * MIB, 0);
        model.live("data").adopt("discarded", origin, 4097 << 10, 3 << 10, 0);
        model.verify(workspace, service);
        QemuIo.run(service.uri("data"), "write -P 6 1M 2M", "write -P 6 4M 8k").ok();
        model.live("data").fill(MIB, 2 * MIB, 6);
        model.live("data").fill(4 * MIB, 8 << 10, 6);
        model.verify(workspace, service);
    }

    @Test
    void fioVerifiesWhatItWroteWhileSetsAreTaken(Workspace workspace) {
        Tools.require("fio", "nbdcopy");
        ServiceProcess service = workspace.service("--segment-size", "16M");
        int size = (Workspace.LONG ? 256 : 32) * MIB;
        Path origin = service.createVolume("data", size);
        Running fio = workspace.start(
                "fio",
                "--name=verify",
                "--ioengine=nbd",
                "--uri=" + service.uri("data"),
                "--rw=randwrite",
                "--bsrange=4k-64k",
                "--bs_unaligned=0",
                "--size=" + size,
                "--iodepth=16",
                "--verify=crc32c",
                "--do_verify=1",
                "--verify_fatal=1",
                "--verify_state_save=0",
                "--randseed=" + (SEED & Integer.MAX_VALUE),
                "--fsync=64",
                "--loops=2");
        int sets = 0;
        while (fio.isAlive() && sets < 6) {
            service.createSet("during-" + sets++, "data");
            Tools.pause(100);
        }
        String log =
                fio.result(Tools.DEADLINE.multipliedBy(Workspace.LONG ? 10 : 1)).ok();
        assertThat(log).contains("err= 0");
        assertThat(sets).isPositive();

        Model model = new Model().with("data", Image.of(origin));
        // What a copy holds that was taken under load is known from its first reading on.
        for (int i = 0; i < sets; i++) {
            Path first = workspace.path("first-" + i);
            Tools.run("nbdcopy", service.uri("data@during-" + i), first.toString())
                    .ok();
        }
        QemuIo.run(service.uri("data"), "write -P 1 0 " + size, "flush").ok();
        model.live("data").fill(0, size, 1);
        for (int i = 0; i < sets; i++) {
            Model.requireSame(workspace, service.uri("data@during-" + i), Image.of(workspace.path("first-" + i)));
        }
        Model.requireSame(workspace, service.uri("data"), model.live("data"));
        model.live("data").requireSame("origin", origin);
    }
}
