/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.plan;

/**
 * What became of one step, or of one guard.
 *
 * @param before empty for a guard and for a step that was not looked at
 * @param finding what was found before, for people
 * @param after empty if nothing was done, or nothing could be found out
 * @param error empty if none
 * @param advice what to do about the error; empty if there is none
 */
public record StepReport(
        String name,
        String describe,
        String before,
        String finding,
        Action action,
        String after,
        String error,
        String advice) {

    /** What was done. */
    public enum Action {
        /** Looked at only; a guard, or a step of a status. */
        CHECKED,
        /** Nothing: it was as it should be. */
        NOTHING,
        /** Applied. */
        APPLIED,
        /** Undone. */
        UNDONE,
        /** Would be applied; this is a dry run. */
        WOULD_APPLY,
        /** Would be undone; this is a dry run. */
        WOULD_UNDO,
        /** Not come to, because of an earlier error. */
        NOT_REACHED
    }

    StepReport failedWith(SetupException e) {
        return new StepReport(name, describe, before, finding, action, after, e.text(), e.advice());
    }

    /** Returns whether an error stands in it. */
    public boolean failed() {
        return !error.isEmpty();
    }
}
