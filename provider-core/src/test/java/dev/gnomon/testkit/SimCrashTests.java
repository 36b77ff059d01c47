/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.Storage.Mode;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What a power cut or a kill leaves. */
class SimCrashTests {
    private static final Path FILE = Path.of("/f");
    private static final Path ROOT = Path.of("/");

    private final SimStorage storage = new SimWorld(1).storage();

    private StorageFile durableFile(int sectors) throws IOException {
        StorageFile file = storage.open(FILE, Mode.CREATE_NEW);
        write(file, 0, sectors, 'o');
        file.force();
        storage.syncDirectory(ROOT);
        return file;
    }

    private static void write(StorageFile file, int sector, int count, char fill) throws IOException {
        byte[] bytes = new byte[count * 512];
        Arrays.fill(bytes, (byte) fill);
        file.write(ByteBuffer.wrap(bytes), sector * 512L);
    }

    /** Returns a letter per sector: its fill, or '?' if it is mixed. */
    private static String show(SimImage image) throws IOException {
        SimStorage after = new SimWorld(7, image).storage();
        if (!after.exists(FILE)) {
            return "absent";
        }
        StringBuilder text = new StringBuilder();
        try (StorageFile file = after.open(FILE, Mode.READ_ONLY)) {
            byte[] bytes = new byte[(int) file.sizeBytes()];
            file.read(ByteBuffer.wrap(bytes), 0);
            for (int at = 0; at < bytes.length; at += 512) {
                boolean same = true;
                for (int i = at; i < Math.min(bytes.length, at + 512); i++) {
                    same &= bytes[i] == bytes[at];
                }
                text.append(!same ? '?' : bytes[at] == 0 ? '.' : (char) bytes[at]);
            }
        }
        return text.toString();
    }

    private Set<String> outcomes(Level level, int atom, CrashPoint.Budget budget) throws IOException {
        CrashPoint point = CrashPoint.of(storage.image(), level, atom);
        Set<String> shown = new TreeSet<>();
        for (Survivors choice : point.choices(budget, 5)) {
            shown.add(show(point.image(choice)));
        }
        return shown;
    }

    @Test
    void whatWasForcedSurvivesAndTheRestMayNot() throws IOException {
        StorageFile file = durableFile(4);
        write(file, 1, 1, 'n');
        assertThat(show(storage.image().cutKeepingNone())).isEqualTo("oooo");
        assertThat(show(storage.image().cutKeepingAll())).isEqualTo("onoo");
        file.force();
        assertThat(CrashPoint.of(storage.image(), Level.L1, 512).unforced()).isEmpty();
        assertThat(show(storage.image().cutKeepingNone())).isEqualTo("onoo");
    }

    @Test
    void everySubsetOfSectorsMaySurvive() throws IOException {
        StorageFile file = durableFile(4);
        write(file, 0, 3, 'n');
        assertThat(outcomes(Level.L1, 512, CrashPoint.Budget.FULL))
                .containsExactlyInAnyOrder("oooo", "nooo", "onoo", "oono", "nnoo", "nono", "onno", "nnno");
    }

    @Test
    void ofSeveralWritesToASectorAnyMaySurvive() throws IOException {
        StorageFile file = durableFile(1);
        write(file, 0, 1, 'a');
        write(file, 0, 1, 'b');
        assertThat(outcomes(Level.L1, 512, CrashPoint.Budget.FULL)).containsExactlyInAnyOrder("o", "a", "b");
    }

    @Test
    void largeAtomsAreKeptWholeAtLevelOneAndTornFromLevelTwo() throws IOException {
        StorageFile file = durableFile(16);
        write(file, 4, 8, 'n');
        assertThat(outcomes(Level.L1, 4096, CrashPoint.Budget.FULL))
                .containsExactlyInAnyOrder(
                        "oooooooooooooooo", "oooonnnnnnnnoooo", "oooonnnnoooooooo", "oooooooonnnnoooo");
        assertThat(outcomes(Level.L2, 4096, CrashPoint.Budget.FULL))
                .hasSize(256)
                .contains("oooonoooooonoooo");
    }

