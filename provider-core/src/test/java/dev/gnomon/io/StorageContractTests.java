/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.gnomon.io.Storage.Mode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What every {@link Storage} does. */
public abstract class StorageContractTests {
    /** Returns the storage under test. */
    protected abstract Storage storage() throws IOException;

    /** Returns an existing, empty directory in it. */
    protected abstract Path directory() throws IOException;

    private Path path(String name) throws IOException {
        return directory().resolve(name);
    }

    private StorageFile create(String name) throws IOException {
        return storage().open(path(name), Mode.CREATE_NEW);
    }

    private static byte[] pattern(int length, int seed) {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (seed + i * 31 + (i >> 8));
        }
        return bytes;
    }

    private static byte[] read(StorageFile file, long offset, int length) throws IOException {
        ByteBuffer target = ByteBuffer.allocate(length);
        int count = file.read(target, offset);
        assertThat(target.position()).isEqualTo(count);
        return Arrays.copyOf(target.array(), count);
    }

    @Test
    void aNewFileIsEmpty() throws IOException {
        try (StorageFile file = create("a")) {
            assertThat(file.path()).isEqualTo(path("a"));
            assertThat(file.sizeBytes()).isZero();
            assertThat(read(file, 0, 10)).isEmpty();
            assertThat(read(file, 1L << 40, 10)).isEmpty();
        }
    }

    @Test
    void aPunchedRangeReadsAsZerosAndTheRestStays() throws IOException {
        try (StorageFile file = create("a")) {
            byte[] bytes = pattern(5 * 4096 + 100, 3);
            file.write(ByteBuffer.wrap(bytes), 0);
            if (file.tryPunch(4096, 2 * 4096)) {
                Arrays.fill(bytes, 4096, 3 * 4096, (byte) 0);
            }
            assertThat(file.sizeBytes()).isEqualTo(bytes.length);
            assertThat(read(file, 0, bytes.length)).isEqualTo(bytes);
            assertThat(file.tryPunch(4 * 4096, 2 * 4096)).isFalse(); // ends behind the file
            assertThat(read(file, 0, bytes.length + 1)).isEqualTo(bytes);
            file.force();
            file.write(ByteBuffer.wrap(new byte[] {7}), 4096);
            assertThat(read(file, 4095, 3)).isEqualTo(new byte[] {bytes[4095], 7, bytes[4097]});
        }
        try (StorageFile file = storage().open(path("a"), Mode.READ_ONLY)) {
            assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> file.tryPunch(0, 4096));
        }
    }

    @Test
    void aFileSystemSaysHowMuchItHasLeft() throws IOException {
        assertThat(storage().usableBytes(directory())).isPositive();
    }

    @Test
    void theDeviceOfADirectoryIsThatOfTheOnesInIt() throws IOException {
        Path below = directory().resolve("below");
        storage().createDirectories(below);
        assertThat(storage().deviceOf(below)).isEqualTo(storage().deviceOf(directory()));
    }

    @Test
    void writesAreReadBackAtAnyOffsetAndLength() throws IOException {
        try (StorageFile file = create("a")) {
            byte[] expected = new byte[30_000];
            int seed = 0;
            for (int offset : new int[] {0, 511, 512, 4095, 4096, 4097, 20_001, 100}) {
                byte[] bytes = pattern(1 + offset % 5000, seed++);
                ByteBuffer source = ByteBuffer.wrap(bytes);
                file.write(source, offset);
                assertThat(source.hasRemaining()).isFalse();
                System.arraycopy(bytes, 0, expected, offset, bytes.length);
            }
            int size = (int) file.sizeBytes();
            assertThat(read(file, 0, 30_000)).isEqualTo(Arrays.copyOf(expected, size));
            assertThat(read(file, 4000, 600)).isEqualTo(Arrays.copyOfRange(expected, 4000, 4600));
        }
    }

    @Test
    void buffersOfEitherKindMoveByWhatWasTransferredAndKeepTheirLimits() throws IOException {
        try (StorageFile file = create("a")) {
            ByteBuffer source = ByteBuffer.allocateDirect(100);
            source.put(pattern(100, 1)).position(10).limit(60);
            file.write(source, 0);
            assertThat(source.position()).isEqualTo(60);
            assertThat(file.sizeBytes()).isEqualTo(50);
            ByteBuffer target = ByteBuffer.allocateDirect(100).position(20);
            assertThat(file.read(target, 40)).isEqualTo(10);
            assertThat(target.position()).isEqualTo(30);
            assertThat(target.get(20)).isEqualTo(pattern(100, 1)[50]);
            assertThat(file.read(target, 50)).isZero();
            assertThat(target.position()).isEqualTo(30);
        }
    }

    @Test
    void aWriteBehindTheEndLeavesZerosBetween() throws IOException {
        try (StorageFile file = create("a")) {
            file.write(ByteBuffer.wrap(new byte[] {1}), 0);
            file.write(ByteBuffer.wrap(new byte[] {2}), 9999);
            byte[] expected = new byte[10_000];
            expected[0] = 1;
            expected[9999] = 2;
            assertThat(read(file, 0, 20_000)).isEqualTo(expected);
        }
    }

    @Test
    void readsAroundTheCacheSeeWhatWasWritten() throws IOException {
        try (StorageFile file = create("a")) {
            byte[] bytes = pattern(1_000_001, 3);
            file.write(ByteBuffer.wrap(bytes), 0);
            file.force();
            ByteBuffer target = ByteBuffer.allocate(2_000_000);
            assertThat(file.readAroundCache(target, 4096)).isEqualTo(bytes.length - 4096);
            assertThat(Arrays.copyOf(target.array(), target.position()))
                    .isEqualTo(Arrays.copyOfRange(bytes, 4096, bytes.length));
            ByteBuffer few = ByteBuffer.allocateDirect(77);
            assertThat(file.readAroundCache(few, 8192)).isEqualTo(77);
            assertThat(few.get(76)).isEqualTo(bytes[8192 + 76]);
            assertThat(file.readAroundCache(target.clear(), 4L << 20)).isZero();
            assertThatIllegalArgumentException().isThrownBy(() -> file.readAroundCache(target, 512));
        }
    }

    /** Such a buffer takes what is read without a copy, in several calls, and behind the end of the file as others do. */
    @Test
    void readsAroundTheCacheFillAlignedBuffers() throws IOException {
        try (StorageFile file = create("a")) {
            byte[] bytes = pattern(2_500_001, 4);
            file.write(ByteBuffer.wrap(bytes), 0);
            file.force();
            ByteBuffer target = ByteBuffer.allocateDirect((3 << 20) + 4096).alignedSlice(4096);
            target.position(4096).limit(3 << 20);
            assertThat(file.readAroundCache(target, 8192)).isEqualTo(bytes.length - 8192);
            assertThat(target.position()).isEqualTo(4096 + bytes.length - 8192);
            byte[] read = new byte[bytes.length - 8192];
            target.get(4096, read);
            assertThat(read).isEqualTo(Arrays.copyOfRange(bytes, 8192, bytes.length));
            target.position(0).limit(8192);
            assertThat(file.readAroundCache(target, 4096)).isEqualTo(8192);
            target.get(0, read, 0, 8192);
            assertThat(Arrays.copyOf(read, 8192)).isEqualTo(Arrays.copyOfRange(bytes, 4096, 4096 + 8192));
            assertThat(file.readAroundCache(target.clear().limit(4096), 4L << 20))
                    .isZero();
        }
    }

    @Test
    void aSmallerSizeCutsAndALargerOneAddsZeros() throws IOException {
        try (StorageFile file = create("a")) {
            file.write(ByteBuffer.wrap(pattern(5000, 1)), 0);
            file.setSize(1000);
            assertThat(file.sizeBytes()).isEqualTo(1000);
            file.setSize(6000);
            assertThat(file.sizeBytes()).isEqualTo(6000);
            byte[] expected = Arrays.copyOf(pattern(1000, 1), 6000);
            assertThat(read(file, 0, 7000)).isEqualTo(expected);
        }
    }

    @Test
    void hugeSizesCostNothing() throws IOException {
        try (StorageFile file = create("a")) {
            file.setSize(1L << 40);
            file.write(ByteBuffer.wrap(new byte[] {5}), (1L << 40) - 1);
            assertThat(read(file, (1L << 40) - 2, 10)).isEqualTo(new byte[] {0, 5});
        }
    }

    @Test
    void allocateGrowsAndKeepsWhatIsThere() throws IOException {
        try (StorageFile file = create("a")) {
            file.setSize(10_000);
            file.write(ByteBuffer.wrap(pattern(100, 1)), 5000);
            file.allocate(0, 1 << 20);
            assertThat(file.sizeBytes()).isEqualTo(1 << 20);
            byte[] expected = new byte[1 << 20];
            System.arraycopy(pattern(100, 1), 0, expected, 5000, 100);
            assertThat(read(file, 0, 1 << 20)).isEqualTo(expected);
            file.allocate(10, 10);
            assertThat(file.sizeBytes()).isEqualTo(1 << 20);
            assertThatIllegalArgumentException().isThrownBy(() -> file.allocate(-1, 10));
            assertThatIllegalArgumentException().isThrownBy(() -> file.allocate(0, 0));
        }
    }

    @Test
    void dataAndHolesAreFoundOrEverythingIsData() throws IOException {
        try (StorageFile file = create("a")) {
            file.setSize(8 << 20);
            file.write(ByteBuffer.wrap(pattern(1 << 20, 1)), 2 << 20);
            long data = file.nextData(0);
            long hole = file.nextHole(2 << 20);
            assertThat(data).isIn(0L, 2L << 20);
            if (data == 0) {
                assertThat(hole).isEqualTo(8 << 20);
                assertThat(file.nextData(5)).isEqualTo(5);
            } else {
                assertThat(hole).isEqualTo(3 << 20);
                assertThat(file.nextData(hole)).isEqualTo(8 << 20);
                assertThat(file.nextHole(5)).isEqualTo(5);
                assertThat(file.nextData((2 << 20) + 5)).isEqualTo((2 << 20) + 5);
            }
            assertThat(file.nextData(8 << 20)).isEqualTo(8 << 20);
            assertThat(file.nextHole(8 << 20)).isEqualTo(8 << 20);
        }
    }

    @Test
    void forceAndDropCacheChangeNothingThatIsRead() throws IOException {
        try (StorageFile file = create("a")) {
            file.write(ByteBuffer.wrap(pattern(9000, 1)), 0);
            file.force();
            file.setSize(8000);
            file.force();
            file.dropCache();
            assertThat(read(file, 0, 9000)).isEqualTo(Arrays.copyOf(pattern(9000, 1), 8000));
        }
    }

    @Test
    void opensOnlyWhatItsModePermits() throws IOException {
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> storage().open(path("a"), Mode.READ_WRITE));
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> storage().open(path("a"), Mode.READ_ONLY));
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> storage().open(path("no/a"), Mode.CREATE_NEW));
        create("a").close();
        assertThatExceptionOfType(FileAlreadyExistsException.class).isThrownBy(() -> create("a"));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> storage().open(directory(), Mode.READ_ONLY))
                .withMessageContaining("found a directory");
    }

    @Test
    void aReadOnlyFileRefusesChanges() throws IOException {
        try (StorageFile file = create("a")) {
            file.write(ByteBuffer.wrap(pattern(10, 1)), 0);
        }
        try (StorageFile file = storage().open(path("a"), Mode.READ_ONLY)) {
            assertThat(read(file, 0, 10)).isEqualTo(pattern(10, 1));
            ByteBuffer one = ByteBuffer.allocate(1);
            assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> file.write(one, 0));
            assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> file.setSize(1));
            assertThatExceptionOfType(AccessDeniedException.class).isThrownBy(() -> file.allocate(0, 100));
        }
    }

    @Test
    void aClosedFileFailsAndClosesAgain() throws IOException {
        StorageFile file = create("a");
        file.close();
        file.close();
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> file.read(ByteBuffer.allocate(1), 0));
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> file.write(ByteBuffer.allocate(1), 0));
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(file::force);
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(file::sizeBytes);
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(file::tryLock);
        assertThatExceptionOfType(ClosedChannelException.class).isThrownBy(() -> file.setSize(1));
    }

    @Test
    void negativeOffsetsAreMistakes() throws IOException {
        try (StorageFile file = create("a")) {
            assertThatIllegalArgumentException().isThrownBy(() -> file.read(ByteBuffer.allocate(1), -1));
            assertThatIllegalArgumentException().isThrownBy(() -> file.write(ByteBuffer.allocate(1), -1));
            assertThatIllegalArgumentException().isThrownBy(() -> file.setSize(-1));
        }
    }

    @Test
    void aLockKeepsOutEverySecondWriterAndReader() throws IOException {
        StorageFile first = create("a");
        assertThat(first.tryLock()).isTrue();
        assertThat(first.tryLock()).isTrue();
        try (StorageFile second = storage().open(path("a"), Mode.READ_WRITE);
                StorageFile reader = storage().open(path("a"), Mode.READ_ONLY)) {
            assertThat(second.tryLock()).isFalse();
            assertThat(reader.tryLock()).isFalse();
            first.close();
            assertThat(second.tryLock()).isTrue();
        }
    }

    @Test
    void namesAreListedInOrderAndLookedUp() throws IOException {
        assertThat(storage().list(directory())).isEmpty();
        create("b").close();
        create("a").close();
        storage().createDirectories(path("c/d"));
        assertThat(storage().list(directory())).isEqualTo(List.of("a", "b", "c"));
        assertThat(storage().list(path("c"))).isEqualTo(List.of("d"));
        assertThat(storage().exists(path("a"))).isTrue();
        assertThat(storage().exists(path("c/d"))).isTrue();
        assertThat(storage().exists(path("x"))).isFalse();
        assertThat(storage().exists(path("x/y"))).isFalse();
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> storage().list(path("x")));
    }

    @Test
    void directoriesAreCreatedOnceOnly() throws IOException {
        storage().createDirectories(path("c/d/e"));
        storage().createDirectories(path("c/d/e"));
        assertThat(storage().list(path("c/d"))).isEqualTo(List.of("e"));
        create("f").close();
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> storage().createDirectories(path("f")));
    }

    @Test
    void aDeletedFileIsGoneAndItsNameIsFree() throws IOException {
        create("a").close();
        storage().delete(path("a"));
        assertThat(storage().exists(path("a"))).isFalse();
        create("a").close();
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> storage().delete(path("b")));
        storage().createDirectories(path("c"));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> storage().delete(path("c")))
                .withMessageContaining("found a directory");
    }

    @Test
    void aRenameReplacesItsTarget() throws IOException {
        try (StorageFile file = create("a")) {
            file.write(ByteBuffer.wrap(pattern(10, 1)), 0);
        }
        create("b").close();
        storage().rename(path("a"), path("b"));
        assertThat(storage().list(directory())).isEqualTo(List.of("b"));
        try (StorageFile file = storage().open(path("b"), Mode.READ_ONLY)) {
            assertThat(read(file, 0, 20)).isEqualTo(pattern(10, 1));
        }
        assertThatExceptionOfType(NoSuchFileException.class)
                .isThrownBy(() -> storage().rename(path("a"), path("c")));
    }

    @Test
    void namesAreSyncedAndTheBootIdStays() throws IOException {
        create("a").close();
        storage().syncDirectory(directory());
        assertThat(storage().bootId()).isNotBlank().isEqualTo(storage().bootId());
    }
}
