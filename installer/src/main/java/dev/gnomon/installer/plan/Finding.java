/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.plan;

/**
 * What a step found of its work.
 *
 * @param text for people: what is there, or what is missing or wrong
 */
public record Finding(State state, String text) {

    /** How much of a step's work is there. */
    public enum State {
        /** Nothing: undoing would change nothing. */
        ABSENT,
        /** All of it, as it should be: applying would change nothing. */
        PRESENT,
        /** Something, but not as it should be. */
        BROKEN
    }

    /** Returns that nothing is there. */
    public static Finding absent(String text) {
        return new Finding(State.ABSENT, text);
    }

    /** Returns that everything is as it should be. */
    public static Finding present(String text) {
        return new Finding(State.PRESENT, text);
    }

    /** Returns that something is wrong. */
    public static Finding broken(String text) {
        return new Finding(State.BROKEN, text);
    }

    /** Returns whether everything is as it should be. */
    public boolean present() {
        return state == State.PRESENT;
    }
}
