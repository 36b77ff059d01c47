/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import org.jspecify.annotations.Nullable;

/** Looks for a violation of any kind, in all areas by turns, so that a broken engine is found out soon. */
public final class Campaign {
    private static final int STATES_A_TURN = 120;

    private Campaign() {}

    /**
     * Explores until something is wrong or the budget is spent. Deterministic.
     *
     * @param budgetStates about how many crash states to judge
     * @return what is wrong first, or null
     */
    public static @Nullable String findViolation(long seed, int budgetStates) {
        return find(seed, budgetStates, Area.STEADY.toArray(Area[]::new));
    }

    /** As {@link #findViolation}, where checkpoints are made all the time. */
    public static @Nullable String findInCheckpoints(long seed, int budgetStates) {
        return find(seed, budgetStates, Area.CHECKPOINT);
    }

    /** As {@link #findViolation}, where sets are deleted and their space is used again all the time. */
    public static @Nullable String findInReaper(long seed, int budgetStates) {
        return find(seed, budgetStates, Area.REAPER, Area.CLEANER);
    }

    /** As {@link #findViolation}, where sets and copies are deleted while clients write. */
    public static @Nullable String findInDeletes(long seed, int budgetStates) {
        return find(seed, budgetStates, Area.DELETE);
    }

    /** As {@link #findViolation}, where volumes are reverted all the time. */
    public static @Nullable String findInReverts(long seed, int budgetStates) {
        return find(seed, budgetStates, Area.REVERT);
    }

    /** As {@link #findViolation}, where most clients write to overlays of copies. */
    public static @Nullable String findInOverlays(long seed, int budgetStates) {
        return find(seed, budgetStates, Area.OVERLAY);
    }

    /** As {@link #findViolation}, where segments are moved from directory to directory all the time. */
    public static @Nullable String findInMoves(long seed, int budgetStates) {
        return find(seed, budgetStates, Area.MOVE);
    }

    private static @Nullable String find(long seed, int budgetStates, Area... areas) {
        Tally tally = new Tally();
        try {
            for (long turn = 0; tally.total(Tally.Kind.STATES) < budgetStates; turn++) {
                for (Area area : areas) {
                    new Explorer(area, seed + turn, tally).explore(STATES_A_TURN);
                }
            }
            return null;
        } catch (RuntimeException | AssertionError broken) {
            return broken.getClass().getSimpleName() + ": " + broken.getMessage();
        }
    }
}
