/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Work that the service goes on with by itself, and that a command waits for: a bar on a terminal, lines where there is none,
 * and always a line when what it waits for changes. To end the command ends nothing else.
 */
final class LongWork {
    private static final long LOOK_NANOS = 500_000_000L;

    private LongWork() {}

    /**
     * How far it is.
     *
     * @param doneBytes of {@code allBytes}
     * @param waiting why it cannot get on, empty if it does
     */
    record State(long doneBytes, long allBytes, String waiting) {
        private long percent() {
            return allBytes == 0 ? 100 : doneBytes * 100 / allBytes;
        }

        /** Returns it for people. */
        String line() {
            String line = percent() + " %  " + Sizes.human(doneBytes) + " of " + Sizes.human(allBytes);
            return waiting.isEmpty() ? line : line + "  waits: " + waiting;
        }
    }

    /** Asks the service. */
    interface Look {
        /** Returns how far it is now, or null when it is done. */
        @Nullable
        State now() throws ControlException;
    }

    /** Shows how far it is until it is done. */
    static void follow(String task, State begun, Session session, Look look) throws ControlException {
        long shown = -1;
        String waiting = "";
        try (Progress progress = Progress.show(task, begun.allBytes(), session.err())) {
            for (State now = begun; now != null; now = look.now()) {
                progress.to(now.doneBytes());
                boolean further = !progress.isVisible() && now.percent() != shown;
                if (further || !now.waiting().equals(waiting)) {
                    session.err().println(now.line());
                    session.err().flush();
                    shown = now.percent();
                    waiting = now.waiting();
                }
                LockSupport.parkNanos(task, LOOK_NANOS);
            }
        }
    }
}
