/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.volume;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.NoSpaceException;
import dev.gnomon.io.StorageFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;

/** The bytes of one volume, in a raw file or block device. Thread-safe as its {@link StorageFile} is. */
public final class Origin implements AutoCloseable {
    /** Smallest volume. */
    public static final long MIN_BYTES = 1 << 20;

    /** Largest volume. */
    public static final long MAX_BYTES = 64L << 40;

    /** Sizes are multiples of this. */
    public static final int SECTOR_BYTES = 512;

    private static final int ZEROS_BYTES = 256 << 10;

    private static final ByteBuffer ZEROS =
            Arena.global().allocate(ZEROS_BYTES, 4096).asByteBuffer().asReadOnlyBuffer();

    private final StorageFile file;
    private volatile long sizeBytes;
    private volatile boolean timesToo;

    private final ReadAhead readAhead;

    /** Takes over an open file; {@code sizeBytes} of it are the volume. */
    public Origin(StorageFile file, long sizeBytes) {
        this.file = file;
        this.sizeBytes = sizeBytes;
        this.readAhead = new ReadAhead(file);
    }

    /** Says that small writes will come, which large reads must not make dear: see {@link StorageFile#expectSmallWrites}. */
    public void expectSmallWrites() {
        file.expectSmallWrites();
    }

    /** Returns the size in bytes. */
    public long sizeBytes() {
        return sizeBytes;
    }

    /** Takes another size; the file has been {@link #extend extended} to it, and that is durable. */
    public void resized(long newSizeBytes) {
        sizeBytes = newSizeBytes;
    }

    /**
     * Gives the file the bytes for a larger volume, which read as zeros; the size of the volume stays as it is. Durable
     * after a {@link #force}.
     *
     * @param zeroing whether space is reserved for them
     * @throws NoSpaceException if there is not enough space; the file may be longer than before
     * @throws IOException if this is a device that is too small, or on any other failure
     */
    public void extend(long newSizeBytes, Zeroing zeroing) throws IOException {
        long there = file.sizeBytes();
        if (file.isDevice() && there < newSizeBytes) {
            throw new IOException("the device has " + there + " bytes, expected at least " + newSizeBytes);
        }
        if (there > sizeBytes) {
            // What an earlier shrink or a resize that was cut off left behind must not come back.
            clear(sizeBytes, Math.min(there, newSizeBytes) - sizeBytes, zeroing);
        }
        if (there < newSizeBytes && zeroing == Zeroing.ALLOCATE) {
            file.allocate(there, newSizeBytes - there);
        } else if (there < newSizeBytes) {
            file.setSize(newSizeBytes);
        }
    }

    private void clear(long offsetBytes, long lengthBytes, Zeroing zeroing) throws IOException {
        switch (writeZeros(offsetBytes, lengthBytes, zeroing)) {
            case OK -> {}
            case NO_SPACE -> throw new NoSpaceException(file.path(), offsetBytes, lengthBytes);
            default -> throw new IOException("zeros cannot be written behind the end of the volume");
        }
    }

    /** Cuts off what is behind the end of the volume, where that can be: a device stays as it is. */
    public void cutOff() throws IOException {
        if (!file.isDevice() && file.sizeBytes() > sizeBytes) {
            file.setSize(sizeBytes);
        }
    }

    /** Fills the buffer from a range inside the volume. */
    public IoStatus read(long offsetBytes, ByteBuffer target) {
        readAhead.reading(offsetBytes, target.remaining(), sizeBytes);
        try {
            file.read(target, offsetBytes);
            return target.hasRemaining() ? IoStatus.IO_ERROR : IoStatus.OK;
        } catch (IOException e) {
            return IoStatus.IO_ERROR;
        }
    }

    /** Writes the buffer to a range inside the volume. */
    public IoStatus write(long offsetBytes, ByteBuffer source) {
        try {
            file.write(source, offsetBytes);
            return IoStatus.OK;
        } catch (NoSpaceException e) {
            return IoStatus.NO_SPACE;
        } catch (IOException e) {
            return IoStatus.IO_ERROR;
        }
    }

    /** What becomes of holes in a range that is to read as zeros. */
    public enum Zeroing {
        /** They stay: a sparse origin stays sparse. */
        HOLES_STAY,
        /** Space is reserved for all of the range. */
        ALLOCATE
    }

    /** Makes a range inside the volume read as zeros; space that is reserved stays so. */
    public IoStatus writeZeros(long offsetBytes, long lengthBytes, Zeroing zeroing) {
        try {
            if (zeroing == Zeroing.HOLES_STAY && file.nextData(offsetBytes) >= offsetBytes + lengthBytes) {
                return IoStatus.OK;
            }
            if (file.tryZero(offsetBytes, lengthBytes)) {
                return IoStatus.OK;
            }
        } catch (NoSpaceException e) {
            return IoStatus.NO_SPACE;
        } catch (IOException e) {
            return IoStatus.IO_ERROR;
        }
        IoStatus status = IoStatus.OK;
        for (long done = 0; done < lengthBytes && status == IoStatus.OK; done += ZEROS_BYTES) {
            ByteBuffer source = ZEROS.duplicate();
            source.limit((int) Math.min(ZEROS_BYTES, lengthBytes - done)).position(0);
            status = write(offsetBytes + done, source);
        }
        return status;
    }

    /** Makes all writes that returned durable. */
    public void force() throws IOException {
        if (timesToo) {
            file.forceAll();
            return;
        }
        file.force();
    }

    /** Lets every force from now on make the time of the last change durable too. */
    public void forceTimesToo() {
        timesToo = true;
    }

    /** Returns the file itself, for who wants to know more of it than its bytes. */
    public StorageFile file() {
        return file;
    }

    /** Drops cached pages, which after a failed force may show what the device does not hold. */
    public void dropCache() throws IOException {
        file.dropCache();
    }

    /** Returns the first offset at or after the given one that holds data; the size of the volume if none does. */
    public long nextData(long offsetBytes) throws IOException {
        return Math.min(sizeBytes, file.nextData(offsetBytes));
    }

    /** Returns the first offset at or after the given one that lies in a hole; the size of the volume if none does. */
    public long nextHole(long offsetBytes) throws IOException {
        return Math.min(sizeBytes, file.nextHole(offsetBytes));
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
