/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.CopyView.OverlayState;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.Request.OverlayStep;
import dev.gnomon.testkit.Xoshiro256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Other programs write to overlays of shadow copies. */
@Tag("interop")
@Timeout(600)
@ExtendWith(WorkspaceExtension.class)
class OverlayIT {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 8 * MIB;
    private static final long SEED = Workspace.SEED + 700;
    private static final int KILLS = Workspace.LONG ? 40 : 4;
    private static final Pattern ACKNOWLEDGED = Pattern.compile("wrote \\d+/\\d+ bytes at offset (\\d+)");
    private static final int SLOT_BYTES = 4 << 10;

    @Test
    void aFileSystemThatWasInUseIsRepairedInTheOverlayOfItsCopyAndNowhereElse(Workspace workspace) throws IOException {
        Tools.require("mkfs.ext4", "e2fsck", "dumpe2fs", "nbdcopy");
        Tools.requireFuse();
        Tools.requireMounts();
        ServiceProcess service = workspace.service();
        service.createVolume("fs", 48 * MIB);
        try (Mount fuse = workspace.fuse(service.uri("fs"), "live")) {
            Tools.run("mkfs.ext4", "-q", "-F", "-b", "4096", fuse.disk().toString())
                    .ok();
            try (Mount ext4 = workspace.mount(fuse.disk(), "ext4", "")) {
                Files.writeString(ext4.path("before"), "synced");
                Tools.run("sync", "-f", ext4.at().toString()).ok();
                service.createSet("crash", "fs");
                Files.writeString(ext4.path("after"), "synced too");
                Tools.run("sync", "-f", ext4.at().toString()).ok();
                service.createSet("other", "fs");
            }
        }
        Image crash = image(workspace, service, "fs@crash");
        Image other = image(workspace, service, "fs@other");
        Image live = image(workspace, service, "fs");
        assertThat(features(crash.writeTo(workspace.path("crash.img")))).contains("needs_recovery");

        service.ask(client -> client.overlay("fs@crash", OverlayStep.CREATE));
        Model.requireSame(workspace, service.uri("fs@crash+rw"), crash);
        try (Mount fuse = workspace.fuse(service.uri("fs@crash+rw"), "overlay")) {
            Tools.Result repair = Tools.run("e2fsck", "-fy", fuse.disk().toString());
            assertThat(repair.exitCode()).as(repair.toString()).isIn(0, 1);
            try (Mount ext4 = workspace.mount(fuse.disk(), "overlay-fs", "")) {
                assertThat(Files.readString(ext4.path("before"))).isEqualTo("synced");
                assertThat(ext4.path("after")).doesNotExist();
                Files.writeString(ext4.path("repaired"), "in the overlay");
            }
            refusedWhileConnected(service, OverlayStep.SEAL);
            refusedWhileConnected(service, OverlayStep.DROP);
        }
        Model.requireSame(workspace, service.uri("fs@crash"), crash);
        assertThat(service.ask(client -> client.overlay("fs@crash", OverlayStep.SEAL))
                        .overlay()
                        .state())
                .isEqualTo(OverlayState.SEALED);

        for (int life = 0; life < 2; life++) {
            requireRepaired(workspace, service, life);
            assertThat(Tools.run("nbdinfo", service.uri("fs@crash+rw")).exitCode())
                    .isNotZero();
            Model.requireSame(workspace, service.uri("fs@other"), other);
            Model.requireSame(workspace, service.uri("fs"), live);
            service.kill();
            service.restart();
        }
        service.ask(client -> client.overlay("fs@crash", OverlayStep.DROP));
        Model.requireSame(workspace, service.uri("fs@crash"), crash);
        requireClean(service);
    }

    private static void requireRepaired(Workspace workspace, ServiceProcess service, int life) throws IOException {
        String name = "sealed-" + life;
        try (Mount fuse = workspace.fuse(service.uri("fs@crash"), name, "--readonly")) {
            Tools.run("e2fsck", "-fn", fuse.disk().toString()).ok();
            assertThat(features(fuse.disk())).doesNotContain("needs_recovery");
            try (Mount ext4 = workspace.mount(fuse.disk(), name + "-fs", "ro")) {
                assertThat(Files.readString(ext4.path("repaired"))).isEqualTo("in the overlay");
            }
        }
    }