    @Test
    void garbageStaysInSectorsBeingWrittenAtLevelThreeAndReachesNeighboursAtLevelFour() throws IOException {
        StorageFile file = durableFile(16);
        write(file, 2, 1, 'n');
        assertThat(outcomes(Level.L2, 512, CrashPoint.Budget.FULL))
                .containsExactlyInAnyOrder("oooooooooooooooo", "oonooooooooooooo");
        assertThat(outcomes(Level.L3, 512, CrashPoint.Budget.FULL))
                .containsExactlyInAnyOrder("oooooooooooooooo", "oonooooooooooooo", "oo?ooooooooooooo");
        assertThat(outcomes(Level.L4, 512, CrashPoint.Budget.FULL))
                .anyMatch(shown ->
                        shown.substring(0, 8).chars().filter(c -> c == '?').count() > 1)
                .allMatch(shown -> shown.endsWith("oooooooo"));
    }

    @Test
    void sizesAreKeptOrLostOnTheirOwn() throws IOException {
        StorageFile file = durableFile(2);
        write(file, 2, 1, 'n');
        assertThat(outcomes(Level.L1, 512, CrashPoint.Budget.FULL)).containsExactlyInAnyOrder("oo", "oon", "oo.");
        file.force();
        file.setSize(512 + 100);
        assertThat(outcomes(Level.L1, 512, CrashPoint.Budget.FULL)).containsExactlyInAnyOrder("oon", "oo");
        file.setSize(1024);
        assertThat(show(storage.image().cutKeepingAll())).isEqualTo("o?");
        assertThat(show(storage.image().cutKeepingNone())).isEqualTo("oon");
    }

    @Test
    void namesAreKeptOrLostUntilTheirDirectoryIsSynced() throws IOException {
        StorageFile file = storage.open(FILE, Mode.CREATE_NEW);
        write(file, 0, 1, 'n');
        file.force();
        assertThat(outcomes(Level.L1, 512, CrashPoint.Budget.FULL)).containsExactlyInAnyOrder("absent", "n");
        storage.syncDirectory(ROOT);
        assertThat(outcomes(Level.L1, 512, CrashPoint.Budget.FULL)).containsExactly("n");
        storage.delete(FILE);
        assertThat(outcomes(Level.L1, 512, CrashPoint.Budget.FULL)).containsExactlyInAnyOrder("absent", "n");
        storage.syncDirectory(ROOT);
        assertThat(outcomes(Level.L1, 512, CrashPoint.Budget.FULL)).containsExactly("absent");
    }

    @Test
    void aRenameIsKeptOrLostAsAWhole() throws IOException {
        StorageFile file = durableFile(1);
        StorageFile other = storage.open(Path.of("/new"), Mode.CREATE_NEW);
        write(other, 0, 1, 'n');
        other.force();
        storage.rename(Path.of("/new"), FILE);
        assertThat(file.sizeBytes()).isEqualTo(512);
        assertThat(outcomes(Level.L1, 512, CrashPoint.Budget.FULL)).containsExactlyInAnyOrder("o", "n");
        storage.syncDirectory(ROOT);
        assertThat(outcomes(Level.L1, 512, CrashPoint.Budget.FULL)).containsExactly("n");
    }

    @Test
    void filesOfALostDirectoryAreLost() throws IOException {
        storage.createDirectories(Path.of("/d/e"));
        storage.open(Path.of("/d/e/f"), Mode.CREATE_NEW).close();
        storage.syncDirectory(Path.of("/d/e"));
        SimStorage after = new SimWorld(1, storage.image().cutKeepingNone()).storage();
        assertThat(after.list(ROOT)).isEmpty();
        storage.syncDirectory(Path.of("/d"));
        storage.syncDirectory(ROOT);
        after = new SimWorld(1, storage.image().cutKeepingNone()).storage();
        assertThat(after.list(Path.of("/d/e"))).containsExactly("f");
    }

    @Test
    void aKillKeepsTheCacheAndReleasesLocksAndStaysInTheSameBoot() throws IOException {
        StorageFile file = durableFile(2);
        assertThat(file.tryLock()).isTrue();
        write(file, 0, 1, 'n');
        SimImage killed = storage.image().killed();
        assertThat(show(killed)).isEqualTo("no");
        SimStorage after = new SimWorld(2, killed).storage();
        assertThat(after.bootId()).isEqualTo(storage.bootId());
        StorageFile again = after.open(FILE, Mode.READ_WRITE);
        assertThat(again.tryLock()).isTrue();
        assertThat(show(after.image().cutKeepingNone())).isEqualTo("oo");
        again.force();
        assertThat(show(after.image().cutKeepingNone())).isEqualTo("no");
        assertThat(new SimWorld(2, after.image().cutKeepingNone()).storage().bootId())
                .isNotEqualTo(storage.bootId());
    }

