/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.util;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * The identifier by which a disk says which volume it is: on page 0x83 of its vital product data (SPC-4 7.8.6.4), a T10 vendor id of the
 * logical unit, in ASCII. Eight bytes of vendor, then the UUID as 36 characters in lower case. What serves the disk publishes it, what looks
 * for the volume behind a disk reads it.
 */
public final class VolumeIdentifier {
    /** Code set ASCII. */
    public static final int CODE_SET = 2;

    /** Designator type T10 vendor id. */
    public static final int TYPE = 1;

    /** Association with the logical unit, not with a port or a target. */
    public static final int ASSOCIATION = 0;

    /** Eight bytes, as the standard has it. */
    private static final String VENDOR = "GNOMON  ";

    private static final Pattern UUID_TEXT =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private VolumeIdentifier() {}

    /** Returns the bytes for the volume, or the shadow copy, with an id. */
    public static byte[] of(UUID id) {
        return (VENDOR + id).getBytes(StandardCharsets.US_ASCII);
    }

    /** Returns the id that bytes stand for, in either case and with spaces or zeros behind them; none if they are not of this kind. */
    public static Optional<UUID> read(byte[] bytes) {
        int end = bytes.length;
        while (end > 0 && (bytes[end - 1] == 0 || bytes[end - 1] == ' ')) {
            end--;
        }
        String text = new String(Arrays.copyOf(bytes, end), StandardCharsets.ISO_8859_1);
        if (!text.startsWith(VENDOR)
                || !UUID_TEXT.matcher(text.substring(VENDOR.length())).matches()) {
            return Optional.empty();
        }
        return Optional.of(UUID.fromString(text.substring(VENDOR.length())));
    }
}
