/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.plan;

import java.util.Map;

/**
 * What a step must know of how things were before it, to undo itself in another process. It stands in the journal before the step
 * changes anything. Immutable.
 */
public record Memo(Map<String, String> facts) {
    /** Knows nothing. */
    public static final Memo NONE = new Memo(Map.of());

    private static final String YES = "yes";

    /** Copies the map. */
    public Memo {
        facts = Map.copyOf(facts);
    }

    /** Returns a fact, empty if it was not written down. */
    public String fact(String name) {
        return facts.getOrDefault(name, "");
    }

    /** Returns whether a fact was written down as true. */
    public boolean is(String name) {
        return fact(name).equals(YES);
    }

    /** Returns how {@link #is} reads a truth. */
    public static String flag(boolean value) {
        return value ? YES : "no";
    }
}
