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
    /** Random workloads, cut at their I/Os; the budgets count crash states. Those of the scenarios count seeds. */
    CAMPAIGN(4000, 2500, null),
    CHECKPOINTS(3000, 500, null),
    REAPER(20_000, 500, null),
    DELETES(6000, 500, null),
    REVERTS(6000, 750, null),
    OVERLAYS(6000, 500, null),
    MOVES(6000, 500, null),
    EDGES(1, Scenarios::edges),
    TWICE(1, Scenarios::twice),
    EPOCHS(1, Scenarios::epochs),
    HELD_FORCE(3, Scenarios::heldForce),
    HELD_READ(3, Scenarios::heldRead),
    TWO_SEGMENTS(3, Scenarios::groupOverTwoSegments),
    CHAINS(200, 30, Scenarios::chains),
    FULL(3, Scenarios::full),
    HELD_WRITE(3, ChainScenarios::heldWrite),
    HELD_APPEND(3, ChainScenarios::heldAppend),
    HELD_SLOT(3, ChainScenarios::heldSlot),
    LATE_RECORD(3, ChainScenarios::lateRecord),
    VERSIONS(3, ChainScenarios::versions),
    CUT_THEN_POWER(3, ChainScenarios::cutThenPower),
    DIRECT_OVER_SETTLED(3, ChainScenarios::directOverSettled),
    MARK_WHILE_REFUSED(3, ChainFaults::markWhileRefused),
    SETTLED_THEN_FLUSHED(3, ChainScenarios::settledThenFlushed),
    FLUSH_DURING_WRITE(3, ChainScenarios::flushDuringWrite),
    FLUSH_DURING_APPEND(3, ChainScenarios::flushDuringAppend),
    GARBLED_NEIGHBOURS(1, ChainScenarios::garbledNeighbours),
    TORN_TWICE(1, ChainScenarios::tornTwice),
    ORIGIN_FORCE_FAILS(3, FaultScenarios::originForceFails),
    CLEARED_FAILURE(3, FaultScenarios::clearedFailure),
    SETTLING_FORCE_FAILS(3, ChainFaults::settlingForceFails),
    LOG_FORCE_FAILS(3, FaultScenarios::logForceFails),
    LOG_AND_SUPERBLOCK_FAIL(3, FaultScenarios::logForceFailsAndSuperblockToo),
    CHAIN_FORCE_FAILS(3, ChainFaults::chainForceFails),
    CHAIN_AND_SUPERBLOCK_FAIL(3, ChainFaults::chainForceFailsAndSuperblockToo),
    KILLED_BEFORE_FORCE(3, FaultScenarios::killedBeforeForce),
    STALE_BATCH(3, FaultScenarios::staleBatch),
    TORN_HEAD(1, FaultScenarios::tornHead),
    ROT(16, 4, FaultScenarios::rot),
    CHAIN_ROT(1, ChainFaults::rot),
    INDEX_ROT(1, IndexScenarios::rot),
    RECYCLED(1, IndexScenarios::recycled),
    PINNED_READERS(1, IndexScenarios::pinnedReaders),
    BOOKMARKS(1, IndexScenarios::bookmarks),
    SLOT_ROT(1, IndexScenarios::rottenSlot),
    HOLDS(1, VolumeScenarios::holds),
    HELD_REVERT(3, RevertScenarios::heldAtBeginning),
    STEP_MEETS_CLIENT(3, RevertScenarios::stepMeetsClient),
    DONE_PIECES(3, RevertScenarios::donePieces),
    END_WITHOUT_FORCE(3, RevertScenarios::endWithoutForce),
    REVERT_SOURCE(3, RevertScenarios::sourceDeleted),
    OVERLAY_SEALED(1, OverlayScenarios::sealed),
    OVERLAY_COMPACTED(1, OverlayScenarios::compacted),
    MOVE_TWICE(1, MoveScenarios::twice),
    MOVE_GIVEN_UP(5, MoveScenarios::givenUp),
    MOVE_EMPTIED(100, 20, MoveScenarios::emptied),
    PUNCHED_READ(1, MoveScenarios::punchedRead),
    MOVE_NO_SUPERBLOCK(1, MoveScenarios::noSuperblock),
    DROPPING(3, FullScenarios::dropping),
    DELETED_BEFORE(3, FullScenarios::deletedBefore),
    HOLDING(3, FullScenarios::holding),
    RESIZES(3, VolumeScenarios::resizes),
    CHANGED(1, VolumeScenarios::changed),
    WRITE_THROUGH(1, VolumeScenarios::writeThrough);

    private final int budget;
    private final int controlBudget;

    @SuppressWarnings("ImmutableEnumChecker") // a static method each, without any state
    private final @Nullable LongConsumer scenario;

    Search(int budget, LongConsumer scenario) {
        this(budget, budget, scenario);
    }

    Search(int budget, int controlBudget, @Nullable LongConsumer scenario) {
        this.budget = budget;
        this.controlBudget = controlBudget;
        this.scenario = scenario;
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
        LongConsumer scenario = search.scenario;
        String found = scenario == null ? search.findInCampaign(seed, budget) : find(scenario, seed, budget);
        return new String[] {found, "" + Lives.get()};
    }

    private static @Nullable String find(LongConsumer scenario, long seed, int budget) {
        for (int i = 0; i < budget; i++) {
            try {
                scenario.accept(seed + i);
            } catch (LinkageError broken) {
                throw broken;
            } catch (RuntimeException | AssertionError found) {
                return found.getClass().getSimpleName() + ": " + found.getMessage();
            }
        }
        return null;
    }

    private @Nullable String findInCampaign(long seed, int states) {
        return switch (this) {
            case CHECKPOINTS -> Campaign.findInCheckpoints(seed, states);
            case OVERLAYS -> Campaign.findInOverlays(seed, states);
            case MOVES -> Campaign.findInMoves(seed, states);
            case REAPER -> Campaign.findInReaper(seed, states);
            case DELETES -> Campaign.findInDeletes(seed, states);
            case REVERTS -> Campaign.findInReverts(seed, states);
            default -> Campaign.findViolation(seed, states);
        };
    }
}
