/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io.os;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.gnomon.io.Storage.Mode;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** A read or write of a file is one system call, by the count that Linux keeps of this thread. */
@EnabledOnOs(OS.LINUX)
class SystemCallsTests {
    private static final Path OWN_COUNTS = Path.of("/proc/thread-self/io");
    private static final int ROUNDS = 100;

    @TempDir
    private Path directory;

    private record Counts(long reads, long writes) {
        Counts since(Counts earlier) {
            return new Counts(reads - earlier.reads, writes - earlier.writes);
        }
    }

    private interface Step {
        void run(long offsetBytes) throws IOException;
    }

    @BeforeEach
    void requireCounts() {
        assumeTrue(Files.isReadable(OWN_COUNTS), "this system counts no system calls of threads: " + OWN_COUNTS);
    }

    private static Counts counts() throws IOException {
        long reads = -1;
        long writes = -1;
        for (String line : Files.readAllLines(OWN_COUNTS)) {
            reads = line.startsWith("syscr: ") ? Long.parseLong(line.substring(7)) : reads;
            writes = line.startsWith("syscw: ") ? Long.parseLong(line.substring(7)) : writes;
        }
        return new Counts(reads, writes);
    }

    /** Returns what a step costs, without what the counting does. */
    private static Counts cost(Step step) throws IOException {
        step.run(0); // what is done once only
        Counts begin = counts();
        Counts counting = counts().since(begin);
        Counts before = counts();
        for (int i = 0; i < ROUNDS; i++) {
            step.run(4096L * i);
        }
        Counts all = counts().since(before);
        return new Counts(all.reads - counting.reads, all.writes - counting.writes);
    }

    @Test
    void aReadOrWriteOfAnySizeIsOneCall() throws IOException {
        try (StorageFile file = new OsStorage().open(directory.resolve("a"), Mode.CREATE_NEW)) {
            file.setSize(4 << 20);
            for (int bytes : new int[] {512, 4096, 64 << 10, 1 << 20}) {
                ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
                Counts write = cost(offset -> file.write(buffer.clear(), offset));
                assertThat(write).as("writes of " + bytes).isEqualTo(new Counts(0, ROUNDS));
                Counts read = cost(offset -> file.read(buffer.clear(), offset));
                assertThat(read).as("reads of " + bytes).isEqualTo(new Counts(ROUNDS, 0));
            }
        }
    }

    @Test
    void soItIsWhereSmallWritesAreExpected() throws IOException {
        try (StorageFile file = new OsStorage().open(directory.resolve("a"), Mode.CREATE_NEW)) {
            file.setSize(4 << 20);
            file.expectSmallWrites();
            for (int bytes : new int[] {4096, 1 << 20}) {
                ByteBuffer buffer = ByteBuffer.allocateDirect(bytes);
                Counts write = cost(offset -> file.write(buffer.clear(), offset));
                assertThat(write).as("writes of " + bytes).isEqualTo(new Counts(0, ROUNDS));
                Counts read = cost(offset -> file.read(buffer.clear(), offset));
                assertThat(read).as("reads of " + bytes).isEqualTo(new Counts(ROUNDS, 0));
            }
        }
    }
}
