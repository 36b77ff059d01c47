/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.plan;

import java.util.List;
import java.util.Optional;

/** What a journal tells. Immutable. */
public record History(List<Run> runs) {
    /** Copies the list. */
    public History {
        runs = List.copyOf(runs);
    }

    /** Returns the last run. */
    public Optional<Run> last() {
        return runs.isEmpty() ? Optional.empty() : Optional.of(runs.getLast());
    }

    /**
     * Returns the run that was killed before its end. If the runs that took it up were killed too, it is the first of them with the
     * entries of all.
     */
    public Optional<Run> unfinished() {
        int first = runs.size();
        while (first > 0 && runs.get(first - 1).result().isEmpty()) {
            first--;
        }
        if (first == runs.size()) {
            return Optional.empty();
        }
        List<Run> killed = runs.subList(first, runs.size());
        Run oldest = killed.getFirst();
        return Optional.of(new Run(
                oldest.number(),
                oldest.header(),
                oldest.startedAt(),
                killed.stream().flatMap(run -> run.entries().stream()).toList(),
                Optional.empty(),
                false));
    }

    /**
     * Returns what a step wrote down before it was first applied, since it was last undone. Not of the last time: a repair finds
     * what an earlier run did.
     */
    public Memo memo(String step) {
        Optional<Memo> memo = Optional.empty();
        for (Run run : runs) {
            for (Run.Entry entry : run.entries()) {
                if (!entry.step().equals(step)) {
                    continue;
                }
                if (entry.deed() == Run.Deed.APPLY) {
                    memo = memo.or(() -> Optional.of(entry.memo()));
                } else if (entry.done()) {
                    memo = Optional.empty();
                }
            }
        }
        return memo.orElse(Memo.NONE);
    }

    /** Returns the directories that setup made, outermost first, since it last removed everything. */
    public List<String> created() {
        return runs.stream()
                .flatMap(run -> run.header().created().stream())
                .distinct()
                .toList();
    }
}
