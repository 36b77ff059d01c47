/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.plan;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What became of a run. Filled by one thread.
 */
public final class Report {
    /** How a run ended. */
    public enum Result {
        /** Everything is as it was asked for, and something was changed for it. */
        DONE,
        /** Everything was so already. */
        UNCHANGED,
        /** A guard does not hold; nothing was changed. */
        REFUSED,
        /** A step failed; what had been applied was undone. */
        ROLLED_BACK,
        /** Something failed and something is left of it. */
        PARTLY
    }

    private final List<StepReport> steps = new ArrayList<>();
    private Result result = Result.UNCHANGED;
    private Optional<SetupException> failure = Optional.empty();
    private long interruptedMs = -1;

    void add(StepReport step) {
        steps.add(step);
    }

    void end(Result how, Optional<SetupException> why) {
        result = how;
        failure = why;
    }

    /** Notes for how long volumes could not be used. */
    public void interrupted(long milliseconds) {
        interruptedMs = milliseconds;
    }

    /** Returns for how many milliseconds volumes could not be used; -1 if the engine was not stopped. */
    public long interruptedMs() {
        return interruptedMs;
    }

    /** Returns guards and steps in the order in which they were come to. */
    public List<StepReport> steps() {
        return List.copyOf(steps);
    }

    /** Returns how the run ended. */
    public Result result() {
        return result;
    }

    /** Returns the first failure. */
    public Optional<SetupException> failure() {
        return failure;
    }
}
