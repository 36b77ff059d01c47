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

import dev.gnomon.testkit.ManualClock;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class DiskDismountsTests {
    private static final long MIB = 1 << 20;
    private static final UUID DATA = new UUID(1, 1);
    private static final UUID LOGS = new UUID(1, 2);

    private final FakeDisks disks = new FakeDisks();
    private final ManualClock clock = new ManualClock();
    private final Dismounts dismounts = new DiskDismounts(
            disks,
            () -> List.of(DiskVolumeLocatorTests.volume(DATA, "data"), DiskVolumeLocatorTests.volume(LOGS, "logs")),
            clock,
            new InlineScheduler(clock));

    DiskDismountsTests() {
        disks.volume(FOREIGN, 0, MIB, MIB);
        disks.volume(V, 3, MIB, MIB);
        disks.disk(0);
        disks.disk(3);
    }

    @Test
    void volumeIsLockedThenDismountedUntilClosed() throws Exception {
        Dismounts.Dismounted dismounted = dismounts.dismount(V.toUpperCase(Locale.ROOT), "data");

        assertThat(disks.log).containsExactly("lock " + V, "dismount " + V);
        assertThat(disks.locked).containsExactly(V);
        assertThat(dismounted.mayCutOffClients()).isTrue();
        dismounted.close();
        dismounted.close();
        assertThat(disks.locked).isEmpty();
        assertThat(disks.opened).isZero();
    }

    @Test
    void allVolumesOfTheDiskAreLockedBeforeAnyIsDismounted() throws Exception {
        disks.volume(W, 0, MIB, MIB, 3, 8 * MIB, MIB);
        try (Dismounts.Dismounted dismounted = dismounts.dismount(V, "data")) {
            assertThat(dismounted.mayCutOffClients()).isTrue();
            assertThat(disks.log).containsExactly("lock " + V, "lock " + W, "dismount " + V, "dismount " + W);
        }
        assertThat(disks.locked).isEmpty();

        disks.log.clear();
        disks.busy.put(W, Integer.MAX_VALUE);
        assertMounted(V, W + " is in use and cannot be locked: error 5");
        assertThat(disks.log).doesNotContain("dismount " + V);
    }

    @Test
    void volumeThatIsInUseIsTriedAgain() throws Exception {
        disks.busy.put(V, 3);
        long begun = clock.nanoTime();
        dismounts.dismount(V, "data").close();

        assertThat(clock.nanoTime() - begun).isEqualTo(750_000_000L);
        assertThat(disks.log).containsExactly("lock " + V, "lock " + V, "lock " + V, "lock " + V, "dismount " + V);
    }

    @Test
    void volumeThatStaysInUseIsGivenUpInTime() {
        disks.busy.put(V, Integer.MAX_VALUE);
        long begun = clock.nanoTime();
        assertMounted(V, V + " is in use and cannot be locked: error 5");

        assertThat(clock.nanoTime() - begun).isEqualTo(DiskDismounts.MOST_LOCK_NANOS);
        assertThat(disks.log).hasSize(21).doesNotContain("dismount " + V);
    }

    @Test
    void volumeThatCannotBeDismountedStaysAsItWas() {
        disks.dismounts.put(V, 50);
        assertMounted(V, V + " cannot be dismounted: error 50");
    }

    @Test
    void volumeThatIsNotHereOrOnNoDiskIsLeftToTheEngine() throws Exception {
        try (Dismounts.Dismounted dismounted = dismounts.dismount(W, "data")) {
            assertThat(dismounted.mayCutOffClients()).isFalse();
        }
        disks.volume(V);
        try (Dismounts.Dismounted dismounted = dismounts.dismount(V, "data")) {
            assertThat(dismounted.mayCutOffClients()).isFalse();
        }
        assertThat(disks.log).isEmpty();
        assertThat(disks.opened).isZero();
    }

    @Test
    void diskThatIsAnotherVolumeOfGnomonIsRefused() throws Exception {
        disks.disk(3, ofVolume(DATA));
        dismounts.dismount(V, "data").close();
        disks.disk(3, ofVolume(LOGS));
        assertMounted(V, V + " is now on the disk of " + LOGS);
    }

    @Test
    void whatCannotBeToldCountsAsMounted() {
        assertMounted("", "volume GUID path \"\": expected \\\\?\\Volume{GUID}\\");
        disks.extents.put(FOREIGN, most -> FakeDisks.error(5));
        assertMounted(V, V + ": whether it is mounted cannot be told: disk extents: error 5");
        // An empty drive lies on no disk of ours.
        disks.extents.put(FOREIGN, most -> FakeDisks.error(21));
        disks.extents.put(V, most -> FakeDisks.error(21));
        assertMounted(V, V + ": whether it is mounted cannot be told: it does not say which disk it lies on");
    }

    @Test
    void emptyDriveOfTheHostIsNoHindrance() throws Exception {
        disks.extents.put(FOREIGN, most -> FakeDisks.error(21));
        try (Dismounts.Dismounted dismounted = dismounts.dismount(V, "data")) {
            assertThat(dismounted.mayCutOffClients()).isTrue();
        }
    }

    private void assertMounted(String guidPath, String message) {
        assertThatThrownBy(() -> dismounts.dismount(guidPath, "data"))
                .isInstanceOf(Dismounts.MountedException.class)
                .hasMessage(message);
        assertThat(disks.locked).isEmpty();
        assertThat(disks.opened).isZero();
    }
}
