/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What was found, in one run or in several that are reported together.
 *
 * @param parts facts of each run: machine, commit, options
 * @param absent peers that were left out, and why
 */
record PeersRun(List<Map<String, String>> parts, List<String> absent, Samples samples) {
    /** Copies the lists. */
    PeersRun {
        List<Map<String, String>> copies = new ArrayList<>();
        parts.forEach(part -> copies.add(Collections.unmodifiableMap(new LinkedHashMap<>(part))));
        parts = List.copyOf(copies);
        absent = List.copyOf(absent);
    }

    /** Returns a run without anything. */
    static PeersRun empty() {
        return new PeersRun(List.of(), List.of(), new Samples(List.of()));
    }

    /** Returns this and a later run; where both measured the same cell, the later one counts. */
    PeersRun with(PeersRun later) {
        List<Map<String, String>> allParts = new ArrayList<>(parts);
        allParts.addAll(later.parts);
        Set<String> allAbsent = new LinkedHashSet<>(absent);
        allAbsent.addAll(later.absent);
        return new PeersRun(allParts, List.copyOf(allAbsent), samples.with(later.samples.all()));
    }

    /** Returns how the goals came out that can be judged. */
    List<Verdict> verdicts() {
        return Goals.ALL.stream()
                .map(goal -> Verdict.of(goal, samples))
                .flatMap(Optional::stream)
                .toList();
    }

    /** Returns the goals for which something was not measured. */
    List<Goal> unjudged() {
        return Goals.ALL.stream()
                .filter(goal -> Verdict.of(goal, samples).isEmpty())
                .toList();
    }
}
