/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Names: opens, lists, renames and deletes files. Thread-safe.
 *
 * <p>A create, rename or delete survives a power cut only after {@link #syncDirectory} of its directory has returned;
 * until then each may be kept or lost on its own. Paths are values here: nothing but this port resolves them.
 */
public interface Storage {
    /** What {@link #open} may do with the file. */
    enum Mode {
        /** The file must exist; writes fail. */
        READ_ONLY,
        /** The file must exist. */
        READ_WRITE,
        /** The file must not exist; it is created with owner-only permissions, empty. */
        CREATE_NEW
    }

    /**
     * Opens a regular file or block device.
     *
     * @throws java.nio.file.NoSuchFileException if it must exist and does not
     * @throws java.nio.file.FileAlreadyExistsException if it must not exist and does
     * @throws java.nio.file.AccessDeniedException if the permissions forbid it
     * @throws IOException for anything else, such as a directory of that name
     */
    StorageFile open(Path path, Mode mode) throws IOException;

    /** Returns whether a file or directory of that name exists. */
    boolean exists(Path path) throws IOException;

    /** Returns which file or device a name leads to, links followed. */
    default FileIdentity identity(Path path) throws IOException {
        return FileIdentity.UNKNOWN;
    }

    /**
     * Returns the ids, as in {@link #identity}, of the devices that a file or directory lies on, and of the files that these
     * are made of, as far as the system tells. A device lies on itself.
     */
    default List<String> foundations(Path path) throws IOException {
        return List.of();
    }

    /** Returns the plain names in a directory, sorted; directories among them. */
    List<String> list(Path directory) throws IOException;

    /** Creates a directory (owner-only) and its missing parents; an existing one is left as it is. */
    void createDirectories(Path directory) throws IOException;

    /** Deletes a file; open handles stay usable where the system permits it. */
    void delete(Path path) throws IOException;

    /** Renames a file within one file system, replacing the target if there is one. */
    void rename(Path source, Path target) throws IOException;

    /** Makes the creates, renames and deletes in a directory durable. Where the system cannot, it does nothing. */
    void syncDirectory(Path directory) throws IOException;

    /** Returns how many bytes the file system of a directory has left for this process; huge if it cannot say. */
    long usableBytes(Path directory) throws IOException;

    /**
     * Returns the name of the device that the file system of a directory is on, such as {@code /dev/sda1}, or whatever the
     * system calls it; empty if it cannot say.
     */
    String deviceOf(Path directory) throws IOException;

    /**
     * Returns a text that stays the same until the operating system is booted again. Used to tell a crash of the
     * process from a crash of the machine.
     */
    String bootId() throws IOException;
}
