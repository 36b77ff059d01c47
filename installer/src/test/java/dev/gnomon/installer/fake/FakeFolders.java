/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.fake;

import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.Folders;
import dev.gnomon.installer.windows.DiskFolders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Real files below a temporary directory, with access lists in memory. */
public final class FakeFolders implements Folders {
    private static final String OPEN = "open";

    private final DiskFolders disk = new DiskFolders();
    private final Map<Path, String> accessLists = new TreeMap<>();
    private final Set<Path> inUse = new HashSet<>();
    private String kept = "";

    @Override
    public boolean exists(Path path) {
        return disk.exists(path);
    }

    @Override
    public boolean isDirectory(Path path) {
        return disk.isDirectory(path);
    }

    @Override
    public List<Path> create(Path directory, Access access) throws SetupException {
        List<Path> missing = new ArrayList<>();
        for (Path each = directory; each != null && !exists(each); each = each.getParent()) {
            missing.addFirst(each);
        }
        for (Path each : missing) {
            try {
                Files.createDirectory(each);
            } catch (IOException e) {
                throw SetupException.failed(each.toString(), e);
            }
            protect(each, access);
        }
        return missing;
    }

    @Override
    public String accessList(Path directory) {
        return accessLists.getOrDefault(directory, OPEN);
    }

    @Override
    public void setAccessList(Path directory, String text) {
        accessLists.put(directory, text);
    }

    @Override
    public void protect(Path directory, Access access) {
        setAccessList(directory, access.name());
    }

    @Override
    public List<String> intruders(Path directory, Access access) {
        return accessList(directory).equals(OPEN) ? List.of("everybody") : List.of();
    }

    @Override
    public Optional<byte[]> read(Path file) throws SetupException {
        return disk.read(file);
    }

    @Override
    public void write(Path file, byte[] content) throws SetupException {
        disk.write(file, content);
    }

    @Override
    public Optional<String> sha256(Path file) throws SetupException {
        return disk.sha256(file);
    }

    @Override
    public void copy(Path source, Path target) throws SetupException {
        disk.copy(source, target);
    }

    @Override
    public void move(Path source, Path target) throws SetupException {
        disk.move(source, target);
    }

    @Override
    public Optional<Path> keep(byte[] log) {
        Optional<Path> copy = disk.keep(log);
        copy.ifPresent(each -> {
            try {
                kept = Files.readString(each);
                Files.delete(each);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return copy;
    }

    /** Returns what the file held that was kept last. */
    public String kept() {
        return kept;
    }

    @Override
    public List<Path> files(Path directory) throws SetupException {
        return disk.files(directory);
    }

    @Override
    public boolean delete(Path file) throws SetupException {
        return !inUse.contains(file) && disk.delete(file);
    }

    @Override
    public void deleteEmptyDirectories(Path directory) throws SetupException {
        disk.deleteEmptyDirectories(directory);
        accessLists.keySet().removeIf(each -> !exists(each));
    }

    @Override
    public long usableBytes(Path path) {
        return 1L << 40;
    }

    /** Keeps a file from being deleted. */
    public void use(Path file) {
        inUse.add(file);
    }

    /** Returns files, directories and access lists below a directory, for comparison. */
    String export(Path root) {
        StringBuilder text = new StringBuilder();
        try (Stream<Path> tree = Files.walk(root)) {
            for (Path each : tree.sorted().toList()) {
                text.append(each)
                        .append(
                                Files.isDirectory(each)
                                        ? "/ " + accessList(each)
                                        : " " + disk.sha256(each).orElse(""))
                        .append('\n');
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (SetupException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }
}
