/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import java.io.PrintWriter;

/** Tells what happens while it happens, in short lines. Owned by the thread of the run. */
final class Story {
    private final PrintWriter out;
    private int steps;
    private volatile String step = "the start";

    Story(PrintWriter out) {
        this.out = out;
    }

    /** Begins a step. */
    void step(String title) {
        steps++;
        step = "step " + steps + " (" + title + ")";
        print(System.lineSeparator(), steps + ". " + title);
    }

    /** Tells a fact. */
    void tell(String text) {
        print("        ", text);
    }

    /** Tells something that was verified. */
    void verified(String text) {
        print("   ok   ", text);
    }

    /** Tells what holds for the whole run. */
    void title(String text) {
        print(steps == 0 ? "" : System.lineSeparator(), text);
    }

    /** Returns the step that the run is in; from any thread. */
    String where() {
        return step;
    }

    private void print(String before, String text) {
        out.print(before);
        out.println(text);
        out.flush();
    }
}
