/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import java.util.List;

/**
 * A number to reach.
 *
 * @param cell what it is about, for people
 * @param peer of which the value is, Gnomon or a variant of it
 * @param against what Gnomon is compared with
 * @param must what has to be reached: at least, or at most where less is better
 * @param aim what is hoped for
 */
record Goal(
        String cell,
        String peer,
        String workload,
        Phase phase,
        Metric metric,
        Against against,
        double must,
        double aim) {
    /** What a value of Gnomon is divided by. */
    sealed interface Against {
        /** The best of those that were measured. */
        record Best(List<String> peers) implements Against {
            /** Copies the list. */
            public Best {
                peers = List.copyOf(peers);
            }
        }

        /** Gnomon itself in another phase of the same visit. */
        record Own(Phase phase) implements Against {}

        /** Nothing: the value counts as it is. */
        record Itself() implements Against {}
    }

    /** Returns how many rounds a verdict needs: one where a scenario measures long enough by itself. */
    int roundsMin() {
        return phase == Phase.WHOLE ? 1 : Verdict.ROUNDS_MIN;
    }

    /** Returns whether a value reaches a number, with so much allowance (a part of the number). */
    boolean reaches(double value, double number, double allowance) {
        return metric.moreIsBetter() ? value >= number * (1 - allowance) : value <= number * (1 + allowance);
    }
}
