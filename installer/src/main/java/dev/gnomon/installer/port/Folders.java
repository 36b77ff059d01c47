/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.port;

import dev.gnomon.installer.plan.SetupException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** Files and directories, and who may enter them. */
public interface Folders {
    /** Whom an access list lets in. */
    enum Access {
        /** SYSTEM and administrators, nobody else. */
        PRIVATE,
        /** SYSTEM and administrators; others may read and run what is there. */
        PROTECTED
    }

    /** Returns whether a file or directory of that name exists. */
    boolean exists(Path path);

    /** Returns whether a directory of that name exists, itself and not through a link. */
    boolean isDirectory(Path path);

    /**
     * Makes a directory and its missing parents; each is closed at once to all but those of an access.
     *
     * @return what had to be made, outermost first
     */
    List<Path> create(Path directory, Access access) throws SetupException;

    /** Returns the access list of a directory as text, for {@link #setAccessList}. */
    String accessList(Path directory) throws SetupException;

    /** Gives a directory, and what inherits from it, the access list of a text. */
    void setAccessList(Path directory, String text) throws SetupException;

    /** Closes a directory to everybody but those of an access. */
    void protect(Path directory, Access access) throws SetupException;

    /** Returns who could do more with a directory than an access admits, for people; empty if it is well. */
    List<String> intruders(Path directory, Access access) throws SetupException;

    /** Returns the content of a small file; nothing if there is none. */
    Optional<byte[]> read(Path file) throws SetupException;

    /** Writes a file durably; it has the old content or the new one, never a part. */
    void write(Path file, byte[] content) throws SetupException;

    /** Returns the SHA-256 of a file in hexadecimal; nothing if there is none. */
    Optional<String> sha256(Path file) throws SetupException;

    /** Copies a file; missing directories are made, an existing target is replaced. */
    void copy(Path source, Path target) throws SetupException;

    /** Renames a file within a disk; missing directories are made, an existing target is replaced. */
    void move(Path source, Path target) throws SetupException;

    /** Writes a log to a new file in the temporary folder, and returns that; nothing if it cannot be. */
    Optional<Path> keep(byte[] log);

    /** Returns the files below a directory, links among them but not followed, sorted; empty if there is none. */
    List<Path> files(Path directory) throws SetupException;

    /**
     * Deletes a file; success if there is none.
     *
     * @return false if it is in use: it is then deleted when Windows starts the next time
     */
    boolean delete(Path file) throws SetupException;

    /** Deletes directories that are empty, the deepest first, the given one included; what has files stays. */
    void deleteEmptyDirectories(Path directory) throws SetupException;

    /** Returns how many bytes the disk of a path has left; of the nearest parent that exists. */
    long usableBytes(Path path) throws SetupException;

    /** Deletes a directory with all that is below, as far as it is not in use; links are deleted, not followed. */
    default void deleteTree(Path directory) throws SetupException {
        for (Path file : files(directory)) {
            delete(file);
        }
        deleteEmptyDirectories(directory);
    }
}
