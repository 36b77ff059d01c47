/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.selftest;

/** How a check ended. */
sealed interface Outcome {
    /** It is as it should be. */
    record Ok(String note) implements Outcome {}

    /** It is not. */
    record Fail(String expected, String actual) implements Outcome {}

    /** It cannot be found out on this machine, or not without something that was not given. */
    record NotHere(String reason) implements Outcome {}

    /** Returns one of the first two. */
    static Outcome expect(boolean right, String note, String expected, String actual) {
        return right ? new Ok(note) : new Fail(expected, actual);
    }

    /** Returns it in one line. */
    default String text() {
        return switch (this) {
            case Ok(String note) -> note.isEmpty() ? "ok" : "ok: " + note;
            case Fail(String expected, String actual) -> "FAIL expected " + expected + ", actual " + actual;
            case NotHere(String reason) -> "not possible here: " + reason;
        };
    }
}
