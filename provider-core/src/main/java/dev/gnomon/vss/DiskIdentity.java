/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.RandomSource;
import dev.gnomon.snapshot.CopyReader;
import dev.gnomon.snapshot.EngineException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Plans what has to be written to a copy of a disk so that Windows does not take it for that disk (provider contract 5.3): the
 * signature of an MBR; the GUIDs of a GPT and the attributes of its data partitions, in both copies. Writes nothing itself.
 *
 * <p>The disk belongs to somebody who may have written anything to it. <b>Invariants:</b> nothing is planned for a GPT unless both copies
 * are whole and say the same; what is planned lies in sector 0 or in places that no partition of a sound table has; no more than
 * 8 MiB and some sectors are read. Sectors have 512 bytes, as those of all exports.
 */
final class DiskIdentity {
    static final int SECTOR_BYTES = 512;

    private final CopyReader disk;
    private final long sectors;
    private final RandomSource random;

    /** What is to be done. */
    sealed interface Plan {
        /** Nothing: there is no partition table, or no partition. */
        record Nothing() implements Plan {}

        /** Nothing can be done safely. */
        record Damaged(String reason) implements Plan {}

        /** All of these are to be written. */
        record Change(List<Patch> patches) implements Plan {
            /** Copies the list. */
            public Change {
                patches = List.copyOf(patches);
            }
        }
    }

    /**
     * Bytes for a place.
     *
     * @param bytes from position to limit; not to be changed
     */
    record Patch(long offsetBytes, ByteBuffer bytes) {}

    /** A table is not what it should be. */
    private static final class DamageException extends Exception {
        private static final long serialVersionUID = 1L;

        DamageException(String message) {
            super(message);
        }
    }

    /** Looks at a disk as it is without an identity of its own. */
    DiskIdentity(CopyReader disk, RandomSource random) {
        this.disk = disk;
        this.sectors = disk.sizeBytes() / SECTOR_BYTES;
        this.random = random;
    }

    /**
     * Makes a plan, with new ids each time.
     *
     * @throws EngineException of kind FAILED if the disk cannot be read
     */
    Plan plan() throws EngineException {
        if (sectors == 0) {
            return new Plan.Nothing();
        }
        MbrSector mbr = new MbrSector(read(0, SECTOR_BYTES));
        if (!mbr.isPartitionTable()) {
            return new Plan.Nothing();
        }
        List<Patch> patches = new ArrayList<>();
        try {
            if (mbr.hasProtectiveEntry()) {
                renewGpt(patches);
            } else if (!mbr.hasSoundEntry(sectors)) {
                return new Plan.Damaged("no partition of its MBR is on the disk");
            }
        } catch (DamageException e) {
            return new Plan.Damaged(String.valueOf(e.getMessage()));
        }
        if (mbr.hasOwnEntry()) {
            patches.add(new Patch(MbrSector.SIGNATURE, newSignature(mbr.signature())));
        }
        return new Plan.Change(patches);
    }

    /** Returns another signature, which is not that of a disk without one either. */
    private ByteBuffer newSignature(int old) {
        int signature = (int) random.nextLong();
        while (signature == 0 || signature == old) {
            signature++;
        }
        return ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(0, signature);
    }

    // ---- GPT

    private void renewGpt(List<Patch> patches) throws DamageException, EngineException {
        ByteBuffer primarySector = header(GptHeader.PRIMARY_LBA, "primary");
        GptHeader primary = new GptHeader(primarySector);
        ByteBuffer backupSector = header(primary.otherLba(), "backup");
        GptHeader backup = new GptHeader(backupSector);
        if (!primary.agreesWith(backup)) {
            throw new DamageException("the headers of its GPT do not say the same");
        }
        ByteBuffer entries = entries(primary, "primary");
        if (!entries.equals(entries(backup, "backup"))) {
            throw new DamageException("the entries of its GPT are not the same in both places");
        }
        for (int i = 0; i < primary.count(); i++) {
            int at = i * primary.entryBytes();
            if (GptEntry.isUsed(entries, at)) {
                GptEntry.renew(entries, at, random.nextUuid());
            }
        }
        UUID id = random.nextUuid();
        int crc = GptHeader.crcOf(entries);
        primary.renew(id, crc);
        backup.renew(id, crc);
        patches.add(new Patch(primary.entriesLba() * SECTOR_BYTES, entries));
        patches.add(new Patch(backup.entriesLba() * SECTOR_BYTES, entries));
        patches.add(new Patch(primary.otherLba() * SECTOR_BYTES, backupSector));
        patches.add(new Patch(GptHeader.PRIMARY_LBA * SECTOR_BYTES, primarySector));
    }

    private ByteBuffer header(long lba, String which) throws DamageException, EngineException {
        if (lba >= sectors) {
            throw new DamageException("its " + which + " GPT header is not on the disk");
        }
        ByteBuffer sector = read(lba * SECTOR_BYTES, SECTOR_BYTES);
        String damage = new GptHeader(sector).damage(lba, sectors);
        if (!damage.isEmpty()) {
            throw new DamageException("its " + which + " GPT header, in sector " + lba + ", " + damage);
        }
        return sector;
    }

    private ByteBuffer entries(GptHeader header, String which) throws DamageException, EngineException {
        ByteBuffer entries = read(header.entriesLba() * SECTOR_BYTES, header.entriesBytes());
        if (GptHeader.crcOf(entries) != header.entriesCrc()) {
            throw new DamageException("the entries of its " + which + " GPT have a wrong CRC");
        }
        return entries;
    }

    private ByteBuffer read(long offsetBytes, int lengthBytes) throws EngineException {
        ByteBuffer bytes = ByteBuffer.allocate(lengthBytes).order(ByteOrder.LITTLE_ENDIAN);
        IoStatus status = disk.read(offsetBytes, bytes);
        if (status != IoStatus.OK) {
            throw new EngineException(
                    EngineException.Kind.FAILED,
                    "the partition table cannot be read: " + lengthBytes + " bytes at " + offsetBytes + " ended with "
                            + status);
        }
        return bytes.clear();
    }
}
