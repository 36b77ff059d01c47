/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import java.util.Locale;
import java.util.regex.Pattern;

/** The form of a volume GUID path: {@code \\?\Volume{GUID}\}. */
public final class GuidPath {
    private static final Pattern FORM = Pattern.compile(
            "\\\\\\\\\\?\\\\Volume\\{[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}\\}\\\\",
            Pattern.CASE_INSENSITIVE);

    private static final String VOLUME = "\\\\?\\Volume";

    private GuidPath() {}

    /** Returns whether a name has it, in any case. */
    public static boolean is(String name) {
        return FORM.matcher(name).matches();
    }

    /** Returns a path in the case that Windows writes it in. */
    static String asWritten(String path) {
        return VOLUME + path.substring(VOLUME.length()).toLowerCase(Locale.ROOT);
    }

    /** Returns the name that opens the volume itself: with a backslash at the end it would be the root of its file system. */
    static String device(String path) {
        return path.substring(0, path.length() - 1);
    }
}
