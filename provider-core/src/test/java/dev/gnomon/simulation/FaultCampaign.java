/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;

/** Lets one fault happen at call after call of some workloads, and prints its row of the table. */
final class FaultCampaign {
    /** Faults of the files of overlays are the business of {@code OverlayTests}, and scrubs that are told errors tell them. */
    private static final List<Area> AREAS = Arrays.stream(Area.values())
            .filter(area -> area.overlayPercent() == 0)
            .toList();

    /** Workloads of each fault: a part of the areas in CI, another one for each fault. */
    private static final int WORKLOADS = Size.of(5, 100);

    /** Most calls of one workload; where there are more, the seed samples them. */
    private static final int CALLS = Size.of(30, 500);

    /** Ways to end each run beside its end, in a kill or a power cut. */
    private static final int ENDINGS = Size.of(2, 6);

    private FaultCampaign() {}

    /** Runs; throws the first violation. */
    static FaultTally run(DeviceFault fault) throws Exception {
        FaultTally tally = new FaultTally();
        for (DeviceFault.Target target : DeviceFault.Target.values()) {
            run(fault, target, tally);
            System.out.println("FIGURE faults: " + tally.line(fault, target) + "  seed " + Size.seed());
        }
        return tally;
    }

    private static void run(DeviceFault fault, DeviceFault.Target target, FaultTally tally) throws Exception {
        long row = List.of(DeviceFault.values()).indexOf(fault) * 2L
                + List.of(DeviceFault.Target.values()).indexOf(target);
        long first = row * WORKLOADS; // so that all areas have their turn
        CheapSwitches.run(() -> {
            for (int i = 0; i < WORKLOADS; i++) {
                Area area = AREAS.get((int) ((i + first) % AREAS.size()));
                workload(area, Size.seed() + i, fault, target, tally);
            }
            return null;
        });
    }

    private static void workload(Area area, long seed, DeviceFault fault, DeviceFault.Target target, FaultTally tally) {
        long calls = FaultRun.calls(area, seed, fault, target);
        long tried = Math.min(calls, CALLS);
        tally.calls(fault, target, calls);
        FaultExplorer explorer = new FaultExplorer(tally, line -> {});
        for (long i = 0; i < tried; i++) {
            // All of them in turn, or as many at equal distances, shifted by the seed.
            long nth = tried == calls ? i : (i * calls / tried + Math.floorMod(seed, calls)) % calls;
            FaultCase of = new FaultCase(area, seed, fault, target, nth);
            assertThat(explorer.explore(of, ENDINGS)).as("%s happened", of).isTrue();
        }
    }
}
