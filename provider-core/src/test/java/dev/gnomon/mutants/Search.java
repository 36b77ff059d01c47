/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import dev.gnomon.simulation.Campaign;
import org.jspecify.annotations.Nullable;

/** What looks for a violation: the campaign of the simulation, or one of the scenarios of this package. */
enum Search {
    /** Random workloads, cut at their I/Os; the budgets count crash states. Those of the scenarios count seeds. */
    CAMPAIGN(4000, 2500),
    CHECKPOINTS(3000, 500),
    REAPER(3000, 500),
    EDGES(1, 1),
    TWICE(1, 1),
    EPOCHS(1, 1),
    LATE(1000, 200),
    HELD_FORCE(3, 3),
    HELD_READ(3, 3),
    TWO_SEGMENTS(3, 3),
    CHAINS(100, 30),
    FULL(3, 3),
    ORIGIN_FORCE_FAILS(3, 3),
    CLEARED_FAILURE(3, 3),
    LOG_FORCE_FAILS(3, 3),
    LOG_AND_SUPERBLOCK_FAIL(3, 3),
    KILLED_BEFORE_FORCE(3, 3),
    STALE_BATCH(3, 3),
    TORN_HEAD(1, 1),
    ROT(1, 1),
    INDEX_ROT(1, 1),
    HELD_SEGMENT(3, 3);

    private final int budget;
    private final int controlBudget;

    Search(int budget, int controlBudget) {
        this.budget = budget;
        this.controlBudget = controlBudget;
    }

    /**
     * Runs a search; called by name in the world of a loader.
     *
     * @param control with the budget for the engine as it is, which is spent in full each time
     * @return what was found, or null; and how many machines lived until then
     */
    static @Nullable String[] run(String name, long seed, boolean control) {
        Search search = valueOf(name);
        int budget = control ? search.controlBudget : search.budget;
        String found = switch (search) {
            case CAMPAIGN -> Campaign.findViolation(seed, budget);
            case CHECKPOINTS -> Campaign.findInCheckpoints(seed, budget);
            case REAPER -> Campaign.findInReaper(seed, budget);
            default -> search.find(seed, budget);
        };
        return new String[] {found, "" + Lives.get()};
    }

    private @Nullable String find(long seed, int budget) {
        for (int i = 0; i < budget; i++) {
            try {
                play(seed + i);
            } catch (LinkageError broken) {
                throw broken;
            } catch (RuntimeException | AssertionError found) {
                return found.getClass().getSimpleName() + ": " + found.getMessage();
            }
        }
        return null;
    }

    private void play(long seed) {
        switch (this) {
            case CAMPAIGN, CHECKPOINTS, REAPER ->
                throw new IllegalStateException("the campaign has a budget of its own");
            case EDGES -> Scenarios.edges(seed);
            case TWICE -> Scenarios.twice(seed);
            case EPOCHS -> Scenarios.epochs(seed);
            case LATE -> Scenarios.late(seed);
            case HELD_FORCE -> Scenarios.heldForce(seed);
            case HELD_READ -> Scenarios.heldRead(seed);
            case TWO_SEGMENTS -> Scenarios.groupOverTwoSegments(seed);
            case CHAINS -> Scenarios.chains(seed);
            case FULL -> Scenarios.full(seed);
            case ORIGIN_FORCE_FAILS -> FaultScenarios.originForceFails(seed);
            case CLEARED_FAILURE -> FaultScenarios.clearedFailure(seed);
            case LOG_FORCE_FAILS -> FaultScenarios.logForceFails(seed);
            case LOG_AND_SUPERBLOCK_FAIL -> FaultScenarios.logForceFailsAndSuperblockToo(seed);
            case KILLED_BEFORE_FORCE -> FaultScenarios.killedBeforeForce(seed);
            case STALE_BATCH -> FaultScenarios.staleBatch(seed);
            case TORN_HEAD -> FaultScenarios.tornHead(seed);
            case ROT -> FaultScenarios.rot(seed);
            case INDEX_ROT -> IndexScenarios.rot(seed);
            case HELD_SEGMENT -> IndexScenarios.heldSegment(seed);
        }
    }
}
