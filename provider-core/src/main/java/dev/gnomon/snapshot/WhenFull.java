/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What becomes of a volume's first overwrites when the diff area has no room for them. */
public enum WhenFull {
    /** Its oldest shadow copies go, one at a time, until there is room. */
    DROP_OLDEST,
    /** They wait for room, and fail with "no space" after a time. */
    HOLD,
    /** They fail with "no space", and no new snapshot set is taken when the diff area is nearly full. */
    REFUSE;

    /** The key of the volume's property. */
    static final String KEY = "when-full";

    /** The key of the property that says for how many seconds writes are held. */
    static final String HOLD_KEY = "hold-seconds";

    /** For how long writes are held if nobody said. */
    static final int HOLD_SECONDS = 30;

    /** The longest that writes may be held. */
    public static final int MOST_HOLD_SECONDS = 3600;

    /** Returns the word for it, such as {@code drop-oldest}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * Returns the constant of a word.
     *
     * @throws IllegalArgumentException if there is none, naming those that there are
     */
    public static WhenFull of(String word) {
        for (WhenFull each : values()) {
            if (each.word().equals(word)) {
                return each;
            }
        }
        throw new IllegalArgumentException(KEY + ": expected one of "
                + Arrays.stream(values()).map(WhenFull::word).collect(Collectors.joining(", ")) + ", found \""
                + Names.shorten(word) + "\"");
    }
}
