/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import dev.gnomon.simulation.Campaign;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** What looks for a violation: the campaign of the simulation, or one of the scenarios of this package. */
enum Search {
    /** Random workloads, cut at their I/Os; the budget counts crash states. */
    CAMPAIGN(4000, 2500, null),
    EDGES(1, 1, Scenarios::edges),
    TWICE(1, 1, Scenarios::twice),
    EPOCHS(1, 1, Scenarios::epochs),
    LATE(1000, 200, Scenarios::late),
    HELD_FORCE(3, 3, Scenarios::heldForce),
    HELD_READ(3, 3, Scenarios::heldRead),
    TWO_SEGMENTS(3, 3, Scenarios::groupOverTwoSegments),
    CHAINS(100, 60, Scenarios::chains),
    FULL(3, 3, Scenarios::full),
    ORIGIN_FORCE_FAILS(3, 3, Scenarios::originForceFails),
    CLEARED_FAILURE(3, 3, Scenarios::clearedFailure),
    LOG_FORCE_FAILS(3, 3, Scenarios::logForceFails),
    LOG_AND_SUPERBLOCK_FAIL(3, 3, Scenarios::logForceFailsAndSuperblockToo),
    KILLED_BEFORE_FORCE(3, 3, Scenarios::killedBeforeForce),
    STALE_BATCH(3, 3, Scenarios::staleBatch),
    ROT(1, 1, Scenarios::rot);

    private final int budget;
    private final int controlBudget;
    private final @Nullable LongConsumer scenario;

    Search(int budget, int controlBudget, @Nullable LongConsumer scenario) {
        this.budget = budget;
        this.controlBudget = controlBudget;
        this.scenario = scenario;
    }

    /**
     * Runs a search; called by name in the world of a loader.
     *
     * @return what was found, or null; and how many machines lived until then
     */
    static @Nullable String[] run(String name, long seed, boolean control) {
        Search search = valueOf(name);
        int budget = control ? search.controlBudget : search.budget;
        LongConsumer scenario = search.scenario;
        if (scenario == null) {
            return new String[] {Campaign.findViolation(seed, budget), "" + Lives.get()};
        }
        for (int i = 0; i < budget; i++) {
            try {
                scenario.accept(seed + i);
            } catch (LinkageError broken) {
                throw broken;
            } catch (RuntimeException | AssertionError found) {
                return new String[] {found.getClass().getSimpleName() + ": " + found.getMessage(), "" + Lives.get()};
            }
        }
        return new String[] {null, "" + Lives.get()};
    }
}
