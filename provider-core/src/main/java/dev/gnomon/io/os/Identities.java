/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io.os;

import dev.gnomon.io.FileIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Which files names lead to: device and inode, or the number of a device. Stateless. */
final class Identities {
    private static final int TYPE_MASK = 0xF000;
    private static final int BLOCK_DEVICE = 0x6000;

    private Identities() {}

    static FileIdentity of(Path path) throws IOException {
        if (!path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
            BasicFileAttributes basic = Files.readAttributes(path, BasicFileAttributes.class);
            Object key = basic.fileKey();
            return new FileIdentity(
                    key == null ? "" : key.toString(),
                    "",
                    basic.lastModifiedTime().to(TimeUnit.NANOSECONDS));
        }
        Map<String, Object> unix = Files.readAttributes(path, "unix:mode,dev,ino,rdev,ctime");
        if (((Integer) value(unix, "mode") & TYPE_MASK) == BLOCK_DEVICE) {
            // The node of a device is made anew at each boot; its times say nothing of its content.
            return new FileIdentity(device((Long) value(unix, "rdev")), "", 0);
        }
        long changed = ((FileTime) value(unix, "ctime")).to(TimeUnit.NANOSECONDS);
        Object inode = value(unix, "ino");
        return new FileIdentity("file " + value(unix, "dev") + ":" + inode, "inode " + inode, changed);
    }

    private static Object value(Map<String, Object> attributes, String name) {
        return Objects.requireNonNull(attributes.get(name), name);
    }

    /** Returns the id of a device by its number. */
    static String device(long number) {
        return "device " + major(number) + ":" + minor(number);
    }

    /** The two parts of a device number, as the C library of Linux packs them. */
    static long major(long number) {
        return ((number >>> 8) & 0xFFF) | ((number >>> 32) & 0xFFFFF000L);
    }

    static long minor(long number) {
        return (number & 0xFF) | ((number >>> 12) & 0xFFFFFF00L);
    }
}
