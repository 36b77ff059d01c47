/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.snapshot.EngineException.Kind;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The properties that a volume may have, and what they mean. */
final class VolumeProperties {
    /** How much of the diff area the volume may take, in bytes; without it as much as there is. */
    static final String DIFF_LIMIT_KEY = "diff-limit";

    /** What {@link #effective} says of a volume without it. */
    static final String NO_LIMIT = "none";

    /** Less could not take a request of the usual size. */
    static final long LEAST_DIFF_LIMIT_BYTES = 1 << 20;

    /** Whether a first overwrite is acknowledged only when it is in the origin: {@code on} or {@code off}. */
    static final String WRITE_THROUGH = "write-through";

    private static final String ON = "on";
    private static final String OFF = "off";
    private static final Set<String> KEYS = Set.of(WhenFull.KEY, WhenFull.HOLD_KEY, WRITE_THROUGH, DIFF_LIMIT_KEY);

    private VolumeProperties() {}

    /** Refuses a key that is not known, or a value that it cannot have; an empty value takes the property away. */
    static void require(String key, String value) throws EngineException {
        if (value.isEmpty() && KEYS.contains(key)) {
            return;
        }
        try {
            switch (key) {
                case WhenFull.KEY -> {
                    WhenFull _ = WhenFull.of(value);
                }
                case WhenFull.HOLD_KEY -> {
                    int _ = seconds(value);
                }
                case DIFF_LIMIT_KEY -> {
                    long _ = limitBytes(value);
                }
                case WRITE_THROUGH -> requireOnOrOff(key, value);
                default ->
                    throw new IllegalArgumentException(
                            "volume property \"" + Names.shorten(key) + "\": expected one of " + new TreeSet<>(KEYS));
            }
        } catch (IllegalArgumentException e) {
            throw new EngineException(Kind.INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    private static long limitBytes(String value) {
        if (value.matches("[0-9]{1,18}")) {
            long bytes = Long.parseLong(value);
            if (bytes >= LEAST_DIFF_LIMIT_BYTES) {
                return bytes;
            }
        }
        throw new IllegalArgumentException(DIFF_LIMIT_KEY + ": expected bytes, " + LEAST_DIFF_LIMIT_BYTES
                + " or more, found \"" + Names.shorten(value) + "\"");
    }

    /** Returns how much of the diff area the volume may take, 0 for as much as there is. */
    static long diffLimitBytes(Map<String, String> properties) {
        String value = properties.get(DIFF_LIMIT_KEY);
        try {
            return value == null ? 0 : limitBytes(value);
        } catch (IllegalArgumentException e) {
            return 0; // of a later release, which knows what it means
        }
    }

    private static void requireOnOrOff(String key, String value) {
        if (!value.equals(ON) && !value.equals(OFF)) {
            throw new IllegalArgumentException(
                    key + ": expected " + ON + " or " + OFF + ", found \"" + Names.shorten(value) + "\"");
        }
    }

    private static int seconds(String value) {
        if (value.matches("[0-9]{1,4}")) {
            int seconds = Integer.parseInt(value);
            if (seconds >= 1 && seconds <= WhenFull.MOST_HOLD_SECONDS) {
                return seconds;
            }
        }
        throw new IllegalArgumentException(WhenFull.HOLD_KEY + ": expected 1 to " + WhenFull.MOST_HOLD_SECONDS
                + ", found \"" + Names.shorten(value) + "\"");
    }

    /** Returns the policy that properties name; one that a later release knows holds writes, which loses nothing. */
    static WhenFull whenFull(Map<String, String> properties, WhenFull otherwise) {
        String word = properties.get(WhenFull.KEY);
        if (word == null) {
            return otherwise;
        }
        try {
            return WhenFull.of(word);
        } catch (IllegalArgumentException e) {
            return WhenFull.HOLD;
        }
    }

    /** Returns all properties, those that nobody gave with their usual values. */
    static Map<String, String> effective(Map<String, String> properties, WhenFull otherwise) {
        Map<String, String> all = new TreeMap<>(properties);
        all.put(WhenFull.KEY, whenFull(properties, otherwise).word());
        all.putIfAbsent(DIFF_LIMIT_KEY, NO_LIMIT);
        all.put(WhenFull.HOLD_KEY, Integer.toString(holdSeconds(properties)));
        all.put(WRITE_THROUGH, writeThrough(properties) ? ON : OFF);
        return Map.copyOf(all);
    }

    /** Returns whether first overwrites are acknowledged only when they are in the origin. */
    static boolean writeThrough(Map<String, String> properties) {
        return properties.getOrDefault(WRITE_THROUGH, OFF).equals(ON);
    }

    /** Returns for how long writes are held. */
    static int holdSeconds(Map<String, String> properties) {
        String value = properties.get(WhenFull.HOLD_KEY);
        try {
            return value == null ? WhenFull.HOLD_SECONDS : seconds(value);
        } catch (IllegalArgumentException e) {
            return WhenFull.HOLD_SECONDS;
        }
    }
}
