/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import dev.gnomon.testkit.Xoshiro256;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

/** What a device must hold, kept by the test in its own memory. */
final class Image {
    private static final int COMPARE_BYTES = 1 << 20;

    private final byte[] bytes;

    private Image(byte[] bytes) {
        this.bytes = bytes;
    }

    static Image zeros(int sizeBytes) {
        return new Image(new byte[sizeBytes]);
    }

    /** Returns an image of bytes that look random and follow from the seed. */
    static Image random(int sizeBytes, long seed) {
        Image image = zeros(sizeBytes);
        new Xoshiro256(seed).fill(image.bytes);
        return image;
    }

    static Image of(Path file) {
        try {
            return new Image(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    int sizeBytes() {
        return bytes.length;
    }

    Image copy() {
        return new Image(bytes.clone());
    }

    void fill(long offsetBytes, long lengthBytes, int value) {
        Arrays.fill(bytes, (int) offsetBytes, (int) (offsetBytes + lengthBytes), (byte) value);
    }

    /**
     * Takes over what a range holds after a write that may have been done in part: each byte is the old one or one of
     * these values, else the test fails.
     */
    void adopt(String what, Image found, int offsetBytes, int lengthBytes, int... values) {
        for (int at = offsetBytes; at < offsetBytes + lengthBytes; at++) {
            byte now = found.bytes[at];
            if (now != bytes[at] && IntStream.of(values).noneMatch(value -> (byte) value == now)) {
                throw new AssertionError(what + ": offset " + at + " holds " + Integer.toHexString(now & 0xff)
                        + ", expected the old byte " + Integer.toHexString(bytes[at] & 0xff) + " or one of "
                        + Arrays.toString(values));
            }
            bytes[at] = now;
        }
    }

    Path writeTo(Path file) {
        try {
            return Files.write(file, bytes);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns whether the file holds exactly these bytes. */
    boolean isSame(Path file) {
        return Arrays.equals(bytes, of(file).bytes);
    }

    /** Fails the test unless the file holds exactly these bytes. */
    void requireSame(String what, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            byte[] read = new byte[COMPARE_BYTES];
            int at = 0;
            for (int count = in.readNBytes(read, 0, read.length);
                    count > 0;
                    count = in.readNBytes(read, 0, read.length)) {
                requireSame(what, read, count, at);
                at += count;
            }
            if (at != bytes.length) {
                throw new AssertionError(what + ": expected " + bytes.length + " bytes, found " + at);
            }
            WorkspaceExtension.COMPARED.add(at);
        } catch (IOException e) {
            throw new AssertionError(what + ": " + e, e);
        }
    }

    private void requireSame(String what, byte[] read, int count, int at) {
        int rest = Math.max(0, Math.min(count, bytes.length - at));
        int differs = Arrays.mismatch(read, 0, count, bytes, at, at + rest);
        if (differs >= 0) {
            String expected = at + differs < bytes.length ? Integer.toHexString(bytes[at + differs] & 0xff) : "the end";
            throw new AssertionError(what + ": differs first at offset " + (at + differs) + ": expected " + expected
                    + ", found " + Integer.toHexString(read[differs] & 0xff));
        }
    }
}
