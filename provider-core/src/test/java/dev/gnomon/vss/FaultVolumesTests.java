/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import static dev.gnomon.vss.FakeDisks.ofVolume;
import static dev.gnomon.vss.VssBench.FOREIGN;
import static dev.gnomon.vss.VssBench.V;
import static dev.gnomon.vss.VssBench.W;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.snapshot.VolumeInfo;
import dev.gnomon.testkit.ManualClock;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the volume of {@code fault add} means, with each locator. */
class FaultVolumesTests {
    private static final UUID DATA = UUID.fromString("0b5f0a9e-3f0a-4a6e-9d39-5a0fe1a7c001");
    private static final long MIB = 1 << 20;

    private static List<VolumeInfo> volumes() {
        return List.of(
                DiskVolumeLocatorTests.volume(DATA, "data"), DiskVolumeLocatorTests.volume(new UUID(0, 1), "logs"));
    }

    private static FaultVolumes byTable() {
        return FaultVolumes.of(
                new TableVolumeLocator(List.of(
                        new TableVolumeLocator.Row(V, List.of("V:\\", "C:\\mounts\\v\\"), "data"),
                        new TableVolumeLocator.Row(FOREIGN, List.of("C:\\"), ""))),
                FaultVolumesTests::volumes,
                List::of);
    }

    private static FaultVolumes byDisks() {
        FakeDisks disks = new FakeDisks();
        disks.volume(V, 3, MIB, 60 * MIB);
        disks.disk(3, ofVolume(DATA));
        disks.mountPoints.put("V:\\", V);
        disks.mountPoints.put("C:\\MOUNTS\\V\\", V);
        disks.volume(FOREIGN, 0, MIB, MIB);
        disks.disk(0);
        disks.mountPoints.put("C:\\", FOREIGN);
        return FaultVolumes.of(
                new DiskVolumeLocator(
                        disks, FaultVolumesTests::volumes, event -> {}, new InlineScheduler(new ManualClock())),
                FaultVolumesTests::volumes,
                List::of);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void volumeOfGnomonIsMeantByItsNameThereAndByEachInWindows(boolean byDisks) {
        FaultVolumes known = byDisks ? byDisks() : byTable();

        for (String name : List.of("data", "V:\\", "v:", "c:\\mounts\\v", V, V.toUpperCase(Locale.ROOT))) {
            assertThat(known.chosen(name)).as(name).isEqualTo("data");
        }
        assertThat(known.named(V)).isEqualTo("data");
        assertThat(known.chosen("logs")).as("one that Windows does not have").isEqualTo("logs");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void anotherVolumeIsMeantByItsGuidPathOnly(boolean byDisks) {
        FaultVolumes known = byDisks ? byDisks() : byTable();
        String chosen = known.chosen(FOREIGN.toUpperCase(Locale.ROOT).substring(0, FOREIGN.length() - 1));

        assertThat(known.named(FOREIGN)).isEqualTo(chosen);
        assertThat(known.named(V)).isNotEqualTo(chosen);
        assertThatThrownBy(() -> known.chosen("C:"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("'C:' is not Gnomon's")
                .hasMessageContaining("GUID path");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dta", "Data", "X:\\", "C:\\mounts\\w\\"})
    void nameOfNoVolumeIsRefused(String name) {
        for (FaultVolumes known : List.of(byTable(), byDisks())) {
            assertThatThrownBy(() -> known.chosen(name))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("'" + name + "'")
                    .hasMessageContaining("none of that name in Gnomon");
        }
        assertThatThrownBy(() -> byTable().chosen(W)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void copiesAndSetsBelongToTheirVolumes() {
        VssBench bench = new VssBench();
        UUID copy = new UUID(6, 1);
        bench.bring(VssBench.S, copy, 0, SetState.CREATED);
        FaultVolumes known =
                FaultVolumes.of(name -> new VolumeLocator.Missing(), FaultVolumesTests::volumes, bench.engine::copies);

        assertThat(known.ofCopies(copy)).containsExactly("v");
        assertThat(known.ofCopies(VssBench.S)).containsExactly("v");
        assertThat(known.ofCopies(VssBench.T)).isEmpty();
    }
}
