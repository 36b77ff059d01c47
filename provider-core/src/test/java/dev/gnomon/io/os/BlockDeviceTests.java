/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gnomon.io.NoSpaceException;
import dev.gnomon.io.Storage;
import dev.gnomon.io.Storage.Mode;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Files that are block devices; needs root and losetup. */
@EnabledOnOs(OS.LINUX)
class BlockDeviceTests {
    private static final long SIZE = 8 << 20;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private @Nullable Path device;

    private final Storage storage = new OsStorage();

    @BeforeEach
    void attach() throws Exception {
        Path image = directory.resolve("image");
        try (StorageFile file = storage.open(image, Mode.CREATE_NEW)) {
            file.setSize(SIZE);
        }
        String name = null;
        try {
            name = command("losetup", "--find", "--show", image.toString());
        } catch (IOException e) {
            assumeTrue(false, "losetup is missing: " + e.getMessage());
        }
        assumeTrue(name != null, "losetup may not attach a loop device here; it needs root");
        device = Path.of(name);
    }

    @AfterEach
    void detach() throws Exception {
        if (device != null) {
            command("losetup", "--detach", device.toString());
        }
    }

    private static @Nullable String command(String... words) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return process.exitValue() == 0 ? output : null;
    }

    private StorageFile open(Mode mode) throws IOException {
        return storage.open(java.util.Objects.requireNonNull(device), mode);
    }

    @Test
    void bytesGoThroughToTheDevice() throws IOException {
        try (StorageFile file = open(Mode.READ_WRITE)) {
            assertThat(file.sizeBytes()).isEqualTo(SIZE);
            file.write(ByteBuffer.wrap(new byte[] {1, 2, 3}), SIZE - 3);
            file.force();
            file.dropCache();
            ByteBuffer target = ByteBuffer.allocate(8192);
            assertThat(file.readAroundCache(target, SIZE - 4096)).isEqualTo(4096);
            assertThat(target.get(4095)).isEqualTo((byte) 3);
            assertThat(file.read(target.clear(), SIZE - 2)).isEqualTo(2);
            assertThat(file.read(target, SIZE)).isZero();
        }
        byte[] image = Files.readAllBytes(directory.resolve("image"));
        assertThat(image[(int) SIZE - 2]).isEqualTo((byte) 2);
    }

    @Test
    void allOfItIsDataAndThereIsNoMore() throws IOException {
        try (StorageFile file = open(Mode.READ_WRITE)) {
            assertThat(file.nextData(5)).isEqualTo(5);
            assertThat(file.nextHole(5)).isEqualTo(SIZE);
            file.allocate(0, SIZE);
            assertThatExceptionOfType(NoSpaceException.class).isThrownBy(() -> file.allocate(1, SIZE));
            assertThatExceptionOfType(NoSpaceException.class)
                    .isThrownBy(() -> file.write(ByteBuffer.allocate(2), SIZE - 1));
        }
    }

    @Test
    void aLockedDeviceIsRefusedToOthersUnderAnyName() throws Exception {
        Path alias = directory.resolve("alias");
        Path real = java.util.Objects.requireNonNull(device);
        int minor = Integer.parseInt(real.toString().substring("/dev/loop".length()));
        assumeTrue(
                command("mknod", alias.toString(), "b", "7", Integer.toString(minor)) != null,
                "mknod is not permitted here");
        try (StorageFile aliased = storage.open(alias, Mode.READ_WRITE)) {
            try (StorageFile first = open(Mode.READ_WRITE);
                    StorageFile second = open(Mode.READ_WRITE)) {
                assertThat(first.tryLock()).isTrue();
                assertThat(first.tryLock()).isTrue();
                assertThat(second.tryLock()).isFalse();
                assertThat(aliased.tryLock()).isFalse();
            }
            assertThat(aliased.tryLock()).isTrue();
        }
    }

    @Test
    void aDeviceKnowsItsNumberItsGrowthAndTheFileBehindIt() throws Exception {
        Path real = java.util.Objects.requireNonNull(device);
        Path image = directory.resolve("image");
        String below = storage.identity(image).id();
        assertThat(below).startsWith("file ");
        assertThat(storage.identity(real).id()).matches("device 7:[0-9]+");
        assertThat(storage.identity(real).changedNanos()).isZero();
        assertThat(storage.identity(real).lastingId())
                .as("after the next boot it may have another number")
                .isEmpty();
        assertThat(storage.identity(image).lastingId())
                .isEqualTo("inode " + Files.getAttribute(image, "unix:ino"))
                .isNotEqualTo(below);
        assertThat(storage.foundations(real))
                .startsWith(storage.identity(real).id())
                .contains(below);
        assertThat(storage.foundations(image)).doesNotContain(below);
        try (StorageFile file = open(Mode.READ_WRITE);
                StorageFile behind = storage.open(image, Mode.READ_WRITE)) {
            assertThat(file.isDevice()).isTrue();
            assertThat(behind.isDevice()).isFalse();
            assertThat(file.identity()).isEqualTo(storage.identity(real));
            behind.setSize(2 * SIZE);
            assertThat(command("losetup", "--set-capacity", real.toString())).isNotNull();
            assertThat(file.sizeBytes()).isEqualTo(2 * SIZE);
        }
    }
}
