/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.util.VolumeIdentifier;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.IntFunction;

/** A Windows with volumes and disks, which answers as its drivers do, or as a test tells it to. */
final class FakeDisks implements DiskVolumes {
    static final int BUSY = 5;

    /** Volumes by GUID path, with the answer to a question of so many bytes. */
    final Map<String, IntFunction<Answer>> extents = new LinkedHashMap<>();

    final Map<Integer, IntFunction<Answer>> identifiers = new HashMap<>();

    /** Other names of volumes. */
    final Map<String, String> mountPoints = new HashMap<>();

    /** How often a volume is still in use when it is to be locked. */
    final Map<String, Integer> busy = new HashMap<>();

    final Map<String, Integer> dismounts = new HashMap<>();

    final Set<String> locked = new HashSet<>();
    final List<String> log = new ArrayList<>();
    int opened;

    /** Whether GUID paths are understood as places, as on Windows; Wine knows folders only. */
    boolean placesByGuid = true;

    void volume(String guidPath, long... extentsOfIt) {
        ByteBuffer answer = extents(extentsOfIt);
        extents.put(guidPath, most -> cut(answer, most));
    }

    void disk(int number, byte[]... identifiersOfIt) {
        ByteBuffer answer = descriptor(identifiersOfIt);
        identifiers.put(number, most -> ok(answer.slice(0, Math.min(most, answer.limit()))));
    }

    /** As the driver of volumes does: what does not fit is a reason to ask again. */
    private static Answer cut(ByteBuffer answer, int most) {
        return most >= answer.limit() ? ok(answer) : new Answer(234, "error 234", answer.slice(0, 8));
    }

    static Answer ok(ByteBuffer bytes) {
        return new Answer(0, "", bytes);
    }

    static Answer error(int error) {
        return new Answer(error, "error " + error, ByteBuffer.allocate(0));
    }

    /** VOLUME_DISK_EXTENTS of disk, start, length, and so on. */
    static ByteBuffer extents(long... numbers) {
        ByteBuffer bytes = ByteBuffer.allocate(8 + numbers.length / 3 * 24).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(numbers.length / 3).putInt(0xCCCCCCCC);
        for (int i = 0; i < numbers.length; i += 3) {
            bytes.putInt((int) numbers[i])
                    .putInt(0xCCCCCCCC)
                    .putLong(numbers[i + 1])
                    .putLong(numbers[i + 2]);
        }
        return bytes.flip();
    }

    /** STORAGE_DEVICE_ID_DESCRIPTOR; each identifier begins at a multiple of four. */
    static ByteBuffer descriptor(byte[]... identifiers) {
        int size = 12;
        for (byte[] each : identifiers) {
            size += each.length + 3 & ~3;
        }
        ByteBuffer bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putInt(12).putInt(size).putInt(identifiers.length);
        for (byte[] each : identifiers) {
            int at = bytes.position();
            bytes.put(each).position(at + (each.length + 3 & ~3));
            bytes.putShort(at + 10, (short) (each.length + 3 & ~3));
        }
        return bytes.flip();
    }

    /** STORAGE_IDENTIFIER. */
    static byte[] identifier(int codeSet, int type, int association, byte[] bytes) {
        return ByteBuffer.allocate(16 + bytes.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(codeSet)
                .putInt(type)
                .putShort((short) bytes.length)
                .putShort((short) 0)
                .putInt(association)
                .put(bytes)
                .array();
    }

    static byte[] ofVolume(UUID id) {
        return identifier(2, 1, 0, VolumeIdentifier.of(id));
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    public Optional<String> guidPath(String mountPoint) {
        if (placesByGuid && exists(mountPoint)) {
            return extents.keySet().stream()
                    .filter(mountPoint::equalsIgnoreCase)
                    .findFirst();
        }
        return Optional.ofNullable(mountPoints.get(mountPoint.toUpperCase(Locale.ROOT)));
    }

    @Override
    public boolean exists(String guidPath) {
        return extents.keySet().stream().anyMatch(guidPath::equalsIgnoreCase);
    }

    @Override
    public List<String> guidPaths() {
        return List.copyOf(extents.keySet());
    }

    @Override
    public Optional<Device> open(String device, Access access) {
        IntFunction<Answer> ofVolume = extents.get(device + "\\");
        IntFunction<Answer> ofDisk = device.startsWith("\\\\.\\PhysicalDrive")
                ? identifiers.get(Integer.parseUnsignedInt(device.substring("\\\\.\\PhysicalDrive".length())))
                : null;
        if (ofVolume == null && ofDisk == null) {
            return Optional.empty();
        }
        opened++;
        return Optional.of(new Device() {
            private boolean closed;

            @Override
            public Answer control(int code, byte[] input, int mostBytes) {
                assertThat(closed).as("closed: " + device).isFalse();
                if (code == 0x00560000 && ofVolume != null) {
                    assertThat(input).isEmpty();
                    return ofVolume.apply(mostBytes);
                }
                if (code == 0x002D1400 && ofDisk != null) {
                    assertThat(input).containsExactly(2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
                    return ofDisk.apply(mostBytes);
                }
                assertThat(access).as("opened for").isEqualTo(Access.WRITE);
                return switch (code) {
                    case 0x00090018 -> lock();
                    case 0x00090020 -> dismount();
                    default -> error(1);
                };
            }

            private Answer lock() {
                log.add("lock " + name());
                int times = busy.getOrDefault(name(), 0);
                busy.put(name(), Math.max(0, times - 1));
                return times == 0 && locked.add(name()) ? error(0) : error(BUSY);
            }

            private Answer dismount() {
                log.add("dismount " + name());
                assertThat(locked).contains(name());
                return error(dismounts.getOrDefault(name(), 0));
            }

            private String name() {
                return device + "\\";
            }

            @Override
            public void close() {
                if (!closed) {
                    opened--;
                    if (access == Access.WRITE) {
                        locked.remove(name());
                    }
                }
                closed = true;
            }
        });
    }
}
