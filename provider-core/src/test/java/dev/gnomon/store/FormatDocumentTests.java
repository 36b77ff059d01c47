/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.snapshot.CopyOnWriteEngine;
import dev.gnomon.snapshot.Engine.Allocation;
import dev.gnomon.snapshot.EngineConfig;
import dev.gnomon.snapshot.SetRequest;
import dev.gnomon.testkit.SimWorld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The worked example of docs/format.md is what the engine writes, byte for byte; the test prints what it should be. */
class FormatDocumentTests {
    private static final Path STORE = Path.of("/store");
    private static final Path DOCUMENT = Path.of("..", "docs", "format.md");

    @Test
    void theWorkedExampleIsWhatTheEngineWrites() throws Exception {
        StringBuilder dump = new StringBuilder();
        SimWorld world = new SimWorld(1);
        world.run(() -> {
            try {
                CopyOnWriteEngine engine = CopyOnWriteEngine.open(
                        new EngineConfig(new StoreConfig(STORE, 16 << 10, 64 << 10, 32 << 10)),
                        world.storage(),
                        world.clock(),
                        world.scheduler(),
                        world.random());
                engine.createVolume("data", Path.of("/data.img"), 1 << 20, Allocation.SPARSE);
                write(engine, 0, (byte) 'a');
                engine.createSet(new SetRequest(List.of("data"), "nightly", Map.of("by", "docs")));
                write(engine, 0, (byte) 'b');
                write(engine, 20480, (byte) 'c');
                engine.close();
                dump(dump, world.storage(), "staging-table", 65536, 4096);
                dump(dump, world.storage(), "staging-00", 0, 4096);
                dump(dump, world.storage(), "superblock", 0, 4096);
                dump(dump, world.storage(), "segment-00000000", 0, 4096);
                dump(dump, world.storage(), "segment-00000000", 4096, 4096);
                dump(dump, world.storage(), "segment-00000000", 8192, 4096);
                dump(dump, world.storage(), "segment-00000000", 12288, 4096);
                dump(dump, world.storage(), "checkpoint-00000001", 0, 4096);
                dump(dump, world.storage(), "run-00000001", 0, 4096);
                dump(dump, world.storage(), "run-00000001", 4096, 4096);
                dump(dump, world.storage(), "run-00000001", 8192, 4096);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        String document = Files.readString(DOCUMENT);
        assertThat(document).as("docs/format.md must contain:%n%s", dump).contains(dump.toString());
    }

    private static void write(CopyOnWriteEngine engine, long offset, byte fill) {
        ByteBuffer bytes = ByteBuffer.allocate(4096);
        while (bytes.hasRemaining()) {
            bytes.put(fill);
        }
        Objects.requireNonNull(engine.liveVolume("data")).write(offset, bytes.flip(), true, status -> {});
    }

    /** Prints a block as hexdump -C does, lines of zeros left out. */
    private static void dump(StringBuilder to, Storage storage, String name, long offset, int length)
            throws IOException {
        to.append("```\n").append(name).append(" at ").append(offset).append('\n');
        ByteBuffer block = ByteBuffer.allocate(length);
        try (StorageFile file = storage.open(STORE.resolve(name), Storage.Mode.READ_ONLY)) {
            file.read(block, offset);
        }
        for (int at = 0; at < length; at += 16) {
            StringBuilder hex = new StringBuilder();
            StringBuilder text = new StringBuilder();
            boolean zeros = true;
            for (int i = at; i < at + 16; i++) {
                int value = Byte.toUnsignedInt(block.get(i));
                zeros &= value == 0;
                hex.append(String.format(Locale.ROOT, "%02x ", value));
                text.append(value >= 0x20 && value < 0x7f ? (char) value : '.');
            }
            if (!zeros) {
                to.append(String.format(Locale.ROOT, "%04x  %s |%s|%n", at, hex, text));
            }
        }
        to.append("```\n");
    }
}
