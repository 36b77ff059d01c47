/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.util.VolumeIdentifier;
import dev.gnomon.vss.DiskAnswers.Extent;
import dev.gnomon.vss.DiskAnswers.Identifier;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Asks volumes which disks they lie on, and disks which volume of Gnomon they are (provider contract 5.2). Thread-safe. */
final class DiskQueries {
    static final int IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS = 0x00560000;
    static final int IOCTL_STORAGE_QUERY_PROPERTY = 0x002D1400;

    /** STORAGE_PROPERTY_QUERY: DWORD property id 2, StorageDeviceIdProperty; DWORD query type 0; a byte, padded. */
    private static final byte[] DEVICE_ID_QUERY = {2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

    private static final byte[] NOTHING = {};

    private static final int ERROR_INVALID_FUNCTION = 1;
    private static final int ERROR_NOT_READY = 21;
    private static final int ERROR_NOT_SUPPORTED = 50;
    private static final int ERROR_INSUFFICIENT_BUFFER = 122;
    private static final int ERROR_MORE_DATA = 234;

    private static final int FIRST_EXTENTS = 4;

    /** Far above what the largest spanned volume has; an answer of 96 KiB. */
    private static final int MOST_EXTENTS = 4_096;

    private static final int FIRST_DESCRIPTOR_BYTES = 4 << 10;

    /** The page is below 64 KiB; its identifiers have longer headers here. */
    private static final int MOST_DESCRIPTOR_BYTES = 256 << 10;

    private final DiskVolumes disks;

    DiskQueries(DiskVolumes disks) {
        this.disks = disks;
    }

    /**
     * Returns the parts of disks that a volume lies on.
     *
     * @return empty if its driver says that it is on none; none at all if there is no such volume, or a drive without a disk in it, or a
     *     driver that knows no disks
     * @throws IOException if that cannot be told
     */
    Optional<List<Extent>> extents(String guidPath) throws IOException {
        Optional<DiskVolumes.Device> opened = disks.open(GuidPath.device(guidPath), DiskVolumes.Access.ASK);
        if (opened.isEmpty()) {
            return Optional.empty();
        }
        try (DiskVolumes.Device volume = opened.get()) {
            for (int room = FIRST_EXTENTS; room <= MOST_EXTENTS; room *= 4) {
                DiskVolumes.Answer answer = volume.control(
                        IOCTL_VOLUME_GET_VOLUME_DISK_EXTENTS,
                        NOTHING,
                        DiskAnswers.EXTENTS_HEADER_BYTES + room * DiskAnswers.EXTENT_BYTES);
                switch (answer.error()) {
                    case 0 -> {
                        return Optional.of(DiskAnswers.extents(answer.bytes()));
                    }
                    case ERROR_MORE_DATA, ERROR_INSUFFICIENT_BUFFER -> {
                        // Next time with more room; the count in what there is need not be believed.
                    }
                    case ERROR_INVALID_FUNCTION, ERROR_NOT_READY, ERROR_NOT_SUPPORTED -> {
                        return Optional.empty();
                    }
                    default -> throw new IOException("disk extents: " + answer.reason());
                }
            }
        }
        throw new IOException("disk extents: more than " + MOST_EXTENTS);
    }

    /**
     * Returns which volume of Gnomon, or which shadow copy, a disk says to be.
     *
     * @return none if it does not say so
     * @throws IOException if that cannot be told, or if it says to be several
     */
    Optional<UUID> identity(int disk) throws IOException {
        String name = "\\\\.\\PhysicalDrive" + Integer.toUnsignedString(disk);
        Optional<DiskVolumes.Device> opened = disks.open(name, DiskVolumes.Access.ASK);
        if (opened.isEmpty()) {
            throw new IOException(name + ": there is no such disk any more");
        }
        Set<UUID> found = new HashSet<>();
        try (DiskVolumes.Device device = opened.get()) {
            DiskVolumes.Answer answer = descriptor(name, device);
            switch (answer.error()) {
                case 0 -> {}
                // A disk without the page: many of those inside of other machines.
                case ERROR_INVALID_FUNCTION, ERROR_NOT_READY, ERROR_NOT_SUPPORTED -> {
                    return Optional.empty();
                }
                default -> throw new IOException(name + ": identifiers: " + answer.reason());
            }
            for (Identifier each : DiskAnswers.identifiers(answer.bytes())) {
                read(each).ifPresent(found::add);
            }
        }
        if (found.size() > 1) {
            throw new IOException(name + ": says to be " + found + "; expected one of them at most");
        }
        return found.stream().findFirst();
    }

    /** The driver writes as much as there is room for, and calls it a success. */
    private static DiskVolumes.Answer descriptor(String name, DiskVolumes.Device device) throws IOException {
        DiskVolumes.Answer answer =
                device.control(IOCTL_STORAGE_QUERY_PROPERTY, DEVICE_ID_QUERY, FIRST_DESCRIPTOR_BYTES);
        if (answer.error() != 0) {
            return answer;
        }
        long size = DiskAnswers.descriptorBytes(answer.bytes());
        if (size > MOST_DESCRIPTOR_BYTES) {
            throw new IOException(
                    name + ": identifiers of " + size + " bytes; expected at most " + MOST_DESCRIPTOR_BYTES);
        }
        return size <= FIRST_DESCRIPTOR_BYTES
                ? answer
                : device.control(IOCTL_STORAGE_QUERY_PROPERTY, DEVICE_ID_QUERY, (int) size);
    }

    private static Optional<UUID> read(Identifier identifier) {
        if (identifier.codeSet() != VolumeIdentifier.CODE_SET
                || identifier.type() != VolumeIdentifier.TYPE
                || identifier.association() != VolumeIdentifier.ASSOCIATION) {
            return Optional.empty();
        }
        byte[] bytes = new byte[identifier.bytes().remaining()];
        identifier.bytes().get(0, bytes);
        return VolumeIdentifier.read(bytes);
    }
}
