/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.io.IoStatus;
import dev.gnomon.snapshot.AllocationSink;
import dev.gnomon.snapshot.CopyReader;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.testkit.SimRandom;
import dev.gnomon.vss.DiskIdentity.Plan;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Provider contract 5.3 and assertion 83, on disks in memory. */
class DiskIdentityTests {
    private static final int MIB = 1 << 20;
    private static final int SECTOR = TestDisk.SECTOR;
    private static final long NO_DRIVE_LETTER = 0x8000_0000_0000_0000L;
    private static final long SHADOW_COPY = 0x2000_0000_0000_0000L;

    private static Plan plan(byte[] disk, long seed) {
        try {
            return new DiskIdentity(new MemoryDisk(disk), new SimRandom(seed)).plan();
        } catch (EngineException e) {
            throw new AssertionError("it read outside the disk", e);
        }
    }

    /** Applies a plan to a clone; returns it. */
    private static byte[] applied(byte[] disk, Plan plan) {
        byte[] copy = disk.clone();
        for (DiskIdentity.Patch patch : ((Plan.Change) plan).patches()) {
            ByteBuffer bytes = patch.bytes().duplicate();
            bytes.get(copy, (int) patch.offsetBytes(), bytes.remaining());
        }
        return copy;
    }

    /** Returns what may differ of a disk with the GPT that {@link TestDisk} writes. */
    private static BitSet fieldsOf(TestDisk disk) {
        BitSet fields = new BitSet();
        for (int lba : new int[] {1, disk.backupHeader()}) {
            fields.set(lba * SECTOR + 16, lba * SECTOR + 20);
            fields.set(lba * SECTOR + 56, lba * SECTOR + 72);
            fields.set(lba * SECTOR + 88, lba * SECTOR + 92);
        }
        for (int lba : new int[] {disk.primaryEntries(), disk.backupEntries()}) {
            fields.set(lba * SECTOR + 16, lba * SECTOR + 32);
            fields.set(lba * SECTOR + 55); // the highest byte of the attributes
            int third = lba * SECTOR + 2 * disk.entryBytes;
            fields.set(third + 16, third + 32);
        }
        return fields;
    }

    private static void expectOnlyDifferences(byte[] before, byte[] after, BitSet fields) {
        for (int i = 0; i < before.length; i++) {
            if (before[i] != after[i]) {
                assertThat(fields.get(i)).as("byte %d of the disk", i).isTrue();
            }
        }
    }

    // ---- MBR