    @Test
    void inTheMiddleOfAWriteAKillLeavesALeadingPartAndAPowerCutAnyPart() throws IOException {
        Set<String> kills = new TreeSet<>();
        Set<String> cuts = new TreeSet<>();
        for (int seed = 0; seed < 60; seed++) {
            SimStorage fresh = new SimWorld(seed).storage();
            StorageFile file = fresh.open(FILE, Mode.CREATE_NEW);
            write(file, 0, 3, 'o');
            file.force();
            fresh.syncDirectory(ROOT);
            List<SimImage> middle = new ArrayList<>();
            fresh.listen(event -> {
                if (event.phase() == IoEvent.Phase.MIDDLE) {
                    middle.add(fresh.image());
                }
            });
            write(file, 0, 3, 'n');
            kills.add(show(middle.getFirst().killed()));
            CrashPoint point = CrashPoint.of(middle.getFirst(), Level.L1, 512);
            for (Survivors choice : point.choices(CrashPoint.Budget.FULL, seed)) {
                cuts.add(show(point.image(choice)));
            }
            assertThat(show(fresh.image().killed())).isEqualTo("nnn");
        }
        assertThat(kills).containsExactlyInAnyOrder("ooo", "noo", "nno", "nnn");
        assertThat(cuts).hasSize(8);
    }

    @Test
    void whatAKillCutOffNeverArrives() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            SimStorage fresh = new SimWorld(seed).storage();
            StorageFile file = fresh.open(FILE, Mode.CREATE_NEW);
            write(file, 0, 3, 'o');
            List<SimImage> middle = new ArrayList<>();
            fresh.listen(event -> {
                if (event.phase() == IoEvent.Phase.MIDDLE) {
                    middle.add(fresh.image().killed());
                }
            });
            write(file, 1, 5, 'n');
            SimImage killed = middle.getFirst();
            SimStorage after = new SimWorld(seed, killed).storage();
            try (StorageFile again = after.open(FILE, Mode.READ_WRITE)) {
                again.force();
                after.syncDirectory(ROOT);
            }
            assertThat(show(after.image().cutKeepingAll())).isEqualTo(show(killed));
        }
    }

    @Test
    void imagesDoNotChangeWhileTheStorageGoesOn() throws IOException {
        StorageFile file = durableFile(2);
        write(file, 0, 1, 'n');
        SimImage image = storage.image();
        long hash = image.cutKeepingAll().durableHash();
        write(file, 0, 2, 'x');
        file.force();
        storage.delete(FILE);
        assertThat(show(image.cutKeepingAll())).isEqualTo("no");
        assertThat(image.cutKeepingAll().durableHash()).isEqualTo(hash);
    }

    @Test
    void theHashTellsDifferentImagesApartAndEqualOnesNot() throws IOException {
        StorageFile file = durableFile(3);
        Set<Long> hashes = new HashSet<>();
        hashes.add(storage.image().durableHash());
        write(file, 0, 1, 'n');
        assertThat(hashes.add(storage.image().durableHash())).isFalse();
        assertThat(hashes.add(storage.image().cutKeepingAll().durableHash())).isTrue();
        write(file, 0, 1, 'o');
        assertThat(hashes.add(storage.image().cutKeepingAll().durableHash())).isFalse();
        write(file, 1, 1, 'n');
        assertThat(hashes.add(storage.image().cutKeepingAll().durableHash())).isTrue();
        file.setSize(100);
        assertThat(hashes.add(storage.image().cutKeepingAll().durableHash())).isTrue();
    }

    @Test
    void choicesAreDistinctDeterministicAndBounded() throws IOException {
        StorageFile file = durableFile(64);
        write(file, 0, 64, 'n');
        CrashPoint point = CrashPoint.of(storage.image(), Level.L3, 512);
        List<Survivors> choices = point.choices(CrashPoint.Budget.SMALL, 9);
        assertThat(choices).doesNotHaveDuplicates().hasSizeBetween(20, 60);
        assertThat(point.choices(CrashPoint.Budget.SMALL, 9)).isEqualTo(choices);
        assertThat(point.choices(CrashPoint.Budget.SMALL, 10)).isNotEqualTo(choices);
        assertThat(point.unforced()).hasSize(64);
    }
}
