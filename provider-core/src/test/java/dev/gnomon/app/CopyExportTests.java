/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.cli.LocalCommands.ExportOptions;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.server.ShortTempDirectories;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.os.OsClock;
import dev.gnomon.io.os.OsStorage;
import dev.gnomon.protocol.nbd.NbdAddress;
import dev.gnomon.protocol.nbd.NbdLimits;
import dev.gnomon.protocol.nbd.NbdServer;
import dev.gnomon.testkit.MemoryExport;
import dev.gnomon.testkit.Xoshiro256;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Exports of a shadow copy to a file: whole and under its name, or not there at all. */
@Timeout(60)
class CopyExportTests {
    private static final int SIZE = (20 << 20) + 512;

    @TempDir(factory = ShortTempDirectories.class)
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Path folder;

    private final MemoryExport copy = new MemoryExport("data@n", SIZE, true);

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private NbdServer server;

    @SuppressWarnings("NullAway.Init") // Set before each test.
    private NbdAddress address;

    @BeforeEach
    void start() throws IOException {
        server = new NbdServer(MemoryExport.exports(copy), NbdLimits.defaults(), new OsClock());
        address = server.listen(new NbdAddress.Unix(folder.resolve("s")));
    }

    @AfterEach
    void close() {
        server.close();
    }

    private CopyExport export(Path target, long size) {
        return new CopyExport(
                new OsStorage(), new ExportOptions(address.toString(), "data@n", size, target, Optional.empty()));
    }

    @Test
    void theFileHoldsWhatTheCopyHoldsAndItsHoles() throws Exception {
        byte[] noise = new byte[3 << 20];
        Xoshiro256 random = new Xoshiro256(7);
        for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) (1 + random.nextInt(255));
        }
        copy.put(4096, noise);
        copy.put(SIZE - 3, new byte[] {1, 2, 3});
        Path target = folder.resolve("out.img");
        List<Long> told = new ArrayList<>();

        long data = export(target, SIZE).run(told::add);

        assertThat(Files.readAllBytes(target)).isEqualTo(copy.copy(0, SIZE));
        assertThat(data).isEqualTo(noise.length + 512L);
        assertThat(((Number) Files.getAttribute(target, "unix:nlink")).intValue())
                .isEqualTo(1);
        assertThat(told).isSorted().endsWith((long) SIZE);
        assertThat(names()).containsExactly("out.img", "s");
    }

    @Test
    void nothingThatExistsIsOverwritten() throws Exception {
        Path target = Files.writeString(folder.resolve("out.img"), "kept");
        assertThatThrownBy(() -> export(target, SIZE).run(at -> {}))
                .hasMessage(target + ": exists already; it is not overwritten")
                .extracting("kind")
                .isEqualTo(ErrorKind.WRONG_STATE);
        Path other = folder.resolve("other.img");
        Files.writeString(folder.resolve("other.img.partial"), "kept");
        assertThatThrownBy(() -> export(other, SIZE).run(at -> {}))
                .hasMessageContaining("other.img.partial: exists already; another export is running, or was killed");
        assertThat(names()).containsExactly("other.img.partial", "out.img", "s");
        assertThat(Files.readString(target)).isEqualTo("kept");
    }

    @Test
    void aFileThatComesMeanwhileIsNotOverwrittenEither() throws Exception {
        Path target = folder.resolve("out.img");
        assertThatThrownBy(() -> export(target, SIZE).run(at -> {
                    try {
                        if (Files.notExists(target)) {
                            Files.writeString(target, "kept");
                        }
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                }))
                .hasMessage(target + ": exists already; it came meanwhile and is not overwritten");
        assertThat(Files.readString(target)).isEqualTo("kept");
        assertThat(names()).containsExactly("out.img", "s");
    }

    @Test
    void nothingIsLeftOfAnExportThatFails() throws Exception {
        Path target = folder.resolve("out.img");
        copy.put(0, new byte[] {1});
        assertThatThrownBy(() -> export(target, SIZE - 512).run(at -> {}))
                .hasMessageContaining("the server says that data@n has " + SIZE + " bytes, expected " + (SIZE - 512))
                .extracting("kind")
                .isEqualTo(ErrorKind.FAILED);
        copy.answer(IoStatus.GONE);
        assertThatThrownBy(() -> export(target, SIZE).run(at -> {}))
                .hasMessageContaining("was not exported, and nothing is left: ");
        server.close();
        assertThatThrownBy(() -> export(target, SIZE).run(at -> {}))
                .hasMessageContaining("cannot reach the NBD server");
        assertThat(names()).isEmpty();
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> String.valueOf(file.getFileName()))
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }
}
