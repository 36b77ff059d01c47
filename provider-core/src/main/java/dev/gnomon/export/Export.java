/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.export;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import java.nio.ByteBuffer;

/**
 * One opened block device, as one client sees it. Thread-safe; ranges are validated here again, whatever the protocol
 * server checked.
 *
 * <p>Requests may be of any alignment inside the device. Writes, trims and zeroes that were acknowledged, through whatever connection to the
 * volume, are covered by any later {@link #flush} (so multi-conn may be advertised). Overlapping requests in flight at
 * once may take effect in any order.
 */
public interface Export extends AutoCloseable {
    /** Returns the name that it was opened by, such as {@code data} or {@code data@nightly}. */
    String name();

    /** Returns the size in bytes, a multiple of 512. */
    long sizeBytes();

    /** Returns whether every request that changes bytes is refused with {@link IoStatus#READ_ONLY}. */
    boolean readOnly();

    /** Returns the request size and alignment that is served best, a power of two in bytes. */
    int preferredBlockBytes();

    /**
     * Reads into the whole remaining buffer; blocks until done.
     *
     * @param target direct or heap; on {@link IoStatus#OK} its position is at its limit, else its content is undefined
     * @param offsetBytes the range must lie inside the device, else {@link IoStatus#INVALID}
     */
    IoStatus read(long offsetBytes, ByteBuffer target);

    /**
     * Writes the whole remaining buffer.
     *
     * @param source must stay untouched until completion
     * @param durability {@link Durability#FORCED}: completed only when these bytes would survive a power cut
     * @param completion may be called before this method returns
     */
    void write(long offsetBytes, ByteBuffer source, Durability durability, Completion completion);

    /**
     * Says that the caller has several writes at hand, and calls {@link #submit} after the last, soon and before it waits for
     * anybody: until then they, and those of others, may be held back to be done together.
     */
    default void gather() {}

    /** Ends a {@link #gather}: has what was brought begun, on this thread as far as that needs no waiting. */
    default void submit() {}

    /** Makes every write acknowledged before this call, on any connection to the volume, survive a power cut. */
    void flush(Completion completion);

    /** Hints that a range is no longer needed; makes no promise of zeros. {@code lengthBytes} is 1 or more. */
    void trim(long offsetBytes, long lengthBytes, Durability durability, Completion completion);

    /** Makes a range read as zeros. {@code lengthBytes} is 1 or more. */
    void writeZeroes(long offsetBytes, long lengthBytes, ZeroMode mode, Durability durability, Completion completion);

    /**
     * Reports the allocation of a range as consecutive extents that cover it from its start; may stop early, after at
     * least one extent, when {@code maxExtents} is reached. Blocks until done.
     *
     * @param lengthBytes 1 or more
     * @param sink called for each extent in order, adjacent extents differ in kind
     */
    IoStatus blockStatus(long offsetBytes, long lengthBytes, int maxExtents, ExtentSink sink);

    /** Returns whether the client was cut off, so that every request fails: its connection is to be ended. */
    default boolean cutOff() {
        return false;
    }

    /** Ends this client's use; requests in flight still complete. A second close does nothing. */
    @Override
    void close();

    /** Whether an acknowledgement also promises survival of a power cut. */
    enum Durability {
        /** Later flushes make it durable. */
        BUFFERED,
        /** Durable when acknowledged (NBD and SCSI: FUA). */
        FORCED
    }

    /** How zeros may be made. */
    enum ZeroMode {
        /** Any way; holes are welcome. */
        MAY_PUNCH,
        /** Space must stay reserved (NBD: NO_HOLE). */
        KEEP_SPACE,
        /** {@link IoStatus#NOT_SUPPORTED} unless it is faster than writing zeros (NBD: FAST_ZERO). */
        FAST_ONLY
    }

    /** What an extent holds (NBD metadata context {@code base:allocation}). */
    enum ExtentKind {
        /** Allocated, content unknown. */
        DATA,
        /** Reads as zeros, takes no space. */
        HOLE_ZERO,
        /** Reads as zeros, space reserved. */
        ALLOCATED_ZERO
    }

    /** Receives extents. */
    @FunctionalInterface
    interface ExtentSink {
        /** Takes the next extent; {@code lengthBytes} is 1 or more. */
        void extent(long lengthBytes, ExtentKind kind);
    }
}
