/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.windows;

import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.Folders;
import dev.gnomon.platform.windows.AccessList;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileStore;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Files and directories of this machine. Thread-safe. */
public final class DiskFolders implements Folders {
    private static final int BUFFER_BYTES = 1 << 16;
    private static final int SMALL_BYTES = 16 << 20;
    private static final int DELETE_AT_RESTART = 4; // MOVEFILE_DELAY_UNTIL_REBOOT

    @Override
    public boolean exists(Path path) {
        return Files.exists(path, LinkOption.NOFOLLOW_LINKS);
    }

    @Override
    public boolean isDirectory(Path path) {
        return Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
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
                throw SetupException.failed("directory " + each, e);
            }
            protect(each, access);
        }
        return missing;
    }

    @Override
    public String accessList(Path directory) throws SetupException {
        try {
            return AccessList.of(directory).text();
        } catch (IOException e) {
            throw SetupException.failed("access list of " + directory, e);
        }
    }

    @Override
    public void setAccessList(Path directory, String text) throws SetupException {
        try {
            new AccessList(text).apply(directory);
        } catch (IOException e) {
            throw SetupException.failed("access list of " + directory, e);
        }
    }

    @Override
    public void protect(Path directory, Access access) throws SetupException {
        setAccessList(
                directory,
                switch (access) {
                    case PRIVATE -> AccessList.PRIVATE;
                    case PROTECTED -> AccessList.PROTECTED;
                });
    }

    @Override
    public List<String> intruders(Path directory, Access access) throws SetupException {
        try {
            AccessList list = AccessList.of(directory);
            return switch (access) {
                case PRIVATE -> list.others();
                case PROTECTED -> list.otherWriters();
            };
        } catch (IOException e) {
            throw SetupException.failed("access list of " + directory, e);
        }
    }

    @Override
    public Optional<byte[]> read(Path file) throws SetupException {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] content = in.readNBytes(SMALL_BYTES + 1);
            if (content.length > SMALL_BYTES) {
                throw SetupException.failed(file + " has more than " + SMALL_BYTES + " bytes");
            }
            return Optional.of(content);
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw SetupException.failed(file.toString(), e);
        }
    }

    @Override
    public void write(Path file, byte[] content) throws SetupException {
        Path beside = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Files.write(
                    beside,
                    content,
                    StandardOpenOption.CREATE,
                    StandardOpenOption.TRUNCATE_EXISTING,
                    StandardOpenOption.WRITE,
                    StandardOpenOption.SYNC);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw SetupException.failed(file.toString(), e);
        }
    }

    @Override
    public Optional<String> sha256(Path file) throws SetupException {
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = in.read(buffer); count > 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
            return Optional.of(HexFormat.of().formatHex(digest.digest()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        } catch (IOException e) {
            throw SetupException.failed(file.toString(), e);
        }
    }

    @Override
    public void copy(Path source, Path target) throws SetupException {
        try {
            Files.createDirectories(target.toAbsolutePath().getParent());
            // Without the attributes of the source: its access list must not come along.
            Files.copy(source, target, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw SetupException.failed("copy of " + source + " to " + target, e);
        }
    }

    @Override
    public void move(Path source, Path target) throws SetupException {
        try {
            Files.createDirectories(target.toAbsolutePath().getParent());
            Files.move(source, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw SetupException.failed("rename of " + source + " to " + target, e);
        }
    }

    @Override
    public Optional<Path> keep(byte[] log) {
        try {
            // A name that nobody can guess, made anew: others may write to the temporary folder.
            Path file = Files.createTempFile("gnomon-setup-", ".log");
            Files.write(file, log);
            return Optional.of(file);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public List<Path> files(Path directory) throws SetupException {
        List<Path> files = new ArrayList<>();
        walk(directory, files, new ArrayList<>());
        files.sort(Comparator.naturalOrder());
        return files;
    }

    private static void walk(Path directory, List<Path> files, List<Path> directories) throws SetupException {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        try {
            Files.walkFileTree(directory, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    files.add(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path each, @Nullable IOException e) throws IOException {
                    if (e != null) {
                        throw e;
                    }
                    directories.add(each);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw SetupException.failed(directory.toString(), e);
        }
    }

    @Override
    public boolean delete(Path file) throws SetupException {
        try {
            Files.deleteIfExists(file);
            return true;
        } catch (IOException e) {
            if (!ServiceCalls.Kernel.INSTANCE.MoveFileEx(file.toString(), null, DELETE_AT_RESTART)) {
                throw SetupException.failed(file.toString(), e);
            }
            return false;
        }
    }

    @Override
    public void deleteEmptyDirectories(Path directory) throws SetupException {
        List<Path> directories = new ArrayList<>();
        walk(directory, new ArrayList<>(), directories);
        for (Path each : directories) {
            try (var entries = Files.list(each)) {
                if (entries.findAny().isPresent()) {
                    continue;
                }
            } catch (IOException e) {
                throw SetupException.failed(each.toString(), e);
            }
            try {
                Files.deleteIfExists(each);
            } catch (IOException e) {
                throw SetupException.failed(each.toString(), e);
            }
        }
    }

    @Override
    public long usableBytes(Path path) throws SetupException {
        Path existing = path.toAbsolutePath();
        while (existing != null && !Files.exists(existing)) {
            existing = existing.getParent();
        }
        if (existing == null) {
            throw SetupException.failed("there is no disk for " + path);
        }
        try {
            FileStore store = Files.getFileStore(existing);
            return store.getUsableSpace();
        } catch (IOException e) {
            throw SetupException.failed("the disk of " + existing, e);
        }
    }
}
