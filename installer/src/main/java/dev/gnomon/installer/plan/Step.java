/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.plan;

/**
 * One piece of an installation. Used by one thread.
 *
 * <p>A process may be killed inside {@link #apply} and {@link #undo}: {@link #check} must then say BROKEN or ABSENT, applying again
 * must finish the work, and undoing must take away what is there of it, however often it is called.
 */
public interface Step {
    /** Why a step is undone. */
    enum Undo {
        /** A later step failed: everything goes back to what it was, by the memo. */
        ROLLBACK,
        /** The same some time after: what somebody may have put there meanwhile stays. */
        LATE_ROLLBACK,
        /** The product goes: what belongs to the user stays. */
        UNINSTALL
    }

    /** Returns the name in journal and reports; it never changes. */
    String name();

    /** Returns what the step does, as a clause for people that follows "to". */
    String describe();

    /** Returns why an uninstall leaves this where it is; empty if it takes it away. */
    default String kept() {
        return "";
    }

    /** Looks at what is there; changes nothing. */
    Finding check() throws SetupException;

    /** Returns what {@link #undo} will have to know; called before {@link #apply}, changes nothing. */
    default Memo remember() throws SetupException {
        return Memo.NONE;
    }

    /** Does the work; what is there already is brought into order. */
    void apply() throws SetupException;

    /**
     * Takes the work back; success if there is nothing.
     *
     * @param memo what {@link #remember} returned before the work was done; {@link Memo#NONE} if that is lost
     */
    void undo(Memo memo, Undo why) throws SetupException;
}
