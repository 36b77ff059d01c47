/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.gnomon.io.Storage;
import dev.gnomon.io.Storage.Mode;
import dev.gnomon.io.StorageContractTests;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The contract on the file system of this machine, and what only a real one has. */
class OsStorageTests extends StorageContractTests {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Override
    protected Storage storage() {
        return new OsStorage();
    }

    @Override
    protected Path directory() {
        return directory;
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void onlyTheOwnerMayOpenWhatWasCreated() throws IOException {
        storage().open(directory.resolve("a"), Mode.CREATE_NEW).close();
        storage().createDirectories(directory.resolve("c/d"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("a"))))
                .isEqualTo("rw-------");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("c/d"))))
                .isEqualTo("rwx------");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aLockSurvivesThatAnotherHandleOfTheProcessIsClosed() throws IOException {
        Path path = directory.resolve("a");
        try (StorageFile file = storage().open(path, Mode.CREATE_NEW)) {
            assertThat(file.tryLock()).isTrue();
            storage().open(path, Mode.READ_ONLY).close();
            Files.readAllBytes(path);
            file.readAroundCache(ByteBuffer.allocate(10), 0);
            try (StorageFile second = storage().open(path, Mode.READ_WRITE)) {
                assertThat(second.tryLock()).isFalse();
            }
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void readersShareTheLockWithEachOtherOnly() throws IOException {
        Path path = directory.resolve("a");
        storage().open(path, Mode.CREATE_NEW).close();
        try (StorageFile one = storage().open(path, Mode.READ_ONLY);
                StorageFile two = storage().open(path, Mode.READ_ONLY);
                StorageFile writer = storage().open(path, Mode.READ_WRITE)) {
            assertThat(one.tryLock()).isTrue();
            assertThat(two.tryLock()).isTrue();
            assertThat(writer.tryLock()).isFalse();
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void everyDescriptorStaysWithTheFileThatWasOpened() throws IOException {
        Path path = directory.resolve("a");
        try (StorageFile file = storage().open(path, Mode.CREATE_NEW)) {
            file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), 0);
            file.force();
            storage().rename(path, directory.resolve("b"));
            Files.write(path, new byte[100]);
            ByteBuffer target = ByteBuffer.allocate(10);
            assertThat(file.readAroundCache(target, 0)).isEqualTo(3);
            assertThat(target.get(1)).isEqualTo((byte) 2);
            storage().delete(directory.resolve("b"));
            file.setSize(1 << 20);
            assertThat(file.sizeBytes()).isEqualTo(1 << 20);
            assertThat(Files.size(path)).isEqualTo(100);
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void specialFilesAreRefused() {
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> storage().open(Path.of("/dev/null"), Mode.READ_WRITE))
                .withMessageContaining("expected a regular file or block device, found a special file");
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void theTextOfAFullDeviceIsRecognised() throws IOException {
        // No block device, so the storage would not open it; what counts is the error text of the class library.
        LinuxCalls calls = java.util.Objects.requireNonNull(LinuxCalls.instance());
        try (FileChannel full = FileChannel.open(Path.of("/dev/full"), StandardOpenOption.WRITE)) {
            assertThatExceptionOfType(IOException.class)
                    .isThrownBy(() -> full.write(ByteBuffer.allocate(1)))
                    .matches(e -> calls.saysNoSpace(String.valueOf(e.getMessage())));
        }
    }
}
