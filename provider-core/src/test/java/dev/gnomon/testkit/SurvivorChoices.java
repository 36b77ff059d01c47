/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Draws up which choices to try at one crash point. */
final class SurvivorChoices {
    private final int units;
    private final Level level;
    private final CrashPoint.Budget budget;
    private final Xoshiro256 random;
    private final Set<Survivors> found = new LinkedHashSet<>();

    SurvivorChoices(int units, Level level, CrashPoint.Budget budget, long seed) {
        this.units = units;
        this.level = level;
        this.budget = budget;
        this.random = new Xoshiro256(seed);
    }

    List<Survivors> list() {
        add(filled(Survivors.LOST));
        if (units == 0) {
            return List.copyOf(found);
        }
        add(filled(Survivors.KEPT));
        boolean exhaustive = units <= budget.exhaustiveUpTo();
        if (exhaustive) {
            for (int pattern = 1; pattern < (1 << units) - 1; pattern++) {
                addPattern(pattern);
            }
        } else {
            addEachAlone(Survivors.KEPT, Survivors.LOST);
            addEachAlone(Survivors.LOST, Survivors.KEPT);
            addPrefixes();
            addRandom(2);
        }
        if (level.compareTo(Level.L3) >= 0) {
            addEachAlone(Survivors.KEPT, Survivors.GARBAGE);
            addEachAlone(Survivors.LOST, Survivors.GARBAGE);
            addRandom(3);
        }
        return List.copyOf(found);
    }

    private void addPattern(int pattern) {
        byte[] fates = filled(Survivors.LOST);
        for (int i = 0; i < units; i++) {
            fates[i] = (byte) (pattern >> i & 1);
        }
        add(fates);
    }

    private void addEachAlone(byte others, byte one) {
        for (int i = 0; i < Math.min(units, budget.alone()); i++) {
            byte[] fates = filled(others);
            fates[units <= budget.alone() ? i : random.nextInt(units)] = one;
            add(fates);
        }
    }

    private void addPrefixes() {
        for (int i = 1; i < Math.min(units, budget.prefixes()); i++) {
            byte[] fates = filled(Survivors.LOST);
            int length = units <= budget.prefixes() ? i : 1 + random.nextInt(units - 1);
            Arrays.fill(fates, 0, length, Survivors.KEPT);
            add(fates);
        }
    }

    private void addRandom(int kinds) {
        for (int n = 0; n < budget.random(); n++) {
            byte[] fates = new byte[units];
            // Not only halves: also choices that keep, or lose, nearly everything.
            int lostPercent = 10 + random.nextInt(81);
            for (int i = 0; i < units; i++) {
                fates[i] = random.percent(lostPercent)
                        ? Survivors.LOST
                        : (byte) (1 + (kinds > 2 ? random.nextInt(kinds - 1) : 0));
            }
            add(fates);
        }
    }

    private byte[] filled(byte fate) {
        byte[] fates = new byte[units];
        Arrays.fill(fates, fate);
        return fates;
    }

    private void add(byte[] fates) {
        boolean garbage = false;
        for (byte fate : fates) {
            garbage |= fate == Survivors.GARBAGE;
        }
        found.add(new Survivors(fates, Survivors.LOST, garbage ? random.nextLong() : 0));
    }
}
