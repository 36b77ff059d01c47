/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io.os;

import dev.gnomon.io.FileIdentity;
import dev.gnomon.io.NoSpaceException;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One open file over a {@link FileChannel}, on Linux with a {@link Descriptor} beside it. Thread-safe.
 *
 * <p>Reads and writes allocate nothing for direct buffers. No lock is held during I/O, but for reads around the cache, which
 * take turns.
 */
final class OsStorageFile implements StorageFile {
    /** Bytes of zeros written at a time where space cannot be reserved otherwise. */
    private static final int ZERO_BYTES = 1 << 20;

    private final Path path;
    private final FileChannel channel;
    private final boolean writable;
    private final boolean blockDevice;
    private final @Nullable Descriptor descriptor;
    private final ReadsAroundCache around = new ReadsAroundCache();
    private final ReentrantLock locking = new ReentrantLock();
    private final LongConsumer forceTime;
    private @Nullable FileLock lock;

    /** Whether the system was told to bring nothing into the cache but what is read. */
    private volatile boolean piecemeal;

    /** Whether the size was set since the last force, which then has to take all metadata along. */
    private volatile boolean resized;

    OsStorageFile(
            Path path,
            FileChannel channel,
            boolean writable,
            boolean blockDevice,
            @Nullable Descriptor descriptor,
            LongConsumer forceTime) {
        this.path = path;
        this.forceTime = forceTime;
        this.channel = channel;
        this.writable = writable;
        this.blockDevice = blockDevice;
        this.descriptor = descriptor;
    }

    @Override
    public Path path() {
        return path;
    }

    @Override
    public long sizeBytes() throws IOException {
        return channel.size();
    }

    @Override
    public boolean isDevice() {
        return blockDevice;
    }

    @Override
    public int read(ByteBuffer target, long offsetBytes) throws IOException {
        int start = target.position();
        long offset = offsetBytes;
        while (target.hasRemaining()) {
            int count = channel.read(target, offset);
            if (count <= 0) {
                break;
            }
            offset += count;
        }
        return target.position() - start;
    }

    @Override
    public int readAroundCache(ByteBuffer target, long offsetBytes) throws IOException {
        if (offsetBytes % ReadsAroundCache.ALIGNMENT != 0) {
            throw new IllegalArgumentException(
                    path + ": offset " + offsetBytes + " is not a multiple of " + ReadsAroundCache.ALIGNMENT);
        }
        if (descriptor == null) {
            return read(target, offsetBytes);
        }
        int start = target.position();
        if (descriptor.openDirect() && around.read(descriptor, target, offsetBytes)) {
            return target.position() - start;
        }
        // Refused, or the device failed: the plain read tells which.
        target.position(start);
        int length = target.remaining();
        descriptor.call((calls, number) -> calls.dropCache(number, offsetBytes, length));
        return read(target, offsetBytes);
    }

    @Override
    public void write(ByteBuffer source, long offsetBytes) throws IOException {
        checkWritable();
        long offset = offsetBytes;
        while (source.hasRemaining()) {
            int count;
            try {
                count = channel.write(source, offset);
            } catch (IOException e) {
                throw translate(e, offset, source.remaining());
            }
            if (count <= 0) {
                throw new IOException(path + ": wrote nothing of " + source.remaining() + " bytes at " + offset);
            }
            offset += count;
        }
    }

    private void checkWritable() throws IOException {
        if (!writable) {
            throw new AccessDeniedException(path.toString(), null, "opened read-only");
        }
    }

    /** Returns the exception for a failed write: a full device is told by the text alone, in the system's language. */
    private IOException translate(IOException e, long offsetBytes, long lengthBytes) {
        String message = e.getMessage();
        boolean full = message != null && descriptor != null && descriptor.saysNoSpace(message);
        if (!full && descriptor == null && channel.isOpen()) {
            try {
                full = Files.getFileStore(path).getUsableSpace() < lengthBytes;
            } catch (IOException unknown) {
                e.addSuppressed(unknown);
            }
        }
        if (!full) {
            return e;
        }
        NoSpaceException translated = new NoSpaceException(path, offsetBytes, lengthBytes);
        translated.initCause(e);
        return translated;
    }

