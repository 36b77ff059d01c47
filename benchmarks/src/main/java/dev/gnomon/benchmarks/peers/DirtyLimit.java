/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How much the whole machine may hold dirty, until it is closed. Source: the kernel's documentation, "/proc/sys/vm",
 * dirty_bytes: writing one of bytes and ratio sets the other to 0.
 */
record DirtyLimit(String oldBytes, String oldRatio) implements AutoCloseable {
    private static final Path BYTES = Path.of("/proc/sys/vm/dirty_bytes");
    private static final Path RATIO = Path.of("/proc/sys/vm/dirty_ratio");

    private static final int VALUE_BYTES_MAX = 64;

    /** Sets it; root only. */
    static DirtyLimit set(long bytes) throws BenchFailure {
        try {
            DirtyLimit limit = new DirtyLimit(value(BYTES), value(RATIO));
            Files.writeString(BYTES, Long.toString(bytes));
            return limit;
        } catch (IOException e) {
            throw new BenchFailure(BYTES + ": cannot be set: " + e, e);
        }
    }

    /**
     * Returns what a file below /proc/sys holds. All at once: the kernel answers a second read of such a file with its end, and
     * {@link Files#readString} asks for a single byte first where a file says that it is empty, as these do.
     */
    static String value(Path file) throws IOException {
        byte[] text = new byte[VALUE_BYTES_MAX];
        try (InputStream in = Files.newInputStream(file)) {
            int length = Math.max(0, in.read(text));
            return new String(text, 0, length, StandardCharsets.US_ASCII).strip();
        }
    }

    @Override
    public void close() throws BenchFailure {
        try {
            if (oldBytes.equals("0")) {
                Files.writeString(RATIO, oldRatio);
            } else {
                Files.writeString(BYTES, oldBytes);
            }
        } catch (IOException e) {
            throw new BenchFailure(BYTES + ": cannot be set back to " + oldBytes + ", ratio " + oldRatio + ": " + e, e);
        }
    }
}