    private static String features(Path disk) {
        return Tools.run("dumpe2fs", "-h", disk.toString())
                .ok()
                .lines()
                .filter(line -> line.startsWith("Filesystem features:"))
                .findFirst()
                .orElseThrow();
    }

    private static Image image(Workspace workspace, ServiceProcess service, String export) {
        Path file = workspace.path("image-of-" + export);
        Tools.run("nbdcopy", service.uri(export), file.toString()).ok();
        return Image.of(file);
    }

    private static void refusedWhileConnected(ServiceProcess service, OverlayStep step) {
        try {
            service.attempt(client -> client.overlay("fs@crash", step));
        } catch (ControlException e) {
            assertThat(e.kind()).isEqualTo(ErrorKind.REFUSED);
            assertThat(e).hasMessageContaining("fs@crash+rw has").hasMessageContaining("connected");
            return;
        }
        throw new AssertionError(step + " was not refused");
    }

    @Test
    void whatWasAcknowledgedOfAnOverlayIsThereAfterKills(Workspace workspace) {
        Tools.require("qemu-io", "nbdcopy");
        ServiceProcess service = workspace.service("--segment-size", "1M");
        service.createVolume("data", SIZE);
        Xoshiro256 random = new Xoshiro256(SEED);
        Image content = Image.zeros(SIZE);
        QemuIo.scribble(service.uri("data"), content, random, 10);
        Model model = new Model().with("data", content);
        model.cut(service, "s", "data");
        QemuIo.scribble(service.uri("data"), content, random, 10);
        service.ask(client -> client.overlay("data@s", OverlayStep.CREATE));
        Image overlay = image(workspace, service, "data@s");
        String uri = service.uri("data@s+rw");
        QemuIo.scribble(uri, overlay, random, 30);
        long acknowledged = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            int value = 1 + kill % 250;
            List<Integer> slots = new ArrayList<>();
            Running writer = writer(workspace, uri, random, slots, value);
            Tools.pause(150 + random.nextInt(400));
            service.kill();
            int done = (int) ACKNOWLEDGED
                    .matcher(writer.result(Tools.DEADLINE).out())
                    .results()
                    .count();
            service.restart();
            for (int slot : slots.subList(0, done)) {
                overlay.fill((long) slot * SLOT_BYTES, SLOT_BYTES, value);
            }
            if (done < slots.size()) {
                Image found = image(workspace, service, "data@s+rw");
                overlay.adopt("the write in flight", found, slots.get(done) * SLOT_BYTES, SLOT_BYTES, value);
            }
            acknowledged += done;
            Model.requireSame(workspace, uri, overlay);
            model.verify(workspace, service);
        }
        assertThat(acknowledged).as("writes acknowledged before a kill").isPositive();
        assertThat(service.ask(client -> client.copy("data@s")).overlay().bytes())
                .as("rewrites are compacted away")
                .isLessThan(3 * SIZE);
        service.ask(client -> client.overlay("data@s", OverlayStep.SEAL));
        Model.requireSame(workspace, service.uri("data@s"), overlay);
        requireClean(service);
        System.out.println("FIGURE interop: " + KILLS + " kills while an overlay was written to, " + acknowledged
                + " acknowledged writes of qemu-io found again");
    }

    private static Running writer(Workspace workspace, String uri, Xoshiro256 random, List<Integer> slots, int value) {
        List<String> words = new ArrayList<>(List.of("stdbuf", "-oL", "qemu-io", "-f", "raw"));
        for (int i = 0; i < 2000; i++) {
            int slot = random.nextInt(SIZE / SLOT_BYTES);
            slots.add(slot);
            words.add("-c");
            words.add("write -P " + value + " " + (long) slot * SLOT_BYTES + " " + SLOT_BYTES);
        }
        words.add(uri);
        return workspace.start(words.toArray(String[]::new));
    }

    private static void requireClean(ServiceProcess service) {
        service.stop();
        Tools.Result check = ServiceProcess.command(
                "check", "--state", service.stateDirectory().toString());
        assertThat(check.exitCode()).as(check.toString()).isZero();
    }
}
