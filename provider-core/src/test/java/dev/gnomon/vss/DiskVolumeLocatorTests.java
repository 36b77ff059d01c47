/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import static dev.gnomon.vss.FakeDisks.identifier;
import static dev.gnomon.vss.FakeDisks.ofVolume;
import static dev.gnomon.vss.FakeDisks.text;
import static dev.gnomon.vss.VssBench.V;
import static dev.gnomon.vss.VssBench.W;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.snapshot.VolumeInfo;
import dev.gnomon.testkit.ManualClock;
import dev.gnomon.util.VolumeIdentifier;
import dev.gnomon.vss.VolumeLocator.Foreign;
import dev.gnomon.vss.VolumeLocator.Located;
import dev.gnomon.vss.VolumeLocator.Missing;
import dev.gnomon.vss.VolumeLocator.Ours;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiskVolumeLocatorTests {
    private static final UUID DATA = UUID.fromString("0b5f0a9e-3f0a-4a6e-9d39-5a0fe1a7c001");
    private static final UUID LOGS = UUID.fromString("0b5f0a9e-3f0a-4a6e-9d39-5a0fe1a7c002");
    private static final UUID COPY = UUID.fromString("0b5f0a9e-3f0a-4a6e-9d39-5a0fe1a7c003");
    private static final long MIB = 1 << 20;

    private final FakeDisks disks = new FakeDisks();
    private final List<Event> told = new ArrayList<>();
    private final VolumeLocator locator = new DiskVolumeLocator(
            disks,
            () -> List.of(volume(DATA, "data"), volume(LOGS, "logs")),
            told::add,
            new InlineScheduler(new ManualClock()));

    static VolumeInfo volume(UUID id, String name) {
        return new VolumeInfo(
                id, name, "/" + name, 64 * MIB, VolumeInfo.State.ONLINE, "", 1, 0, 0, 0, 0, "", java.util.Map.of());
    }

    @Test
    void volumeIsFoundByEveryNameOfIt() {
        disks.volume(V, 3, MIB, 60 * MIB);
        disks.disk(3, identifier(1, 3, 0, new byte[8]), ofVolume(DATA));
        disks.mountPoints.put("V:\\", V);
        disks.mountPoints.put("C:\\MOUNT\\V\\", V);
        Located ours = new Ours(V, "data");

        assertThat(locator.locate("V:\\")).isEqualTo(ours);
        assertThat(locator.locate("c:\\mount\\v\\")).isEqualTo(ours);
        assertThat(locator.locate(V)).isEqualTo(ours);
        assertThat(locator.locate(V.toUpperCase(Locale.ROOT))).isEqualTo(ours);
        disks.placesByGuid = false;
        assertThat(locator.locate(V)).isEqualTo(ours);
        assertThat(locator.locate(V.toUpperCase(Locale.ROOT))).isEqualTo(ours);
        assertThat(told).isEmpty();
        assertThat(disks.opened).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Q:\\", "C:\\folder\\", W})
    void unknownNameIsMissing(String name) {
        disks.volume(V, 3, MIB, MIB);
        assertThat(locator.locate(name)).isEqualTo(new Missing());
        disks.placesByGuid = false;
        assertThat(locator.locate(name)).isEqualTo(new Missing());
        assertThat(told).isEmpty();
    }

    @Test
    void otherDisksAreForeign() {
        disks.volume(V, 0, MIB, MIB);
        disks.disk(0, identifier(2, 1, 0, text("ATA     DISK")), identifier(1, 3, 0, new byte[16]));
        assertForeign();
        disks.identifiers.put(0, most -> FakeDisks.error(50));
        assertForeign();
        disks.disk(0);
        assertForeign();
        disks.extents.put(V, most -> FakeDisks.error(1));
        assertForeign();
        disks.extents.put(V, most -> FakeDisks.error(21));
        assertForeign();
        disks.volume(V);
        assertForeign();
    }

    @Test
    void diskOfAShadowCopyIsForeign() {
        disks.volume(V, 4, MIB, MIB);
        disks.disk(4, ofVolume(COPY));
        assertForeign();
    }

    @Test
    void volumeOnSeveralExtentsIsForeignEvenIfAllAreOurs() {
        disks.volume(V, 3, MIB, MIB, 4, MIB, MIB);
        disks.disk(3, ofVolume(DATA));
        disks.disk(4, ofVolume(LOGS));
        assertForeign();
    }

    @Test
    void extentsAreAskedForAgainWithMoreRoomAndNotForEver() {
        long[] many = new long[30];
        java.util.Arrays.fill(many, MIB);
        disks.volume(V, many);
        assertForeign();
        disks.extents.put(V, most -> FakeDisks.error(234));
        assertToldOnce("disk extents: more than 4096");
    }

    @Test
    void longPageIsAskedForAgainWithItsSize() {
        disks.volume(V, 3, MIB, MIB);
        disks.disk(3, identifier(1, 3, 0, new byte[9_000]), ofVolume(LOGS));
        assertThat(locator.locate(V)).isEqualTo(new Ours(V, "logs"));

        ByteBuffer lying = FakeDisks.descriptor().putInt(4, 1 << 20);
        disks.identifiers.put(3, most -> FakeDisks.ok(lying));
        assertToldOnce("identifiers of 1048576 bytes; expected at most 262144");
    }

    @Test
    void onlyTheIdentifierOfTheDiskItselfCounts() {
        disks.volume(V, 3, MIB, MIB);
        disks.disk(
                3,
                identifier(2, 1, 1, VolumeIdentifier.of(DATA)),
                identifier(2, 1, 2, VolumeIdentifier.of(DATA)),
                identifier(1, 1, 0, VolumeIdentifier.of(DATA)),
                identifier(2, 8, 0, VolumeIdentifier.of(DATA)),
                identifier(2, 1, 0, text("GNOMON " + DATA)),
                identifier(2, 1, 0, text("gnomon  " + DATA)));
        assertForeign();
    }

    @Test
    void caseAndPaddingDoNotMatter() {
        disks.volume(V, 3, MIB, MIB);
        disks.disk(3, identifier(2, 1, 0, text("GNOMON  " + DATA.toString().toUpperCase(Locale.ROOT) + "  \0\0")));
        assertThat(locator.locate(V)).isEqualTo(new Ours(V, "data"));
    }

    @Test
    void sameIdentifierTwiceIsOneAndTwoAreNone() {
        disks.volume(V, 3, MIB, MIB);
        disks.disk(3, ofVolume(DATA), ofVolume(DATA));
        assertThat(locator.locate(V)).isEqualTo(new Ours(V, "data"));
        disks.disk(3, ofVolume(DATA), ofVolume(LOGS));
        assertToldOnce("expected one of them at most");
    }

    @Test
    void extentBehindTheEndOfTheVolumeIsNotOurs() {
        disks.volume(V, 3, MIB, 63 * MIB);
        disks.disk(3, ofVolume(DATA));
        assertThat(locator.locate(V)).isEqualTo(new Ours(V, "data"));
        disks.volume(V, 3, MIB, 63 * MIB + 1);
        assertToldOnce("is not within its 67108864 bytes");
    }

    @Test
    void whatCannotBeAskedIsForeignAndToldOnce() {
        disks.extents.put(V, most -> FakeDisks.error(5));
        assertToldOnce("disk extents: error 5");
        told.clear();
        disks.volume(W, 9, MIB, MIB);
        assertThat(locator.locate(W)).isEqualTo(new Foreign());
        assertThat(told)
                .singleElement()
                .extracting(Event::message)
                .asString()
                .contains("PhysicalDrive9", "no such disk");
        assertThat(disks.opened).isZero();
    }

    @Test
    void failureOfANameIsForeignToo() {
        DiskVolumes failing = new DiskVolumes() {
            @Override
            public Optional<String> guidPath(String mountPoint) throws IOException {
                throw new IOException("error 5");
            }

            @Override
            public boolean exists(String guidPath) throws IOException {
                throw new IOException("error 5");
            }

            @Override
            public List<String> guidPaths() throws IOException {
                throw new IOException("error 5");
            }

            @Override
            public Optional<Device> open(String device, Access access) throws IOException {
                throw new IOException("error 5");
            }
        };
        VolumeLocator other =
                new DiskVolumeLocator(failing, List::of, told::add, new InlineScheduler(new ManualClock()));
        assertThat(other.locate("X:\\")).isEqualTo(new Foreign());
        for (int i = 0; i < 1_000; i++) {
            assertThat(other.locate("C:\\" + i + "\\")).isEqualTo(new Foreign());
        }
        assertThat(told).hasSize(256);
    }

    @Test
    void nothingThatADriverWritesIsAnException() {
        long seed = 0x5612;
        Random random = new Random(seed);
        for (int i = 0; i < 5_000; i++) {
            byte[] extents = FakeDisks.extents(3, MIB, MIB).array();
            byte[] identifiers = FakeDisks.descriptor(ofVolume(DATA)).array();
            extents[random.nextInt(extents.length)] ^= (byte) (1 << random.nextInt(8));
            identifiers[random.nextInt(identifiers.length)] ^= (byte) (1 << random.nextInt(8));
            disks.extents.put(V, most -> FakeDisks.ok(ByteBuffer.wrap(extents)));
            disks.identifiers.put(3, most -> FakeDisks.ok(ByteBuffer.wrap(identifiers)));
            assertThat(locator.locate(V))
                    .as("seed %d, step %d", seed, i)
                    .isIn(new Foreign(), new Ours(V, "data"), new Ours(V, "logs"));
        }
        assertThat(disks.opened).isZero();
    }

    private void assertForeign() {
        assertThat(locator.locate(V)).isEqualTo(new Foreign());
        assertThat(told).isEmpty();
    }

    private void assertToldOnce(String message) {
        assertThat(locator.locate(V)).isEqualTo(new Foreign());
        assertThat(locator.locate(V)).isEqualTo(new Foreign());
        assertThat(told).singleElement().satisfies(event -> {
            assertThat(event.id()).isEqualTo(EventId.VSS_VOLUME_UNKNOWN);
            assertThat(event.message()).startsWith(V + ": ").contains(message);
        });
    }
}
