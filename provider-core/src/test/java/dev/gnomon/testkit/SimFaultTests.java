/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gnomon.io.NoSpaceException;
import dev.gnomon.io.Storage.Mode;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each fault does what it says and nothing else. */
class SimFaultTests {
    private static final Path FILE = Path.of("/f");
    private static final int SECTORS = 16;

    private final SimWorld world = new SimWorld(3);
    private final SimStorage storage = world.storage();

    @SuppressWarnings("NullAway.Init")
    private StorageFile file;

    @BeforeEach
    void makeAFileOfOldSectors() throws IOException {
        file = storage.open(FILE, Mode.CREATE_NEW);
        write(0, SECTORS, 'o');
        file.force();
        storage.syncDirectory(Path.of("/"));
    }

    private void write(int sector, int count, char fill) throws IOException {
        byte[] bytes = new byte[count * 512];
        Arrays.fill(bytes, (byte) fill);
        file.write(ByteBuffer.wrap(bytes), sector * 512L);
    }

    private static String letters(byte[] bytes) {
        StringBuilder text = new StringBuilder();
        for (int at = 0; at < bytes.length; at += 512) {
            text.append((char) bytes[at]);
        }
        return text.toString();
    }

    private String cached() throws IOException {
        byte[] bytes = new byte[8 * 512];
        file.read(ByteBuffer.wrap(bytes), 0);
        return letters(bytes);
    }

    private String around() throws IOException {
        byte[] bytes = new byte[8 * 512];
        file.readAroundCache(ByteBuffer.wrap(bytes), 0);
        return letters(bytes);
    }

    private String afterPowerCut() throws IOException {
        SimStorage after = new SimWorld(1, storage.image().cutKeepingAll()).storage();
        byte[] bytes = new byte[8 * 512];
        try (StorageFile again = after.open(FILE, Mode.READ_ONLY)) {
            again.read(ByteBuffer.wrap(bytes), 0);
        }
        return letters(bytes);
    }

