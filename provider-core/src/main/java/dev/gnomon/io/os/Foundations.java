/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io.os;

import dev.gnomon.io.FileIdentity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What a file lies on, from top to bottom: the device of its file system, the disk of a partition, the devices below one of
 * the device mapper or a RAID, the file behind a loop device and what that lies on in its turn. From {@code /sys}, so on
 * Linux only. Ends where the system does not tell: at file systems without a device, such as those of the network and of
 * FUSE, and at network block devices.
 */
final class Foundations {
    private static final Path DEVICES = Path.of("/sys/dev/block");

    /** Nobody stacks so many; a ring would otherwise never end. */
    private static final int MAX_FOUNDATIONS = 64;

    private final Set<String> found = new LinkedHashSet<>();

    private Foundations() {}

    static List<String> of(Path path) throws IOException {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("unix") || !Files.isDirectory(DEVICES)) {
            return List.of();
        }
        Foundations foundations = new Foundations();
        foundations.below(path);
        return new ArrayList<>(foundations.found);
    }

    /** Adds what a file, directory or device lies on. */
    private void below(Path path) throws IOException {
        FileIdentity identity = Identities.of(path);
        if (identity.id().startsWith("device ")) {
            device(identity.id().substring("device ".length()));
        } else {
            long number = ((Number) Files.getAttribute(path, "unix:dev")).longValue();
            device(Identities.major(number) + ":" + Identities.minor(number));
        }
    }

    private void device(String number) throws IOException {
        if (found.size() >= MAX_FOUNDATIONS || !found.add("device " + number)) {
            return;
        }
        Path device = DEVICES.resolve(number);
        if (!Files.exists(device)) {
            return; // The file system has no device.
        }
        Path real = device.toRealPath();
        Path parent = real.getParent();
        if (Files.exists(real.resolve("partition")) && parent != null) {
            number(parent);
        }
        Path backing = real.resolve("loop").resolve("backing_file");
        if (Files.exists(backing)) {
            file(Path.of(Files.readString(backing, StandardCharsets.UTF_8).strip()));
        }
        try (DirectoryStream<Path> slaves = Files.newDirectoryStream(real.resolve("slaves"))) {
            for (Path slave : slaves) {
                number(slave);
            }
        } catch (NoSuchFileException none) {
            // A partition has no such directory.
        }
    }

    private void number(Path device) throws IOException {
        Path number = device.resolve("dev");
        if (Files.exists(number)) {
            device(Files.readString(number, StandardCharsets.UTF_8).strip());
        }
    }

    private void file(Path backing) throws IOException {
        try {
            found.add(Identities.of(backing).id());
            below(backing);
        } catch (NoSuchFileException deleted) {
            // It has no name any more.
        }
    }
}
