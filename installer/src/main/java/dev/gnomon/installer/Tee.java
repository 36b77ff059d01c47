/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import dev.gnomon.installer.plan.SetupLog;

/** A log for the person at the terminal, and for the file once there is one. Used by one thread. */
final class Tee implements SetupLog {
    private final SetupLog console;
    private SetupLog file = sentence -> {};

    Tee(SetupLog console) {
        this.console = console;
    }

    void alsoTo(SetupLog other) {
        file = other;
    }

    @Override
    public void say(String sentence) {
        console.say(sentence);
        file.say(sentence);
    }
}
