/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io.os;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;

/**
 * A file descriptor of our own beside the channel's, for the system calls. Thread-safe.
 *
 * <p>A number that was closed may be handed out again by the system at once, for another file; hence the lock: no call
 * runs while the descriptor is closed, and none starts afterwards.
 */
final class Descriptor {
    private static final int UNOPENED = Integer.MIN_VALUE;

    private final LinuxCalls calls;
    private final int number;
    private final Path again;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;
    private int claim = -1;

    /** A descriptor that reads around the cache: not opened yet, or refused, or its number. */
    private int direct = UNOPENED;

    Descriptor(LinuxCalls calls, int number, Path again) {
        this.calls = calls;
        this.number = number;
        this.again = again;
    }

    /** Returns the path that leads to the open file, whatever it is called. */
    Path again() {
        return again;
    }

    /** A system call on a descriptor; negative results are negated error numbers. */
    interface Call {
        long on(LinuxCalls calls, int descriptor);
    }

    /** Makes a call while the descriptor is open for sure. */
    long call(Call call) throws IOException {
        Lock shared = lock.readLock();
        shared.lock();
        try {
            if (closed) {
                throw new java.nio.channels.ClosedChannelException();
            }
            return call.on(calls, number);
        } finally {
            shared.unlock();
        }
    }

    /** Opens the file for reads around the cache if that was not tried before; returns whether the system can. */
    boolean openDirect() throws IOException {
        Lock exclusive = lock.writeLock();
        exclusive.lock();
        try {
            if (closed) {
                throw new java.nio.channels.ClosedChannelException();
            }
            if (direct == UNOPENED) {
                direct = calls.openDirect(again.toString());
            }
            return direct >= 0;
        } finally {
            exclusive.unlock();
        }
    }

    /** Reads around the cache; buffer, length and offset are aligned. Returns the count or a negated error number. */
    long readDirect(MemorySegment buffer, int lengthBytes, long offsetBytes) throws IOException {
        return call((system, ignored) -> system.read(direct, buffer, lengthBytes, offsetBytes));
    }

    /**
     * Tells the system that the file is read at random, by this descriptor and by the channel's, whose number nobody tells: by
     * every one of this process that leads to the same file. One that is closed and given to another file meanwhile would only
     * get advice that it does not need.
     *
     * @return whether all of them took it
     */
    boolean adviseRandom() throws IOException {
        Path file = Files.readSymbolicLink(again);
        boolean taken = true;
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Objects.requireNonNull(again.getParent()))) {
            for (Path each : all) {
                if (file.equals(leadsTo(each))) {
                    int other = Integer.parseInt(String.valueOf(each.getFileName()));
                    taken &= call((system, ignored) -> system.adviseRandom(other)) == 0;
                }
            }
        }
        return taken;
    }

    private static @Nullable Path leadsTo(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor);
        } catch (IOException closed) {
            return null;
        }
    }

    /** Returns whether the class library's message says that there is no space. */
    boolean saysNoSpace(String message) {
        return calls.saysNoSpace(message);
    }

    /**
     * Locks the file against every other opener: a lock of the open file description, which unlike a process-wide lock
     * neither admits a second opener in this process nor vanishes when that one closes. A block device is claimed from
     * the kernel as well, so that it cannot be mounted and no other name of it can be locked. Without the right to write,
     * the lock is shared with others that have none either.
     *
     * @return 0, or a negated error number
     */
    int tryLock(boolean writable, boolean blockDevice) throws IOException {
        Lock exclusive = lock.writeLock();
        exclusive.lock();
        try {
            if (closed) {
                throw new java.nio.channels.ClosedChannelException();
            }
            int locked = calls.lock(number, writable);
            if (locked < 0 || !writable || !blockDevice || claim >= 0) {
                return Math.min(locked, 0);
            }
            claim = calls.open(again.toString(), true, false, true);
            return Math.min(claim, 0);
        } finally {
            exclusive.unlock();
        }
    }

    /** Closes the descriptor and releases its locks. A second close does nothing. */
    void close() {
        Lock exclusive = lock.writeLock();
        exclusive.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            if (claim >= 0) {
                calls.close(claim);
            }
            if (direct >= 0) {
                calls.close(direct);
            }
            calls.close(number);
        } finally {
            exclusive.unlock();
        }
    }
}
