/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.client.ControlClient;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What other programs are told about changes since a shadow copy: by libnbd's names, and by QEMU's option. */
@Tag("interop")
@Timeout(300)
@ExtendWith(WorkspaceExtension.class)
class DirtyBitmapIT {
    private static final int MIB = 1 << 20;
    private static final Pattern QEMU_EXTENT =
            Pattern.compile("\"start\": (\\d+), \"length\": (\\d+).*?\"data\": (true|false)");

    /** Returns offset and length of each extent that nbdinfo calls dirty. */
    private static List<String> dirty(String uri, String copy) {
        return Tools.run("nbdinfo", "--map=qemu:dirty-bitmap:" + copy, uri)
                .ok()
                .lines()
                .map(line -> line.strip().replaceAll("\\s+", " "))
                .filter(line -> line.endsWith(" 1 dirty"))
                .map(line -> line.substring(0, line.length() - " 1 dirty".length()))
                .toList();
    }

    /** Returns the same as qemu-img tells it: with this option a set bit stands for "no data". */
    private static List<String> dirtyByQemu(ServiceProcess service, String export, String copy) {
        String json = Tools.run(
                        "qemu-img",
                        "map",
                        "--output=json",
                        "--image-opts",
                        "driver=nbd,server.type=unix,server.path=" + service.socket() + ",export=" + export
                                + ",x-dirty-bitmap=qemu:dirty-bitmap:" + copy)
                .ok();
        List<String> extents = new ArrayList<>();
        for (Matcher extent = QEMU_EXTENT.matcher(json); extent.find(); ) {
            if (extent.group(3).equals("false")) {
                extents.add(extent.group(1) + " " + extent.group(2));
            }
        }
        return extents;
    }

    @Test
    void clientsSeeWhatChangedSinceAnOlderCopy(Workspace workspace) {
        Tools.require("nbdinfo", "qemu-img", "qemu-io");
        ServiceProcess service = workspace.service();
        service.createVolume("data", 16 * MIB);
        QemuIo.run(service.uri("data"), "write -P 1 0 16M", "flush").ok();
        service.createSet("mon", "data");
        QemuIo.run(service.uri("data"), "write -P 2 1M 64k", "write -P 3 5M 100", "flush")
                .ok();
        service.createSet("tue", "data");
        QemuIo.run(service.uri("data"), "write -P 4 1M 4k", "write -z 9M 1M", "flush")
                .ok();

        String monday = "1048576 65536";
        String first = "5242880 4096";
        List<String> toTuesday = List.of(monday, first);
        List<String> sinceMonday = List.of(monday, first, "9437184 1048576");
        List<String> sinceTuesday = List.of("1048576 4096", "9437184 1048576");
        assertThat(dirty(service.uri("data@tue"), "mon")).isEqualTo(toTuesday);
        assertThat(dirty(service.uri("data"), "mon")).isEqualTo(sinceMonday);
        assertThat(dirty(service.tcpUri("data"), "tue")).isEqualTo(sinceTuesday);
        assertThat(dirtyByQemu(service, "data@tue", "mon")).isEqualTo(toTuesday);
        assertThat(dirtyByQemu(service, "data", "mon")).isEqualTo(sinceMonday);
        assertThat(dirtyByQemu(service, "data", "tue")).isEqualTo(sinceTuesday);

        String told = Tools.run("nbdinfo", service.uri("data")).ok();
        assertThat(told).contains("base:allocation", "qemu:dirty-bitmap:mon", "qemu:dirty-bitmap:tue");
        assertThat(Tools.run("nbdinfo", "--map=qemu:dirty-bitmap:tue", service.uri("data@mon"))
                        .refused())
                .as("a newer copy is no baseline")
                .isNotBlank();

        service.kill();
        service.restart();
        assertThat(dirty(service.uri("data@tue"), "mon")).isEqualTo(toTuesday);
        assertThat(dirty(service.uri("data"), "tue")).isEqualTo(sinceTuesday);
        String id = service.ask(client -> client.copy("data@mon")).id().toString();
        assertThat(dirty(service.uri("data@tue"), id)).as("by its id").isEqualTo(toTuesday);
        assertThat(service.ask(client -> client.diff("data@mon", "", 0)).extents().stream()
                        .map(extent -> extent.offsetBytes() + " " + extent.lengthBytes())
                        .toList())
                .isEqualTo(sinceMonday);
        service.ask(DirtyBitmapIT::deleteMonday);
        assertThat(Tools.run("nbdinfo", "--map=qemu:dirty-bitmap:mon", service.uri("data"))
                        .refused())
                .isNotBlank();
        assertThat(dirty(service.uri("data"), "tue")).isEqualTo(sinceTuesday);
    }

    private static String deleteMonday(ControlClient client) throws ControlException {
        return client.deleteCopy("data@mon").exportName();
    }
}
