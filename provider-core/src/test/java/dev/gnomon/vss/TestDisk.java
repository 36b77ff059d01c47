/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/**
 * Disks with partition tables, built here byte by byte from the UEFI specification, 5.3, and not with what is tested; also the
 * checksum is another one's. The GPT has 128 entries of 128 bytes unless a test wants others.
 */
final class TestDisk {
    static final int SECTOR = 512;
    static final byte[] BASIC_DATA = hex("a2a0d0ebe5b9334487c068b6b72699c7");
    static final byte[] LINUX = hex("af3dc60f838472478e793d69d8477de4");
    static final int MBR_SIGNATURE = 0x1B8;

    final byte[] bytes;
    final ByteBuffer disk;
    int entryCount = 128;
    int entryBytes = 128;
    int headerBytes = 92;

    private TestDisk(int sizeBytes) {
        bytes = new byte[sizeBytes];
        new Random(sizeBytes).nextBytes(bytes);
        disk = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Returns a disk of noise, with a sector 0 that is empty. */
    static TestDisk blank(int sizeBytes) {
        TestDisk made = new TestDisk(sizeBytes);
        made.disk.put(0, new byte[SECTOR]);
        return made;
    }

    /** Returns a disk of noise with an MBR of one NTFS partition. */
    static TestDisk mbr(int sizeBytes) {
        TestDisk made = blank(sizeBytes);
        made.mbrEntry(0, 7, 64, sizeBytes / SECTOR - 64);
        made.disk.putInt(MBR_SIGNATURE, 0x1234_5678);
        return made;
    }

    /** Returns a disk of noise with a GPT: a data partition of Windows in entry 0, one of Linux in entry 2. */
    static TestDisk gpt(int sizeBytes) {
        TestDisk made = blank(sizeBytes);
        made.mbrEntry(0, 0xEE, 1, 0xFFFF_FFFFL);
        made.writeGpt();
        return made;
    }

    void mbrEntry(int number, int type, long first, long count) {
        int at = 446 + number * 16;
        disk.put(at + 4, (byte) type);
        disk.putInt(at + 8, (int) first);
        disk.putInt(at + 12, (int) count);
        disk.putShort(510, (short) 0xAA55);
    }

    int sectors() {
        return bytes.length / SECTOR;
    }

    int entriesSectors() {
        return (entryCount * entryBytes + SECTOR - 1) / SECTOR;
    }

    int primaryEntries() {
        return 2;
    }

    int backupHeader() {
        return sectors() - 1;
    }

    int backupEntries() {
        return backupHeader() - entriesSectors();
    }

    /** Writes both copies of the table. */
    void writeGpt() {
        byte[] entries = new byte[entryCount * entryBytes];
        ByteBuffer of = ByteBuffer.wrap(entries).order(ByteOrder.LITTLE_ENDIAN);
        int first = 2 + entriesSectors();
        entry(of, 0, BASIC_DATA, "00112233445566778899aabbccddeeff", first, first + 99);
        of.putLong(48, 1L); // required partition, to be kept
        entry(of, 2 * entryBytes, LINUX, "f0e1d2c3b4a5968778695a4b3c2d1e0f", first + 100, first + 199);
        disk.put(primaryEntries() * SECTOR, entries);
        disk.put(backupEntries() * SECTOR, entries);
        header(1, backupHeader(), primaryEntries(), crc(entries, 0, entries.length));
        header(backupHeader(), 1, backupEntries(), crc(entries, 0, entries.length));
    }

    private static void entry(ByteBuffer to, int at, byte[] type, String guid, long first, long last) {
        to.put(at, type).put(at + 16, hex(guid)).putLong(at + 32, first).putLong(at + 40, last);
        to.put(at + 56, "data".getBytes(StandardCharsets.UTF_16LE));
    }

    private void header(int lba, int other, int entries, int entriesCrc) {
        int at = lba * SECTOR;
        disk.put(at, new byte[SECTOR]);
        disk.put(at, "EFI PART".getBytes(StandardCharsets.US_ASCII));
        disk.putInt(at + 8, 0x10000).putInt(at + 12, headerBytes);
        disk.putLong(at + 24, lba).putLong(at + 32, other);
        disk.putLong(at + 40, 2 + entriesSectors()).putLong(at + 48, backupEntries() - 1);
        disk.put(at + 56, hex("5a5b5c5d5e5f60616263646566676869"));
        disk.putLong(at + 72, entries);
        disk.putInt(at + 80, entryCount).putInt(at + 84, entryBytes).putInt(at + 88, entriesCrc);
        seal(lba);
    }

    /** Gives a header the right checksum, whatever it says; as long as it has a length that is possible. */
    void seal(int lba) {
        disk.putInt(lba * SECTOR + 16, headerCrc(lba));
    }

    /** Returns the checksum that a header should have. */
    int headerCrc(int lba) {
        int length = Math.clamp(disk.getInt(lba * SECTOR + 12), 92, SECTOR);
        byte[] header = new byte[length];
        disk.get(lba * SECTOR, header);
        for (int i = 16; i < 20; i++) {
            header[i] = 0;
        }
        return crc(header, 0, length);
    }

    int entriesCrc(int lba) {
        return crc(bytes, lba * SECTOR, entryCount * entryBytes);
    }

    /** CRC-32 of ISO 3309, bit by bit. */
    static int crc(byte[] of, int from, int length) {
        int crc = -1;
        for (int i = from; i < from + length; i++) {
            crc ^= of[i] & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc >>> 1) ^ ((crc & 1) != 0 ? 0xEDB8_8320 : 0);
            }
        }
        return ~crc;
    }

    byte[] get(int at, int length) {
        byte[] part = new byte[length];
        disk.get(at, part);
        return part;
    }

    static byte[] hex(String digits) {
        return java.util.HexFormat.of().parseHex(digits);
    }
}
