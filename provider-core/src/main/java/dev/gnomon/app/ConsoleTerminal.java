/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.cli.Terminal;
import java.io.Console;
import org.jspecify.annotations.Nullable;

/** The terminal of this process. */
final class ConsoleTerminal implements Terminal {
    @Override
    public boolean present() {
        @Nullable Console console = console();
        return console != null && console.isTerminal();
    }

    @Override
    public String ask(String question) {
        @Nullable Console console = console();
        @Nullable String answer = console == null ? null : console.readLine("%s", question);
        return answer == null ? "" : answer;
    }

    /** Whether there is a console without a terminal changes from one Java release to the next. */
    private static @Nullable Console console() {
        return System.console();
    }
}
