/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * Positional access to one open file or block device.
 *
 * <p>Thread-safe: reads, writes and forces may run at once; overlapping concurrent writes leave either's bytes. A write
 * survives a kill of the process once it returned, and a power cut only once a later {@link #force} returned. After a
 * failed force nothing is known of the writes since the last good one; callers must not force again and believe it.
 */
public interface StorageFile extends AutoCloseable {
    /** Returns the path that this file was opened by. */
    Path path();

    /** Returns the size in bytes, of a block device too. */
    long sizeBytes() throws IOException;

    /** Returns whether this is a device, whose size is not ours to set. */
    default boolean isDevice() {
        return false;
    }

    /**
     * Reads into the whole remaining buffer, fewer bytes only at the end of the file.
     *
     * @param target its position moves by the count returned
     * @param offsetBytes zero or more; at or past the end nothing is read
     * @return the count of bytes read, 0 at or past the end
     */
    int read(ByteBuffer target, long offsetBytes) throws IOException;

    /**
     * As {@link #read}, but from the device rather than from the system's cache, as far as the system can. The offset
     * must be a multiple of 4096. Used where the cache may hold what a failed force dropped.
     */
    int readAroundCache(ByteBuffer target, long offsetBytes) throws IOException;

    /**
     * Writes the whole remaining buffer, growing the file if needed.
     *
     * @throws NoSpaceException if the file system or quota is full; a leading part may have been written
     * @throws IOException on any other failure; any part may have been written
     */
    void write(ByteBuffer source, long offsetBytes) throws IOException;

    /** Makes all writes and size changes that returned before this call durable. */
    void force() throws IOException;

    /** As {@link #force}, and the time of the last change too. */
    default void forceAll() throws IOException {
        force();
    }

    /** Returns which file this is, whatever it is called by now. */
    default FileIdentity identity() throws IOException {
        return FileIdentity.UNKNOWN;
    }

    /** Sets the size; what is added reads as zeros and is not reserved. */
    void setSize(long sizeBytes) throws IOException;

    /**
     * Reserves space for a range, growing the file if needed; bytes already there are kept, what is added reads as
     * zeros.
     *
     * @throws NoSpaceException if there is not enough space; the size may have changed
     */
    void allocate(long offsetBytes, long lengthBytes) throws IOException;

    /**
     * Makes a range inside the file read as zeros without sending them, its space reserved, where the system can. As a
     * write it survives a power cut only after a {@link #force}.
     *
     * @return false if the system cannot; nothing was changed
     * @throws NoSpaceException if space for it is lacking; any part may have been zeroed
     */
    default boolean tryZero(long offsetBytes, long lengthBytes) throws IOException {
        return false;
    }

    /**
     * Gives the space of a range inside the file back, where the system can: it reads as zeros, and a write there may find no
     * space. The size stays. As a write it survives a power cut only after a {@link #force}.
     *
     * @param offsetBytes a multiple of 4096
     * @param lengthBytes a multiple of 4096, above 0
     * @return false if the system cannot; nothing was changed
     */
    default boolean tryPunch(long offsetBytes, long lengthBytes) throws IOException {
        return false;
    }

    /**
     * Says that small writes anywhere in the file are to be expected, and are to stay cheap after large reads. From then on the
     * system reads nothing ahead but what {@link #readAhead} asks for. Advice: a system that knows no such thing ignores it.
     */
    default void expectSmallWrites() {}

    /** Lets a range be brought into the cache, and does not wait for it. Advice, ignored before {@link #expectSmallWrites}. */
    default void readAhead(long offsetBytes, long lengthBytes) {}

    /** Drops clean cached pages of the whole file, as far as the system can. */
    void dropCache() throws IOException;

    /**
     * Returns the first offset at or after the given one that holds data, or the size if the rest is a hole. A system
     * that knows no holes returns the offset itself.
     */
    long nextData(long offsetBytes) throws IOException;

    /** Returns the first offset at or after the given one that lies in a hole, or the size if there is none. */
    long nextHole(long offsetBytes) throws IOException;

    /**
     * Takes an exclusive lock against every other opener that asks for one, in this process or another; released by
     * {@link #close} and by the end of the process. A file opened {@link Storage.Mode#READ_ONLY} is locked against those
     * that can write, and shared with those that cannot.
     *
     * @return whether the lock is now held
     */
    boolean tryLock() throws IOException;

    /** Closes the file and releases its lock; a second close does nothing. Closing makes nothing durable. */
    @Override
    void close() throws IOException;
}