    @Test
    void anMbrGetsAnotherSignatureAndNothingElse() {
        TestDisk disk = TestDisk.mbr(MIB);
        TestDisk copy = TestDisk.blank(MIB);
        copy.disk.put(0, applied(disk.bytes, plan(disk.bytes, 1)));
        assertThat(copy.disk.getInt(TestDisk.MBR_SIGNATURE)).isNotZero().isNotEqualTo(0x1234_5678);
        copy.disk.putInt(TestDisk.MBR_SIGNATURE, 0x1234_5678);
        assertThat(copy.bytes).isEqualTo(disk.bytes);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 7, -1})
    void theNewSignatureIsNeitherTheOldOneNorZero(int drawn) throws Exception {
        TestDisk disk = TestDisk.mbr(MIB);
        disk.disk.putInt(TestDisk.MBR_SIGNATURE, drawn);
        byte[] copy = applied(disk.bytes, new DiskIdentity(new MemoryDisk(disk.bytes), () -> drawn).plan());
        int signature =
                ByteBuffer.wrap(copy).order(java.nio.ByteOrder.LITTLE_ENDIAN).getInt(TestDisk.MBR_SIGNATURE);
        assertThat(signature).isNotZero().isNotEqualTo(drawn);
    }

    @Test
    void anMbrWhosePartitionsAreNotOnTheDiskIsLeftAlone() {
        TestDisk disk = TestDisk.blank(MIB);
        disk.mbrEntry(0, 7, 64, 1 << 20);
        assertThat(plan(disk.bytes, 1)).isInstanceOf(Plan.Damaged.class);
        disk.mbrEntry(1, 7, 64, 100);
        assertThat(plan(disk.bytes, 1)).as("one that is").isInstanceOf(Plan.Change.class);
    }

    // ---- no partition table

    @ParameterizedTest
    @CsvSource({"'NTFS    '", "'EXFAT   '", "'MSDOS5.0'"})
    void theBootSectorOfAFileSystemIsNoPartitionTable(String name) {
        TestDisk disk = TestDisk.mbr(MIB); // the worst case: the boot code looks like entries
        disk.disk.put(0, (byte) 0xEB).put(2, (byte) 0x90).put(3, name.getBytes(StandardCharsets.US_ASCII));
        disk.disk.putShort(11, (short) 512).put(13, (byte) 8).put(16, (byte) 2).put(21, (byte) 0xF8);
        assertThat(plan(disk.bytes, 1)).isInstanceOf(Plan.Nothing.class);
    }

    @Test
    void aBootLoaderThatBeginsAsAFileSystemDoesIsInAPartitionTable() {
        TestDisk disk = TestDisk.mbr(MIB);
        disk.disk.put(0, (byte) 0xEB).put(1, (byte) 0x63).put(2, (byte) 0x90);
        assertThat(plan(disk.bytes, 1)).isInstanceOf(Plan.Change.class);
    }

    @Test
    void disksWithoutATableAreLeftAlone() {
        assertThat(plan(new byte[0], 1)).isInstanceOf(Plan.Nothing.class);
        assertThat(plan(new byte[511], 1)).isInstanceOf(Plan.Nothing.class);
        assertThat(plan(new byte[MIB], 1)).isInstanceOf(Plan.Nothing.class);
        TestDisk text = TestDisk.mbr(MIB);
        text.disk.put(446, (byte) 'B'); // no boot flag
        assertThat(plan(text.bytes, 1)).isInstanceOf(Plan.Nothing.class);
    }

    // ---- GPT

    @ParameterizedTest
    @CsvSource({"128,128,92", "4,128,92", "1024,128,512", "3,4096,100", "1024,512,92", "37,256,92"})
    void bothCopiesOfAGptGetNewIdsAndAreValid(int entries, int entryBytes, int headerBytes) {
        TestDisk disk = TestDisk.gpt(2 * MIB);
        disk.entryCount = entries;
        disk.entryBytes = entryBytes;
        disk.headerBytes = headerBytes;
        disk.writeGpt();
        TestDisk copy = TestDisk.gpt(2 * MIB);
        copy.entryCount = entries;
        copy.entryBytes = entryBytes;
        copy.disk.put(0, applied(disk.bytes, plan(disk.bytes, 5)));

        expectOnlyDifferences(disk.bytes, copy.bytes, fieldsOf(disk));
        for (int header : new int[] {1, disk.backupHeader()}) {
            int at = header * SECTOR;
            int places = header == 1 ? disk.primaryEntries() : disk.backupEntries();
            assertThat(copy.disk.getInt(at + 16)).as("header CRC").isEqualTo(copy.headerCrc(header));
            assertThat(copy.disk.getInt(at + 88)).as("entries CRC").isEqualTo(copy.entriesCrc(places));
            assertThat(copy.get(at + 56, 16)).as("disk GUID").isNotEqualTo(disk.get(at + 56, 16));
            assertThat(copy.get(at + 56, 16)).as("in both").isEqualTo(copy.get(SECTOR + 56, 16));
            int first = places * SECTOR;
            int third = first + 2 * entryBytes;
            assertThat(copy.get(first + 16, 16)).isNotEqualTo(disk.get(first + 16, 16));
            assertThat(copy.get(third + 16, 16)).isNotEqualTo(disk.get(third + 16, 16));
            assertThat(copy.get(first + 16, 16)).isNotEqualTo(copy.get(third + 16, 16));
            assertThat(copy.disk.getLong(first + 48)).isEqualTo(1 | NO_DRIVE_LETTER | SHADOW_COPY);
            assertThat(copy.disk.getLong(third + 48)).as("no data partition").isZero();
            assertThat(copy.get(first, entries * entryBytes)).isEqualTo(copy.get(2 * SECTOR, entries * entryBytes));
        }
    }

    @Test
    void guidsAreRandomOnesAsUefiOrdersTheirBytes() {
        TestDisk disk = TestDisk.gpt(MIB);
        byte[] copy = applied(disk.bytes, plan(disk.bytes, 9));
        for (int at : new int[] {SECTOR + 56, 2 * SECTOR + 16}) {
            assertThat(copy[at + 7] & 0xF0).as("version").isEqualTo(0x40);
            assertThat(copy[at + 8] & 0xC0).as("variant").isEqualTo(0x80);
        }
        assertThat(applied(disk.bytes, plan(disk.bytes, 10))).as("another time").isNotEqualTo(copy);
    }

    @Test
    void theTableMayEndBeforeTheDiskDoes() {
        TestDisk small = TestDisk.gpt(MIB);
        TestDisk grown = TestDisk.blank(2 * MIB);
        grown.disk.put(0, small.bytes);
        byte[] copy = applied(grown.bytes, plan(grown.bytes, 5));
        expectOnlyDifferences(grown.bytes, copy, fieldsOf(small));
    }

    @Test
    void aTableOfBothKindsGetsBoth() {
        TestDisk disk = TestDisk.gpt(MIB);
        disk.mbrEntry(1, 7, 100, 100);
        disk.disk.putInt(TestDisk.MBR_SIGNATURE, 42);
        byte[] copy = applied(disk.bytes, plan(disk.bytes, 5));
        BitSet fields = fieldsOf(disk);
        fields.set(TestDisk.MBR_SIGNATURE, TestDisk.MBR_SIGNATURE + 4);
        expectOnlyDifferences(disk.bytes, copy, fields);
        assertThat(copy[TestDisk.MBR_SIGNATURE]).isNotEqualTo((byte) 42);
        assertThat(copy[SECTOR + 56]).isNotEqualTo(disk.bytes[SECTOR + 56]);
    }

    @ParameterizedTest
    @CsvSource({
        "0,1,no magic",
        "8,4,revision",
        "12,4,header bytes",
        "16,4,header CRC",
        "24,8,own place",
        "32,8,other place",
        "40,8,first usable",
        "48,8,last usable",
        "72,8,place of the entries",
        "80,4,number of entries",
        "84,4,size of an entry",
        "88,4,CRC of entries"
    })
    void aDamagedFieldOfEitherHeaderLeavesAllAlone(int offset, int length, String field) {
        for (boolean primary : new boolean[] {true, false}) {
            TestDisk like = TestDisk.gpt(MIB);
            int header = primary ? 1 : like.backupHeader();
            for (long value : new long[] {0, 3, -1, 1 << 20, 1L << 31, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 54}) {
                TestDisk disk = TestDisk.gpt(MIB);
                int at = header * SECTOR + offset;
                byte[] old = disk.get(at, length);
                for (int i = 0; i < length; i++) {
                    disk.disk.put(at + i, (byte) (value >>> (8 * i)));
                }
                if (offset != 16 && !java.util.Arrays.equals(old, disk.get(at, length))) {
                    disk.seal(header); // so that it is not the header's checksum alone that is wrong
                }
                assertThat(plan(disk.bytes, 1))
                        .as("%s = %x, primary %s", field, value, primary)
                        .isInstanceOf(Plan.Damaged.class);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"40,33", "48,2015"})
    void tablesThatReachIntoPartitionsAreLeftAloneThoughBothHeadersAgree(int offset, long lba) {
        TestDisk disk = TestDisk.gpt(MIB); // usable are 34 to 2014
        for (int header : new int[] {1, disk.backupHeader()}) {
            disk.disk.putLong(header * SECTOR + offset, lba);
            disk.seal(header);
        }
        assertThat(plan(disk.bytes, 1)).isInstanceOf(Plan.Damaged.class);
    }

    @Test
    void entriesThatAreDamagedOrDifferLeaveAllAlone() {
        for (boolean primary : new boolean[] {true, false}) {
            TestDisk disk = TestDisk.gpt(MIB);
            disk.bytes[(primary ? disk.primaryEntries() : disk.backupEntries()) * SECTOR + 60] ^= 1;
            assertThat(plan(disk.bytes, 1))
                    .isInstanceOfSatisfying(
                            Plan.Damaged.class,
                            damaged -> assertThat(damaged.reason()).contains(primary ? "primary" : "backup"));
        }
        TestDisk other = TestDisk.gpt(MIB);
        other.bytes[other.backupHeader() * SECTOR + 56] ^= 1;
        other.seal(other.backupHeader());
        assertThat(plan(other.bytes, 1)).as("two disk GUIDs").isInstanceOf(Plan.Damaged.class);
    }

    @Test
    void aDiskThatWasCutOffIsLeftAlone() {
        TestDisk disk = TestDisk.gpt(MIB);
        for (int sectors = 1; sectors < disk.sectors(); sectors += 17) {
            assertThat(plan(java.util.Arrays.copyOf(disk.bytes, sectors * SECTOR), 1))
                    .isInstanceOf(Plan.Damaged.class);
        }
    }

    @Test
    void aTableThatCannotBeReadIsAFailureNotADamage() {
        CopyReader broken = new CopyReader() {
            @Override
            public long sizeBytes() {
                return MIB;
            }

            @Override
            public IoStatus read(long offsetBytes, ByteBuffer target) {
                return IoStatus.IO_ERROR;
            }

            @Override
            public IoStatus allocation(long offsetBytes, long lengthBytes, AllocationSink sink) {
                return IoStatus.IO_ERROR;
            }
        };
        assertThatThrownBy(() -> new DiskIdentity(broken, new SimRandom(1)).plan())
                .isInstanceOf(EngineException.class)
                .hasMessageContaining("512 bytes at 0 ended with IO_ERROR");
    }

    // ---- anything at all

    @Test
    void whateverIsOnADiskNothingButTheFieldsChanges() {
        long seed = Long.getLong("gnomon.seed", System.nanoTime());
        System.out.println("disks of random bytes: -Dgnomon.seed=" + seed);
        Random random = new Random(seed);
        int changed = 0;
        for (int round = 0; round < 4000; round++) {
            TestDisk disk = random.nextInt(4) == 0 ? TestDisk.mbr(64 << 10) : TestDisk.gpt(64 << 10);
            int[] places = {0, 1, disk.primaryEntries(), disk.backupEntries(), disk.backupHeader()};
            for (int i = random.nextInt(6); i > 0; i--) {
                int lba = places[random.nextInt(places.length)];
                disk.bytes[lba * SECTOR + random.nextInt(random.nextBoolean() ? 92 : SECTOR)] ^=
                        (byte) (1 << random.nextInt(8));
                if (random.nextBoolean() && (lba == 1 || lba == disk.backupHeader())) {
                    disk.seal(lba);
                }
            }
            Plan plan = plan(disk.bytes, seed + round);
            if (plan instanceof Plan.Change) {
                changed++;
                byte[] copy = applied(disk.bytes, plan);
                BitSet fields = fieldsOf(disk);
                fields.set(TestDisk.MBR_SIGNATURE, TestDisk.MBR_SIGNATURE + 4);
                for (int lba : new int[] {disk.primaryEntries(), disk.backupEntries()}) {
                    for (int entry = 0; entry < disk.entryCount; entry++) {
                        int at = lba * SECTOR + entry * disk.entryBytes;
                        fields.set(at + 16, at + 32);
                    }
                }
                expectOnlyDifferences(disk.bytes, copy, fields);
                assertThat(copy).isNotEqualTo(disk.bytes);
            }
        }
        assertThat(changed).isBetween(100, 3900);
    }

    @Test
    void noiseBehindAProtectiveEntryIsDamage() {
        long seed = Long.getLong("gnomon.seed", System.nanoTime());
        System.out.println("disks of noise: -Dgnomon.seed=" + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            TestDisk disk = TestDisk.blank(64 << 10);
            byte[] noise = new byte[SECTOR];
            random.nextBytes(noise);
            disk.mbrEntry(0, 0xEE, 1, 127);
            System.arraycopy(noise, 8, disk.bytes, SECTOR + 8, SECTOR - 8);
            disk.disk.put(SECTOR, "EFI PART".getBytes(StandardCharsets.US_ASCII));
            disk.disk.putInt(SECTOR + 8, 0x10000).putInt(SECTOR + 12, 92 + random.nextInt(421));
            disk.disk.putLong(SECTOR + 24, 1);
            disk.seal(1);
            assertThat(plan(disk.bytes, seed)).isInstanceOf(Plan.Damaged.class);
        }
    }
}
