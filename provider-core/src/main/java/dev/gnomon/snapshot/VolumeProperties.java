/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.snapshot.EngineException.Kind;
import java.util.Map;
import java.util.TreeMap;

/** The properties that a volume may have, and what they are if nobody said. Stateless. */
final class VolumeProperties {
    /** Whether a first overwrite is acknowledged only when it is in the origin: {@code on} or {@code off}. */
    static final String WRITE_THROUGH = "write-through";

    private static final String ON = "on";
    private static final String OFF = "off";

    private VolumeProperties() {}

    /** Refuses a property that there is not, and a value that it cannot have; an empty value is the usual one. */
    static void require(String key, String value) throws EngineException {
        if (!key.equals(WRITE_THROUGH)) {
            throw new EngineException(
                    Kind.INVALID, "property \"" + Names.shorten(key) + "\": expected one of " + WRITE_THROUGH);
        }
        if (!value.isEmpty() && !value.equals(ON) && !value.equals(OFF)) {
            throw new EngineException(
                    Kind.INVALID,
                    "property " + key + ": expected " + ON + " or " + OFF + ", found \"" + Names.shorten(value) + "\"");
        }
    }

    static boolean writeThrough(Map<String, String> properties) {
        return properties.getOrDefault(WRITE_THROUGH, OFF).equals(ON);
    }

    /** Returns the properties with those that nobody set. */
    static Map<String, String> effective(Map<String, String> properties) {
        Map<String, String> all = new TreeMap<>(properties);
        all.putIfAbsent(WRITE_THROUGH, OFF);
        return all;
    }
}
