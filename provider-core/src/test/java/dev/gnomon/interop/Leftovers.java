/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Takes away what tests of a JVM left that was killed: their processes, mounts, loop devices and directories. */
final class Leftovers {
    /** Paths are short here: that of a Unix socket has little more than 100 bytes. */
    static final Path PARENT = Path.of("/tmp");

    /** The name of a workspace goes on with the process id of its JVM and a dash. */
    static final String PREFIX = "gnomon-it-";

    private static final String PROCESSES = "processes";
    private static final int MOUNT_POINT_FIELD = 4;

    private Leftovers() {}

    /** Writes down a process that belongs to a workspace. */
    static void remember(Path workspace, long pid) {
        try {
            Files.writeString(
                    workspace.resolve(PROCESSES),
                    pid + " " + startOf(pid) + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** A process id alone may belong to another process by now. */
    private static String startOf(long pid) {
        return ProcessHandle.of(pid)
                .flatMap(handle -> handle.info().startInstant())
                .map(Object::toString)
                .orElse("ended");
    }

    /** Takes away the workspaces whose JVM is gone. */
    static void sweep() {
        try (Stream<Path> entries = Files.list(PARENT)) {
            for (Path workspace : entries.toList()) {
                String name = String.valueOf(workspace.getFileName());
                if (name.startsWith(PREFIX) && !isInUse(name)) {
                    sweep(workspace);
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isInUse(String name) {
        String pid = name.substring(PREFIX.length()).replaceFirst("-.*", "");
        Optional<ProcessHandle> owner =
                pid.matches("\\d{1,18}") ? ProcessHandle.of(Long.parseLong(pid)) : Optional.empty();
        return owner.map(ProcessHandle::isAlive).orElse(false);
    }

    private static void sweep(Path workspace) throws IOException {
        System.out.println("interop: taking away what an earlier run left in " + workspace);
        Path processes = workspace.resolve(PROCESSES);
        if (Files.exists(processes)) {
            for (String line : Files.readAllLines(processes)) {
                String[] words = line.split(" ", 2);
                long pid = Long.parseLong(words[0]);
                if (words[1].equals(startOf(pid)) && !words[1].equals("ended")) {
                    ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
                }
            }
        }
        for (Path mounted : mountsBelow(workspace)) {
            Tools.run("umount", "-l", mounted.toString());
        }
        for (String line : Tools.run("losetup", "--noheadings", "--list", "--output", "NAME,BACK-FILE")
                .out()
                .split("\n", -1)) {
            if (line.contains(workspace + "/")) {
                Tools.run("losetup", "-d", line.strip().split("\\s+", -1)[0]);
            }
        }
        if (mountsBelow(workspace).isEmpty()) {
            Workspace.deleteTree(workspace);
        }
    }

    /** Returns what is mounted below a directory, the deepest and newest first. */
    static List<Path> mountsBelow(Path directory) {
        List<Path> found = new ArrayList<>();
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
                Path at = Path.of(line.split(" ", -1)[MOUNT_POINT_FIELD]);
                if (at.startsWith(directory)) {
                    found.addFirst(at);
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return found;
    }
}