    @Override
    public void force() throws IOException {
        boolean metadata = resized;
        resized = false;
        long began = System.nanoTime();
        try {
            channel.force(metadata);
        } catch (IOException e) {
            resized = true;
            throw e;
        } finally {
            forceTime.accept(System.nanoTime() - began);
        }
    }

    @Override
    public void forceAll() throws IOException {
        resized = true;
        force();
    }

    @Override
    public FileIdentity identity() throws IOException {
        return Identities.of(descriptor == null ? path : descriptor.again());
    }

    @Override
    public void setSize(long sizeBytes) throws IOException {
        checkWritable();
        if (sizeBytes < 0) {
            throw new IllegalArgumentException(path + ": negative size " + sizeBytes);
        }
        resized = true;
        if (descriptor != null) {
            int result = (int) descriptor.call((calls, number) -> calls.setSize(number, sizeBytes));
            if (result < 0) {
                throw failure(-result, sizeBytes, 0);
            }
        } else if (sizeBytes < channel.size()) {
            channel.truncate(sizeBytes);
        } else if (sizeBytes > channel.size()) {
            write(ByteBuffer.allocate(1), sizeBytes - 1);
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>Where the system cannot reserve, zeros are written into the holes of the range and beyond the end; writes to
     * the range must not run at that time.
     */
    @Override
    public void allocate(long offsetBytes, long lengthBytes) throws IOException {
        checkWritable();
        long end = Math.addExact(offsetBytes, lengthBytes);
        if (offsetBytes < 0 || lengthBytes <= 0) {
            throw new IllegalArgumentException(path + ": bad range " + offsetBytes + " + " + lengthBytes);
        }
        if (blockDevice) {
            if (end > sizeBytes()) {
                throw new NoSpaceException(path, offsetBytes, lengthBytes);
            }
            return; // All of a device is there.
        }
        resized = true;
        if (descriptor != null) {
            int result = (int) descriptor.call((calls, number) -> calls.allocate(number, offsetBytes, lengthBytes));
            if (result == 0) {
                return;
            }
            if (result != -LinuxCalls.EOPNOTSUPP && result != -LinuxCalls.ENOSYS) {
                throw failure(-result, offsetBytes, lengthBytes);
            }
        }
        long size = sizeBytes();
        long at = nextHole(Math.min(offsetBytes, size));
        while (at < Math.min(end, size)) {
            long holeEnd = Math.min(nextData(at), end);
            writeZeros(at, holeEnd);
            at = nextHole(holeEnd);
        }
        writeZeros(Math.max(size, offsetBytes), end);
    }

    @Override
    public boolean tryZero(long offsetBytes, long lengthBytes) throws IOException {
        checkWritable();
        if (descriptor == null || offsetBytes + lengthBytes > sizeBytes()) {
            return false;
        }
        int result = (int) descriptor.call((calls, number) -> calls.zero(number, offsetBytes, lengthBytes));
        if (result == -LinuxCalls.ENOSPC || result == -LinuxCalls.EDQUOT) {
            throw failure(-result, offsetBytes, lengthBytes);
        }
        return result == 0; // After any other refusal the caller writes zeros, which tells what is wrong.
    }

    @Override
    public boolean tryPunch(long offsetBytes, long lengthBytes) throws IOException {
        checkWritable();
        if (descriptor == null || offsetBytes + lengthBytes > sizeBytes()) {
            return false;
        }
        int result = (int) descriptor.call((calls, number) -> calls.punch(number, offsetBytes, lengthBytes));
        return switch (-result) {
            case 0 -> true;
            case LinuxCalls.EOPNOTSUPP, LinuxCalls.ENOSYS, LinuxCalls.EINVAL, LinuxCalls.EPERM -> false;
            default -> throw failure(-result, offsetBytes, lengthBytes);
        };
    }

    private void writeZeros(long from, long to) throws IOException {
        if (from >= to) {
            return;
        }
        ByteBuffer zeros = ByteBuffer.allocateDirect((int) Math.min(ZERO_BYTES, to - from));
        for (long at = from; at < to; at += zeros.limit()) {
            zeros.clear().limit((int) Math.min(zeros.capacity(), to - at));
            write(zeros, at);
        }
    }

    private IOException failure(int error, long offsetBytes, long lengthBytes) {
        return error == LinuxCalls.ENOSPC || error == LinuxCalls.EDQUOT
                ? new NoSpaceException(path, offsetBytes, lengthBytes)
                : LinuxCalls.failure(path, error);
    }

    @Override
    public void dropCache() throws IOException {
        if (descriptor != null) {
            descriptor.call((calls, number) -> calls.dropCache(number, 0, 0));
        }
    }

    /**
     * {@inheritDoc}
     *
     * <p>Linux reads ahead in large folios, and ext4 looks at all blocks of a folio whenever one of them is written to: after a
     * sequential read small writes took ten times as long. Reads that the system takes for random bring in what they ask for,
     * page by page, and so does {@link #readAhead}.
     */
    @Override
    public void expectSmallWrites() {
        try {
            piecemeal = descriptor != null && !blockDevice && descriptor.adviseRandom();
        } catch (IOException unknown) {
            piecemeal = false; // It reads as it does by itself.
        }
    }

    @Override
    public void readAhead(long offsetBytes, long lengthBytes) {
        if (piecemeal && descriptor != null) {
            try {
                descriptor.call((calls, number) -> calls.readAhead(number, offsetBytes, lengthBytes));
            } catch (IOException closed) {
                // Then nobody reads on either.
            }
        }
    }

    @Override
    public long nextData(long offsetBytes) throws IOException {
        return seek(offsetBytes, LinuxCalls.SEEK_DATA, offsetBytes);
    }

    @Override
    public long nextHole(long offsetBytes) throws IOException {
        return seek(offsetBytes, LinuxCalls.SEEK_HOLE, Long.MAX_VALUE);
    }

    /** Asks for the next data or hole; a system that knows no holes gets the given answer, cut to the size. */
    private long seek(long offsetBytes, int whence, long withoutHoles) throws IOException {
        long size = sizeBytes();
        if (descriptor == null || blockDevice || offsetBytes >= size) {
            return Math.min(withoutHoles, size);
        }
        long result = descriptor.call((calls, number) -> calls.seek(number, offsetBytes, whence));
        if (result >= 0) {
            return Math.min(result, size);
        }
        return switch ((int) -result) {
            case LinuxCalls.ENXIO -> size;
            case LinuxCalls.EINVAL, LinuxCalls.EOPNOTSUPP -> Math.min(withoutHoles, size);
            default -> throw LinuxCalls.failure(path, (int) -result);
        };
    }

    /**
     * {@inheritDoc}
     *
     * <p>On Linux see {@link Descriptor#tryLock}. Elsewhere it is the class library's lock, which some systems drop when
     * the process closes any other handle of the file: never open a locked file twice there.
     */
    @Override
    public boolean tryLock() throws IOException {
        if (descriptor != null) {
            int result = descriptor.tryLock(writable, blockDevice);
            return switch (-result) {
                case 0 -> true;
                case LinuxCalls.EAGAIN, LinuxCalls.EACCES, LinuxCalls.EBUSY -> false;
                default -> throw LinuxCalls.failure(path, -result);
            };
        }
        locking.lock(); // Nobody waits in here.
        try {
            if (lock == null) {
                // The last byte that a file could have: in Windows nobody could read what is locked.
                lock = channel.tryLock(Long.MAX_VALUE - 1, 1, !writable);
            }
            return lock != null;
        } catch (OverlappingFileLockException heldInThisProcess) {
            return false;
        } finally {
            locking.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            if (descriptor != null) {
                descriptor.close();
            }
        }
    }
}
