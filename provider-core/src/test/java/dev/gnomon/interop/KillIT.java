/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.testkit.Xoshiro256;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * {@code kill -9} of the service while programs write, again and again on the same store. One program knows what was
 * acknowledged, and that must be there; another writes many at once, so that much is under way when the end comes.
 */
@Tag("kills")
@Timeout(10_000)
@ExtendWith(WorkspaceExtension.class)
class KillIT {
    private static final int MIB = 1 << 20;
    private static final int SIZE = 8 * MIB;
    private static final long SEED = Workspace.SEED + 500;
    private static final int KILLS = Workspace.LONG ? 500 : 20;

    /** qemu-io prints this for a request only once it was acknowledged. */
    private static final Pattern ACKNOWLEDGED = Pattern.compile("wrote \\d+/\\d+ bytes at offset (\\d+)");

    private static final int SLOT_BYTES = 16 << 10;

    @Test
    void whatWasAcknowledgedIsThereAndCopiesAreUnchanged(Workspace workspace) {
        Tools.require("qemu-io", "fio", "nbdcopy");
        ServiceProcess service = workspace.service("--segment-size", "4M");
        service.createVolume("data", SIZE);
        service.createVolume("load", SIZE);
        Model model = new Model().with("data", Image.zeros(SIZE)).with("load", Image.zeros(SIZE));
        Xoshiro256 random = new Xoshiro256(SEED);
        List<String> sets = new ArrayList<>();
        long acknowledged = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            String set = "set-" + kill;
            model.cut(service, set, "data", "load");
            sets.add(set);
            int value = 1 + kill % 250;
            List<Integer> slots = new ArrayList<>();
            Running fio = load(workspace, service, random);
            Running writer = writer(workspace, service, random, slots, value);
            Tools.pause(150 + random.nextInt(400));
            service.kill();
            fio.result(Tools.DEADLINE);
            int done = acknowledged(writer.result(Tools.DEADLINE).out());
            service.restart();

            // Of the requests in order: those acknowledged are there, the next one perhaps, the rest not sent.
            for (int slot : slots.subList(0, done)) {
                model.live("data").fill((long) slot * SLOT_BYTES, SLOT_BYTES, value);
            }
            if (done < slots.size()) {
                model.live("data")
                        .adopt(
                                "the write in flight",
                                read(workspace, service.uri("data")), // the origin may lag behind the chain
                                slots.get(done) * SLOT_BYTES,
                                SLOT_BYTES,
                                value);
            }
            acknowledged += done;
            // What is there of the load nobody knows beforehand; from here on it must not change, nor may its copies.
            model.with("load", read(workspace, service.uri("load")));
            model.verify(workspace, service);
            if (sets.size() > 3) {
                model.delete(service, sets.removeFirst());
            }
        }
        assertThat(acknowledged).as("writes acknowledged before a kill").isPositive();
        service.stop();
        Tools.Result check = ServiceProcess.command(
                "check", "--state", service.stateDirectory().toString());
        assertThat(check.exitCode()).as(check.toString()).isZero();
        System.out.println("FIGURE kills: " + KILLS + " kills under load, " + acknowledged
                + " acknowledged writes of qemu-io found again");
    }

    private static Image read(Workspace workspace, String uri) {
        Path file = workspace.path("load-now");
        Tools.run("nbdcopy", uri, file.toString()).ok();
        return Image.of(file);
    }

    private static Running load(Workspace workspace, ServiceProcess service, Xoshiro256 random) {
        return workspace.start(
                "fio",
                "--name=load",
                "--ioengine=nbd",
                "--uri=" + service.tcpUri("load"),
                "--rw=randwrite",
                "--bs=4k",
                "--size=" + SIZE,
                "--iodepth=16",
                "--randseed=" + random.nextInt(1 << 20),
                "--fsync=32",
                "--time_based",
                "--runtime=30");
    }

    /** Writes slots one after the other and tells of each when it was acknowledged. */
    private static Running writer(
            Workspace workspace, ServiceProcess service, Xoshiro256 random, List<Integer> slots, int value) {
        List<String> words = new ArrayList<>(List.of("stdbuf", "-oL", "qemu-io", "-f", "raw"));
        for (int i = 0; i < 900; i++) {
            int slot = random.nextInt(SIZE / SLOT_BYTES);
            slots.add(slot);
            words.add("-c");
            words.add("write -P " + value + " " + (long) slot * SLOT_BYTES + " " + SLOT_BYTES);
        }
        words.add(service.uri("data"));
        return workspace.start(words.toArray(String[]::new));
    }

    private static int acknowledged(String out) {
        return (int) ACKNOWLEDGED.matcher(out).results().count();
    }
}
