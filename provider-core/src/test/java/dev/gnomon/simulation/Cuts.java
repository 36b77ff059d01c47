/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.testkit.CrashPoint;
import dev.gnomon.testkit.Level;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.Survivors;
import dev.gnomon.testkit.Unforced;
import java.util.ArrayList;
import java.util.List;

/** The ways in which a process can end at a recorded point: a kill, and power cuts at the levels 1 to 4. */
final class Cuts {
    private Cuts() {}

    /**
     * One way.
     *
     * @param survivors of the power cut; the first way of each point is the kill and has none
     */
    record Cut(CrashPoint point, Survivors survivors, Promise promise) {
        SimImage image() {
            return point.image(survivors);
        }

        @Override
        public String toString() {
            StringBuilder text = new StringBuilder("a power cut, level " + point.level() + ":");
            for (int i = 0; i < point.unforced().size(); i++) {
                Unforced unit = point.unforced().get(i);
                byte fate = i < survivors.fates().length ? survivors.fates()[i] : survivors.rest();
                text.append("\n    ")
                        .append(fate == Survivors.LOST ? "lost " : fate == Survivors.KEPT ? "kept " : "garbled ")
                        .append(unit.name())
                        .append(" ")
                        .append(unit.kind())
                        .append(" ")
                        .append(unit.offsetBytes())
                        .append("+")
                        .append(unit.lengthBytes());
            }
            return text.toString();
        }
    }

    /** Returns how many atoms and levels there are ways for, and all of them, in an order that the seed fixes. */
    static List<Cut> of(SimImage image, CrashPoint.Budget budget, long seed) {
        List<Cut> cuts = new ArrayList<>();
        add(cuts, CrashPoint.of(image, Level.L2, 512), Promise.POWER_CUT, budget, seed);
        add(cuts, CrashPoint.of(image, Level.L1, 4096), Promise.POWER_CUT, budget, seed + 1);
        add(cuts, CrashPoint.of(image, Level.L3, 512), Promise.POWER_CUT.withGarbage(), budget, seed + 2);
        add(cuts, CrashPoint.of(image, Level.L4, 512), Promise.POWER_CUT.withNeighbours(), budget, seed + 3);
        return cuts;
    }

    private static void add(List<Cut> cuts, CrashPoint point, Promise promise, CrashPoint.Budget budget, long seed) {
        for (Survivors survivors : point.choices(budget, seed)) {
            cuts.add(new Cut(point, survivors, promise));
        }
    }
}
