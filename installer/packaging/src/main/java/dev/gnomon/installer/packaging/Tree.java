/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A folder in which the files of a package are put together. Every file gets the time of the commit, and one of two sets of
 * permissions, whatever those of its source are. Not thread-safe.
 */
final class Tree {
    private static final String DATA = "rw-r--r--";
    private static final String PROGRAM = "rwxr-xr-x";

    private final Path root;
    private final Instant time;

    /** Makes an empty one in {@code root}, whose former content is deleted. */
    static Tree empty(Path root, Instant time) throws IOException {
        delete(root);
        Files.createDirectories(root);
        return new Tree(root, time);
    }

    private Tree(Path root, Instant time) {
        this.root = root;
        this.time = time;
    }

    Path root() {
        return root;
    }

    Instant time() {
        return time;
    }

    /** Copies one file to {@code name}, a path with slashes below the root. */
    void copy(Path source, String name) throws IOException {
        Path target = place(name);
        Files.copy(source, target);
        permissions(target, DATA);
    }

    /** Copies one file that can be started. */
    void copyProgram(Path source, String name) throws IOException {
        Path target = place(name);
        Files.copy(source, target);
        permissions(target, PROGRAM);
    }

    /** Copies all files below {@code folder} to the folder {@code name}; what can be started there can be here too. */
    void copyAll(Path folder, String name) throws IOException {
        for (Path file : files(folder)) {
            String target = name + "/" + slashes(folder.relativize(file));
            if (Files.isSymbolicLink(file)) {
                Files.createSymbolicLink(place(target), Files.readSymbolicLink(file));
            } else if (Files.isExecutable(file)) {
                copyProgram(file, target);
            } else {
                copy(file, target);
            }
        }
    }

    void write(String name, String text) throws IOException {
        write(name, text.getBytes(StandardCharsets.UTF_8));
    }

    void write(String name, byte[] bytes) throws IOException {
        Path target = place(name);
        Files.write(target, bytes);
        permissions(target, DATA);
    }

    void write(String name, InputStream bytes) throws IOException {
        write(name, bytes.readAllBytes());
    }

    void writeProgram(String name, String text) throws IOException {
        write(name, text);
        permissions(root.resolve(name), PROGRAM);
    }

    void link(String name, String target) throws IOException {
        Files.createSymbolicLink(place(name), Path.of(target));
    }

    /** Gives every file and folder the time of the commit and folders their permissions; to be called last. */
    void finish() throws IOException {
        Files.walkFileTree(root, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                stamp(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path folder, @Nullable IOException e) throws IOException {
                permissions(folder, PROGRAM);
                stamp(folder);
                return FileVisitResult.CONTINUE;
            }
        });
    }

    /** Returns all files and links, in the order of their names. */
    List<Path> files() throws IOException {
        return files(root);
    }

    /** Returns the name of one of the {@link #files}: its path below the root, with slashes. */
    String name(Path file) {
        return slashes(root.relativize(file));
    }

    /** Returns all files and links below a folder, in the order of their names. */
    static List<Path> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                    .sorted((a, b) -> slashes(folder.relativize(a)).compareTo(slashes(folder.relativize(b))))
                    .toList();
        }
    }

    /** Deletes a folder and all that is in it, if it is there. */
    static void delete(Path folder) throws IOException {
        if (!Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path path : all.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(path);
            }
        }
    }

    private Path place(String name) throws IOException {
        Path target = root.resolve(name);
        Files.createDirectories(target.getParent());
        return target;
    }

    private void stamp(Path path) throws IOException {
        Files.getFileAttributeView(path, BasicFileAttributeView.class, LinkOption.NOFOLLOW_LINKS)
                .setTimes(FileTime.from(time), FileTime.from(time), null);
    }

    private static void permissions(Path path, String permissions) throws IOException {
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    }

    private static String slashes(Path path) {
        return path.toString().replace('\\', '/');
    }
}