    @Test
    void anErrorStrikesOnceAndDoesNothing() throws IOException {
        storage.inject(FaultRule.on(IoKind.WRITE).file("f").skip(1).then(new Fault.IoError()));
        write(0, 1, 'a');
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> write(1, 1, 'b'))
                .withMessageContaining("Input/output error");
        write(2, 1, 'c');
        assertThat(cached()).isEqualTo("aocooooo");
    }

    @Test
    void rulesMatchByFileRangeAndIndex() throws IOException {
        storage.inject(FaultRule.on(IoKind.READ).file("other").then(new Fault.IoError()));
        FaultRule range =
                storage.inject(FaultRule.on(IoKind.READ).range(4096, 1).always().then(new Fault.IoError()));
        assertThat(cached()).isEqualTo("oooooooo");
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> file.read(ByteBuffer.allocate(5000), 0));
        storage.clear(range);
        file.read(ByteBuffer.allocate(5000), 0);
        storage.inject(FaultRule.at(storage.ioCount() + 1).then(new Fault.IoError()));
        cached();
        assertThatExceptionOfType(IOException.class).isThrownBy(this::cached);
        cached();
    }

    @Test
    void aFullDiskStaysFullUntilCleared() throws IOException {
        FaultRule full =
                storage.inject(FaultRule.when(event -> event.kind() == IoKind.WRITE || event.kind() == IoKind.ALLOCATE)
                        .always()
                        .then(new Fault.NoSpace()));
        assertThatExceptionOfType(NoSpaceException.class).isThrownBy(() -> write(0, 1, 'a'));
        assertThatExceptionOfType(NoSpaceException.class).isThrownBy(() -> file.allocate(0, 1 << 20));
        assertThat(file.sizeBytes()).isEqualTo(SECTORS * 512);
        storage.clear(full);
        write(0, 1, 'a');
        assertThat(cached()).isEqualTo("aooooooo");
    }

    @Test
    void aShortWriteLeavesALeadingPart() throws IOException {
        storage.inject(FaultRule.on(IoKind.WRITE).then(new Fault.ShortWrite(2, true)));
        assertThatExceptionOfType(NoSpaceException.class).isThrownBy(() -> write(0, 4, 'n'));
        assertThat(cached()).isEqualTo("nnoooooo");
        file.force();
        assertThat(afterPowerCut()).isEqualTo("nnoooooo");
    }

    @Test
    void aFailedForceMayShowNewPagesThatAreNotOnTheDevice() throws IOException {
        write(0, 2, 'n');
        storage.inject(FaultRule.on(IoKind.FORCE).then(new Fault.ForceFails(Fault.Pages.SHOWN_NEW, 0)));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> file.force());
        assertThat(cached()).isEqualTo("nnoooooo");
        assertThat(around()).isEqualTo("oooooooo");
        file.force();
        assertThat(afterPowerCut()).isEqualTo("oooooooo");
        write(3, 1, 'd');
        file.dropCache();
        assertThat(cached()).isEqualTo("ooodoooo");
    }

    @Test
    void aFailedForceMayBringTheOldPagesBack() throws IOException {
        write(0, 2, 'n');
        storage.inject(FaultRule.on(IoKind.FORCE).then(new Fault.ForceFails(Fault.Pages.OLD_BACK, 0)));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> file.force());
        assertThat(cached()).isEqualTo("oooooooo");
        assertThat(afterPowerCut()).isEqualTo("oooooooo");
    }

    @Test
    void aFailedForceMayBeReportedLate() throws IOException {
        write(0, 2, 'n');
        storage.inject(FaultRule.on(IoKind.FORCE).then(new Fault.ForceFails(Fault.Pages.REPORTED_LATE, 0)));
        file.force();
        assertThat(afterPowerCut()).isEqualTo("oooooooo");
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> file.force());
        file.force();
    }

    @Test
    void aFailedForceMayHaveWrittenAPart() throws IOException {
        write(0, 8, 'n');
        storage.inject(FaultRule.on(IoKind.FORCE).then(new Fault.ForceFails(Fault.Pages.SHOWN_NEW, 50)));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> file.force());
        assertThat(afterPowerCut()).contains("n").contains("o");
    }

    @Test
    void aLyingForceIsMadeGoodByAnHonestOne() throws IOException {
        write(0, 1, 'n');
        storage.inject(FaultRule.on(IoKind.FORCE).then(new Fault.LyingForce()));
        file.force();
        assertThat(CrashPoint.of(storage.image(), Level.L1, 512).unforced()).hasSize(1);
        file.force();
        assertThat(CrashPoint.of(storage.image(), Level.L1, 512).unforced()).isEmpty();
    }

    @Test
    void aForceCoversOnlyWhatWasWrittenBeforeItBegan() {
        storage.inject(FaultRule.on(IoKind.FORCE).then(new Fault.Stall(TimeUnit.SECONDS.toNanos(30))));
        List<String> log = new ArrayList<>();
        world.run(() -> {
            try {
                write(0, 1, 'a');
                var task = world.scheduler().start("writer", () -> {
                    try {
                        world.scheduler().sleep(TimeUnit.SECONDS.toNanos(1));
                        write(1, 1, 'b');
                        log.add("written during the force");
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });
                file.force();
                log.add("forced");
                task.join();
                SimImage left = storage.image().cutKeepingNone();
                byte[] bytes = new byte[1024];
                new SimWorld(1, left).storage().open(FILE, Mode.READ_ONLY).read(ByteBuffer.wrap(bytes), 0);
                assertThat(letters(bytes)).isEqualTo("ao");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        assertThat(log).containsExactly("written during the force", "forced");
        assertThat(world.clock().nanoTime()).isGreaterThan(TimeUnit.SECONDS.toNanos(30));
    }

    @Test
    void aMisdirectedWriteIsSeenOnceTheCacheIsGone() throws IOException {
        storage.inject(FaultRule.on(IoKind.WRITE).then(new Fault.Misdirect(4 * 512)));
        write(1, 1, 'n');
        assertThat(cached()).isEqualTo("onoooooo");
        assertThat(around()).isEqualTo("ooooonoo");
        file.force();
        assertThat(afterPowerCut()).isEqualTo("ooooonoo");
    }

    @Test
    void aLostWriteIsSeenOnceTheCacheIsGone() throws IOException {
        storage.inject(FaultRule.on(IoKind.WRITE).then(new Fault.LoseWrite()));
        write(1, 1, 'n');
        file.force();
        assertThat(cached()).isEqualTo("onoooooo");
        file.dropCache();
        assertThat(cached()).isEqualTo("oooooooo");
    }

    @Test
    void aBitFlipsOnReadOnWriteAndAtRest() throws IOException {
        storage.inject(FaultRule.on(IoKind.READ).then(new Fault.FlipBit(512 * 8 + 1)));
        assertThat(cached()).isEqualTo("omoooooo");
        assertThat(cached()).isEqualTo("oooooooo");
        storage.inject(FaultRule.on(IoKind.WRITE).then(new Fault.FlipBit(0)));
        write(2, 1, 'n');
        assertThat(cached()).isEqualTo("oonooooo");
        assertThat(around()).isEqualTo("oooooooo");
        file.force();
        assertThat(afterPowerCut()).isEqualTo("oooooooo");
        storage.flipBit(FILE, 1);
        assertThat(cached()).startsWith("m");
        assertThat(afterPowerCut()).startsWith("m");
    }

    @Test
    void aStaleReadShowsWhatIsDurable() throws IOException {
        write(0, 1, 'n');
        storage.inject(FaultRule.on(IoKind.READ).then(new Fault.StaleRead()));
        assertThat(cached()).isEqualTo("oooooooo");
        assertThat(cached()).isEqualTo("nooooooo");
    }

    @Test
    void anyErrorCanBeThrown() {
        storage.inject(FaultRule.on(IoKind.READ).then(new Fault.Throw(() -> new OutOfMemoryError("simulated"))));
        assertThatExceptionOfType(OutOfMemoryError.class).isThrownBy(this::cached);
    }

    @Test
    void aFaultThatMeansNothingIsAMistakeOfTheTest() {
        storage.inject(FaultRule.on(IoKind.READ).then(new Fault.LyingForce()));
        assertThatIllegalArgumentException().isThrownBy(this::cached);
    }

    @Test
    void theListenerSeesWritesTwiceAndAllElseOnce() throws IOException {
        List<Long> indexes = new ArrayList<>();
        storage.listen(event -> indexes.add(event.index()));
        write(0, 2, 'a');
        file.force();
        storage.listen(null);
        long first = indexes.getFirst();
        assertThat(indexes).containsExactly(first, first, first + 1);
    }
}
