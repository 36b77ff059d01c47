/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.Request;
import dev.gnomon.control.SetCreatedView;
import dev.gnomon.control.SetView;
import dev.gnomon.control.client.ControlClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Shadow copies that were taken while the load went on, and what the writers know of that time. */
final class Cut {
    /** Writes between copies that are taken one by one; enough that every chain has gone on. */
    private static final int WRITES_BETWEEN = 800;

    private static final long BETWEEN_MILLIS_MAX = 2_000;

    private final List<SetCreatedView> made;
    private final long[] least;
    private final long[] most;
    private final List<Chain.Passage> passages;
    private final long asked;
    private final long answered;

    private Cut(
            List<SetCreatedView> made,
            long[] least,
            long[] most,
            List<Chain.Passage> passages,
            long asked,
            long answered) {
        this.made = List.copyOf(made);
        this.least = least;
        this.most = most;
        this.passages = passages;
        this.asked = asked;
        this.answered = answered;
    }

    /** Takes one set of both volumes. */
    static Cut together(ServiceChild service, Load load, String name) throws ControlException {
        try (ControlClient client = service.connect()) {
            long[] least = load.acknowledged();
            long asked = System.nanoTime();
            SetCreatedView made = client.createSet(new Request.SetCreate(Names.VOLUMES, name, Map.of()));
            long answered = System.nanoTime();
            long[] most = load.sent();
            return new Cut(List.of(made), least, most, load.since(least), asked, answered);
        }
    }

    /** Takes a copy of one volume, and a moment later of the other: what sets are there to avoid. */
    static Cut oneByOne(ServiceChild service, Load load, String name) throws ControlException, DemoFailure {
        try (ControlClient client = service.connect()) {
            List<SetCreatedView> made = new ArrayList<>();
            long[] least = load.acknowledged();
            long asked = System.nanoTime();
            for (String volume : Names.VOLUMES) {
                if (!made.isEmpty()) {
                    load.runUntil(load.writes() + WRITES_BETWEEN, BETWEEN_MILLIS_MAX);
                }
                made.add(client.createSet(new Request.SetCreate(List.of(volume), name + "-" + volume, Map.of())));
            }
            long answered = System.nanoTime();
            long[] most = load.sent();
            return new Cut(made, least, most, List.of(), asked, answered);
        }
    }

    /** Returns the names of the copies, in the order of the volumes. */
    List<String> exports() {
        return Names.VOLUMES.stream()
                .map(volume -> made.stream()
                        .flatMap(set -> set.set().members().stream())
                        .filter(member -> member.volume().equals(volume))
                        .map(SetView.Member::exportName)
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("the answer names no copy of " + volume)))
                .toList();
    }

    /** Returns the answers: one, or one per volume if the copies were taken one by one. */
    List<SetCreatedView> made() {
        return made;
    }

    /** Returns the last records that were acknowledged before the first copy was asked for, by chain. */
    long[] least() {
        return least.clone();
    }

    /** Returns the last records that were sent before the last answer had come, by chain. */
    long[] most() {
        return most.clone();
    }

    /** Returns when the cut can have been, if these are the last records that the copies hold, by chain. */
    CutWindow window(long[] last) {
        return CutWindow.of(last, passages, asked, answered);
    }
}
