/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Processor times as Linux counts them, in ticks. Source: proc(5), {@code /proc/stat}, {@code /proc/PID/stat} and
 * {@code /proc/PID/task/TID/stat}.
 */
final class ProcTimes {
    /** USER_HZ, the same on every Linux that a JDK 25 runs on. */
    static final int TICKS_PER_SECOND = 100;

    private static final Path PROC = Path.of("/proc");
    /** Fields of a stat line behind the name in parentheses, counted from 0; proc(5) counts from 1 with two before. */
    private static final int USER_TIME = 11;

    private static final int SYSTEM_TIME = 12;
    private static final int CHILD_USER_TIME = 13;
    private static final int CHILD_SYSTEM_TIME = 14;
    private static final int IDLE = 3;
    private static final int IO_WAIT = 4;
    private static final int STOLEN = 7;

    private ProcTimes() {}

    /**
     * All processors together.
     *
     * @param busy neither idle nor stolen
     */
    record Machine(long busy, long stolen, long total) {
        /** Parses the first line of {@code /proc/stat}. */
        static Machine parse(String line) throws BenchFailure {
            String[] fields = line.trim().split(" +", -1);
            if (fields.length <= STOLEN + 1 || !fields[0].equals("cpu")) {
                throw new BenchFailure("/proc/stat: expected 'cpu' and at least 8 numbers, found '" + line + "'");
            }
            long total = 0;
            // Guest time, behind the stolen, is counted in user time already.
            for (int i = 1; i <= STOLEN + 1; i++) {
                total += Long.parseLong(fields[i]);
            }
            long stolen = Long.parseLong(fields[STOLEN + 1]);
            long idle = Long.parseLong(fields[IDLE + 1]) + Long.parseLong(fields[IO_WAIT + 1]);
            return new Machine(total - stolen - idle, stolen, total);
        }

        static Machine now() throws BenchFailure {
            return parse(read(PROC.resolve("stat")).lines().findFirst().orElse(""));
        }
    }

    /**
     * One process or thread.
     *
     * @param own user and system time
     * @param children the same of its children that ended
     */
    record Task(String name, long own, long children) {
        /** Parses a stat line; the name may hold spaces and parentheses. */
        static Task parse(String line) throws BenchFailure {
            int open = line.indexOf('(');
            int close = line.lastIndexOf(')');
            String[] fields =
                    close < 0 ? new String[0] : line.substring(close + 1).trim().split(" ", -1);
            if (open < 0 || fields.length <= CHILD_SYSTEM_TIME) {
                throw new BenchFailure("/proc/PID/stat: expected 'PID (NAME) ...', found '" + line + "'");
            }
            return new Task(
                    line.substring(open + 1, close),
                    Long.parseLong(fields[USER_TIME]) + Long.parseLong(fields[SYSTEM_TIME]),
                    Long.parseLong(fields[CHILD_USER_TIME]) + Long.parseLong(fields[CHILD_SYSTEM_TIME]));
        }

        static Task now(long pid) throws BenchFailure {
            return parse(read(PROC.resolve(Long.toString(pid)).resolve("stat")));
        }
    }

    /** Returns the ticks of a process' threads by name, those of one name added up. */
    static Map<String, Long> threads(long pid) throws BenchFailure {
        Map<String, Long> ticks = new TreeMap<>();
        Path tasks = PROC.resolve(Long.toString(pid)).resolve("task");
        try (DirectoryStream<Path> all = Files.newDirectoryStream(tasks)) {
            for (Path task : all) {
                try {
                    Task thread = Task.parse(Files.readString(task.resolve("stat")));
                    ticks.merge(group(thread.name()), thread.own(), Long::sum);
                } catch (IOException e) {
                    // The thread ended meanwhile.
                }
            }
        } catch (IOException e) {
            throw new BenchFailure(tasks + ": cannot list the threads of a server: " + e, e);
        }
        return ticks;
    }

    /** Returns a thread's name without its number, so that those of a pool count as one. */
    static String group(String name) {
        return name.replaceAll("[#0-9]+$", "").strip();
    }

    private static String read(Path file) throws BenchFailure {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new BenchFailure(file + ": cannot be read: " + e, e);
        }
    }
}
