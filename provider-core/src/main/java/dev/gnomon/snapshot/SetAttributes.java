/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/**
 * Attributes of sets and copies whose keys begin with {@value #RESERVED}: the service's own. They are kept with the set. Those
 * of one copy have its id in their key there, and are shown on that copy alone, without the id.
 */
public final class SetAttributes {
    /** No user may give an attribute whose key begins so. */
    public static final String RESERVED = "vss.";

    /** Most bytes of the keys and values of a set: a checkpoint writes them in one entry, with the copies. */
    static final int MOST_BYTES = 16 << 10;

    private static final String OF_COPY = RESERVED + "copy.";
    private static final int ID_LENGTH = 36;

    private SetAttributes() {}

    /** Returns the key in the set's attributes of one copy's attribute; {@code key} begins with {@value #RESERVED}. */
    public static String keyOf(UUID copy, String key) {
        return OF_COPY + copy + "." + key.substring(RESERVED.length());
    }

    /** Returns the attributes of the set itself. */
    static Map<String, String> ofSet(Map<String, String> all) {
        Map<String, String> own = new TreeMap<>(all);
        own.keySet().removeIf(key -> key.startsWith(OF_COPY));
        return own;
    }

    /** Returns the attributes of a copy: those of its set, and its own. */
    static Map<String, String> ofCopy(UUID copy, Map<String, String> all) {
        String prefix = OF_COPY + copy + ".";
        Map<String, String> own = ofSet(all);
        all.forEach((key, value) -> {
            if (key.startsWith(prefix)) {
                own.put(RESERVED + key.substring(OF_COPY.length() + ID_LENGTH + 1), value);
            }
        });
        return own;
    }

    private static int utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }

    /** Returns how many bytes attributes take. */
    static long bytes(Map<String, String> all) {
        long bytes = 0;
        for (Map.Entry<String, String> each : all.entrySet()) {
            bytes += 4L + utf8(each.getKey()) + utf8(each.getValue());
        }
        return bytes;
    }
}
