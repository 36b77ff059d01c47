/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Runs programs of the system, each with a deadline. */
final class Tools {
    /** Long enough for any single program of these tests on a slow machine that is shared with others. */
    static final Duration DEADLINE = Duration.ofMinutes(2);

    private static final long POLL_MS = 20;
    private static final List<Path> ADMINISTRATOR_FOLDERS = List.of(Path.of("/usr/sbin"), Path.of("/sbin"));
    private static final Pattern VERSION = Pattern.compile("\\d+\\.\\d+(\\.\\d+)?");

    private Tools() {}

    /**
     * How a program ended.
     *
     * @param out its standard output
     * @param err its standard error
     */
    record Result(String line, int exitCode, String out, String err) {
        /** Fails the test unless the program ended with 0; returns its standard output. */
        String ok() {
            assertThat(exitCode).as(toString()).isZero();
            return out;
        }

        /** Fails the test if the program ended with 0; returns all that it printed. */
        String refused() {
            assertThat(exitCode).as(toString()).isNotZero();
            return out + err;
        }

        @Override
        public String toString() {
            return line + "\nended with " + exitCode + "\n" + out + err;
        }
    }

    /** Skips the test, with the reason, if a program is not installed. */
    static void require(String... programs) {
        for (String program : programs) {
            assumeTrue(find(program) != null, "the program " + program + " is not installed");
        }
    }

    /** Skips the test, with the reason, if it may not mount file systems and attach loop devices. */
    static void requireMounts() {
        assumeTrue(System.getProperty("user.name", "").equals("root"), "mounting needs root");
        assumeTrue(Files.exists(Path.of("/dev/loop-control")), "this machine has no loop devices");
    }

    /** Skips the test, with the reason, if it may not serve files by FUSE. */
    static void requireFuse() {
        require("nbdfuse", "fusermount3");
        assumeTrue(Files.isWritable(Path.of("/dev/fuse")), "/dev/fuse is not there or not open to this user");
    }

    /** Runs a program to its end within {@link #DEADLINE}. */
    static Result run(String... words) {
        return Running.start(List.of(words)).result(DEADLINE);
    }

    /** Runs a program to its end within {@link #DEADLINE}. */
    static Result run(List<String> words) {
        return Running.start(words).result(DEADLINE);
    }

    /** Waits until something is so, and fails the test if it is not within {@link #DEADLINE}. */
    static void await(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + DEADLINE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - end)
                    .as("past the deadline for: " + what)
                    .isNegative();
            pause(POLL_MS);
        }
    }

    /** Lets time pass, where the moment of an event is to be arbitrary. */
    static void pause(long milliseconds) {
        try {
            assertThat(new CountDownLatch(1).await(milliseconds, TimeUnit.MILLISECONDS))
                    .isFalse();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns where a program is, or null if it is not installed. */
    static @Nullable Path find(String program) {
        List<Path> folders = new ArrayList<>();
        for (String folder :
                System.getenv().getOrDefault("PATH", "/usr/bin:/bin").split(":", -1)) {
            folders.add(Path.of(folder));
        }
        folders.addAll(ADMINISTRATOR_FOLDERS);
        for (Path folder : folders) {
            Path candidate = folder.resolve(program);
            if (Files.isExecutable(candidate)) {
                return candidate;
            }
        }
        return null;
    }

    /** Returns the version that each installed program tells, by name. */
    static Map<String, String> versions() {
        Map<String, String> versions = new TreeMap<>();
        for (String program :
                List.of("nbdcopy", "nbdkit", "qemu-img", "fio", "nbd-client", "mkfs.ext4", "mkfs.xfs", "ntfs-3g")) {
            if (find(program) != null) {
                Result result = run(program, program.startsWith("mkfs") ? "-V" : "--version");
                Matcher matcher = VERSION.matcher(result.out() + result.err());
                versions.put(program, matcher.find() ? matcher.group() : "of unknown version");
            }
        }
        return versions;
    }
}
