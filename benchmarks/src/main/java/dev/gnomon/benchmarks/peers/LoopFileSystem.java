/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import dev.gnomon.benchmarks.sidebyside.Children;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A file system in a file, mounted through a loop device that goes around the page cache of the file system below, so that
 * nothing is cached twice and a flush reaches the disk.
 */
record LoopFileSystem(Site site, Path directory, String device) implements AutoCloseable {
    /** Three times the volume, for the copy and for what the file system itself needs, and not below what they can be made in. */
    private static final long SPARE_BYTES = 512L << 20;

    /** Makes one and mounts it; root only. */
    static LoopFileSystem mount(Site site, String type) throws BenchFailure {
        Path image = site.path(type + ".image");
        Path directory = site.path("mnt");
        site.makeDirectory(directory);
        long mebibytes = (3 * site.content().sizeBytes() + SPARE_BYTES) >> 20;
        // Zeros instead of holes: the first write of a hole would be one of the file system below, too.
        site.run("dd", "if=/dev/zero", "of=" + image, "bs=1M", "count=" + mebibytes, "conv=fsync", "status=none");
        if (type.equals("xfs")) {
            site.run("mkfs.xfs", "-q", "-K", "-m", "reflink=1", image.toString());
        } else {
            site.run("mkfs.btrfs", "--quiet", "--nodiscard", image.toString());
        }
        Path output = site.path("losetup");
        site.children().run(List.of("losetup", "--find", "--show", "--direct-io=on", image.toString()), output);
        String device = text(output);
        try {
            site.run("mount", "-t", type, device, directory.toString());
        } catch (BenchFailure e) {
            site.run("losetup", "--detach", device);
            throw e;
        }
        return new LoopFileSystem(site, directory, device);
    }

    @Override
    public void close() throws BenchFailure {
        site.run("umount", directory.toString());
        site.run("losetup", "--detach", device);
    }

    /** Unmounts all that is mounted below a directory, as far as possible: for a run that is cut short. */
    static void release(Path below) {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/mounts"))) {
                List<String> fields = List.of(line.split(" ", -1));
                if (fields.size() > 1 && Path.of(fields.get(1)).startsWith(below)) {
                    finish(List.of("umount", "--lazy", fields.get(1)));
                    finish(List.of("losetup", "--detach", fields.get(0)));
                }
            }
        } catch (IOException e) {
            System.err.println("bench: cannot see what is mounted: " + e.getMessage());
        }
    }

    private static void finish(List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).inheritIO().start();
        process.onExit().join();
    }

    private static String text(Path file) throws BenchFailure {
        try {
            String text = Files.readString(file).strip();
            if (!text.startsWith("/dev/")) {
                throw new BenchFailure("losetup: expected a device, found '" + Children.tail(file) + "'");
            }
            return text;
        } catch (IOException e) {
            throw new BenchFailure(file + ": cannot be read: " + e, e);
        }
    }
}
