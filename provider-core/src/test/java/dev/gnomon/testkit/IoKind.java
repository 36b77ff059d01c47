/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

/** The calls of the storage ports that count as an I/O. */
public enum IoKind {
    /** Opening an existing file. */
    OPEN,
    /** Creating a file. */
    CREATE,
    /** Creating directories. */
    CREATE_DIRECTORIES,
    /** Asking for a name or listing a directory. */
    LOOK_UP,
    /** Deleting a file. */
    DELETE,
    /** Renaming a file; the event has the source. */
    RENAME,
    /** Making names durable. */
    SYNC_DIRECTORY,
    /** Reading, through the cache. */
    READ,
    /** Reading around the cache. */
    READ_AROUND,
    /** Writing. */
    WRITE,
    /** Making writes durable. */
    FORCE,
    /** Setting the size; the event has it as its length. */
    SET_SIZE,
    /** Reserving space. */
    ALLOCATE,
    /** Making a hole. */
    PUNCH,
    /** Dropping clean pages. */
    DROP_CACHE,
    /** Looking for data or holes. */
    SEEK,
    /** Taking the lock. */
    LOCK;

    /** Returns whether a power cut at this call can differ from one at the call before it. */
    public boolean changesState() {
        return switch (this) {
            case CREATE, CREATE_DIRECTORIES, DELETE, RENAME, SYNC_DIRECTORY, WRITE, FORCE, SET_SIZE, ALLOCATE, PUNCH ->
                true;
            case OPEN, LOOK_UP, READ, READ_AROUND, DROP_CACHE, SEEK, LOCK -> false;
        };
    }
}
