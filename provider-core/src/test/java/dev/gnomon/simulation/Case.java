/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What it takes to run one crash again: {@code AREA:SEED} and for each life the recorded point and the way in which it
 * was cut there, as in {@code SET_COMMIT:42:117:3:20:0}.
 */
record Case(Area area, long seed, List<Step> steps) {
    /** A cut; way 0 is the kill. */
    record Step(int point, int way) {}

    Case {
        steps = List.copyOf(steps);
    }

    Case then(int point, int way) {
        List<Step> more = new ArrayList<>(steps);
        more.add(new Step(point, way));
        return new Case(area, seed, more);
    }

    static Case parse(String text) {
        String[] parts = text.strip().split(":", -1);
        if (parts.length < 2 || parts.length % 2 != 0) {
            throw new IllegalArgumentException("expected AREA:SEED[:POINT:WAY]..., found " + text);
        }
        List<Step> steps = new ArrayList<>();
        for (int i = 2; i < parts.length; i += 2) {
            steps.add(new Step(Integer.parseInt(parts[i]), Integer.parseInt(parts[i + 1])));
        }
        return new Case(Area.valueOf(parts[0].toUpperCase(Locale.ROOT)), Long.parseLong(parts[1]), steps);
    }

    @Override
    public String toString() {
        return area + ":" + seed
                + steps.stream().map(s -> ":" + s.point + ":" + s.way).collect(Collectors.joining());
    }

    /** Returns the command that runs a case alone. */
    static String command(Object of) {
        return "./gnomon verify --replay " + of;
    }
}
