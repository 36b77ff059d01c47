/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import java.util.Locale;
import picocli.CommandLine.Option;

/**
 * The options of commands that destroy something. Without any of them a person at a terminal is shown what would go and
 * is asked; a script is refused before anything is done.
 */
final class Caution {
    @Option(names = "--yes", description = "Do not ask. Needed where there is no terminal to ask at.")
    private boolean yes;

    @Option(names = "--dry-run", description = "Show what would be done, with numbers, and do nothing.")
    private boolean dryRun;

    boolean dryRun() {
        return dryRun;
    }

    /** Returns whether a person is to be asked; refuses if that is needed and nobody is there. */
    boolean asks(Session session, String command) throws ControlException {
        if (yes || dryRun) {
            return false;
        }
        if (!session.terminal().present()) {
            throw new ControlException(
                    ErrorKind.REFUSED,
                    command + " destroys, and there is no terminal to ask at: give --yes to do it, or --dry-run to see"
                            + " what it would do");
        }
        return true;
    }

    /** Asks; throws if the answer is not yes. */
    static void confirm(Session session, String question) throws ControlException {
        session.err().flush();
        String answer = session.terminal().ask(question + " [y/N] ").strip().toLowerCase(Locale.ROOT);
        if (!answer.equals("y") && !answer.equals("yes")) {
            throw new ControlException(ErrorKind.REFUSED, "not confirmed; nothing was done");
        }
    }
}
