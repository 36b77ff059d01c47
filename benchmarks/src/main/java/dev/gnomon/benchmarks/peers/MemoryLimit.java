/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A memory cgroup, page cache included, for one server; version 1 or 2, what the machine has. Source: the kernel's
 * documentation, "Memory Resource Controller" and "Control Group v2".
 */
record MemoryLimit(Path group) implements AutoCloseable {
    private static final Path ROOT = Path.of("/sys/fs/cgroup");
    private static final String CONTROLLERS = "cgroup.controllers";

    /** Makes one; root only. */
    static MemoryLimit create(String name, long bytes) throws BenchFailure {
        boolean unified = Files.exists(ROOT.resolve(CONTROLLERS));
        Path parent = unified ? ROOT : ROOT.resolve("memory");
        Path group = parent.resolve("gnomon-bench-" + ProcessHandle.current().pid() + "-" + name);
        try {
            if (unified) {
                Files.writeString(parent.resolve("cgroup.subtree_control"), "+memory");
            }
            Files.createDirectory(group);
            Files.writeString(group.resolve(unified ? "memory.max" : "memory.limit_in_bytes"), Long.toString(bytes));
            return new MemoryLimit(group);
        } catch (IOException e) {
            throw new BenchFailure(group + ": cannot limit memory there: " + e, e);
        }
    }

    /** Returns what comes before a command so that it runs in the group. */
    List<String> prefix() {
        return List.of("sh", "-c", "echo $$ >" + group.resolve("cgroup.procs") + " && exec \"$@\"", "sh");
    }

    /** Removes it; all its processes must have ended. */
    @Override
    public void close() throws BenchFailure {
        try {
            Files.deleteIfExists(group);
        } catch (IOException e) {
            throw new BenchFailure(group + ": cannot be removed: " + e, e);
        }
    }
}
