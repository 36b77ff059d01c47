/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import dev.gnomon.installer.plan.SetupLog;
import java.util.ArrayList;
import java.util.List;

/** A log for the person at the terminal, and for the file once there is one: what was said before stands in it too. Used by one thread. */
final class Tee implements SetupLog {
    private final SetupLog console;
    private final List<String> held = new ArrayList<>();
    private SetupLog file = held::add;

    Tee(SetupLog console) {
        this.console = console;
    }

    void alsoTo(SetupLog other) {
        file = other;
        held.forEach(file::say);
        held.clear();
    }

    /** From here on what is said waits for the next file. */
    void hold() {
        file = held::add;
    }

    /** Returns what waits for a file. */
    List<String> held() {
        return List.copyOf(held);
    }

    /** Says what the person at the terminal is told in another way. */
    void note(String sentence) {
        file.say(sentence);
    }

    @Override
    public void say(String sentence) {
        console.say(sentence);
        file.say(sentence);
    }
}
