/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;

/**
 * Port: the volumes and disks of Windows, by name and as their drivers answer. Thread-safe. It judges nothing, and whoever uses it
 * believes no length in an answer. Nothing here waits for longer than a driver takes.
 */
public interface DiskVolumes {
    /**
     * Finds the volume at a place (GetVolumeNameForVolumeMountPointW).
     *
     * @param mountPoint drive root, mounted folder or volume GUID path, with a backslash at the end
     * @return its volume GUID path, with a backslash at the end, as Windows writes it; none if no volume is there
     */
    Optional<String> guidPath(String mountPoint) throws IOException;

    /** Returns whether there is a volume of that GUID path (GetVolumePathNamesForVolumeNameW). */
    boolean exists(String guidPath) throws IOException;

    /** Returns the GUID path of each volume, with a backslash at the end (FindFirstVolumeW). */
    List<String> guidPaths() throws IOException;

    /**
     * Opens a volume or a disk itself.
     *
     * @param device such as {@code \\.\PhysicalDrive0}, without a backslash at the end
     * @return none if there is none of that name
     */
    Optional<Device> open(String device, Access access) throws IOException;

    /** What a device is opened for. */
    enum Access {
        /** Questions; also while it is in use. */
        ASK,
        /** Reads and writes, as its lock wants it. */
        WRITE
    }

    /** An open device; for one thread. */
    interface Device extends AutoCloseable {
        /**
         * Sends a control code (DeviceIoControl).
         *
         * @param mostBytes of the answer
         */
        Answer control(int code, byte[] input, int mostBytes);

        /** Gives it, and its lock, back. Idempotent. */
        @Override
        void close();
    }

    /**
     * What a driver answered.
     *
     * @param error of Windows; 0 if there is none
     * @param reason that error for people
     * @param bytes what it wrote, from position 0 to the limit, little-endian; with some errors a part
     */
    record Answer(int error, String reason, ByteBuffer bytes) {}
}
