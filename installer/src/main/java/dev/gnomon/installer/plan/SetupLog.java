/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.plan;

/** Where an installation tells what it does and why, a sentence a line. */
@FunctionalInterface
public interface SetupLog {
    /** Writes a line; a log that cannot be written stops nothing. */
    void say(String sentence);

    /** Returns a log that writes to two. */
    default SetupLog and(SetupLog other) {
        return sentence -> {
            say(sentence);
            other.say(sentence);
        };
    }
}
