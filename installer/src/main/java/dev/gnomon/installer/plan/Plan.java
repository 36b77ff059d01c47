/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.plan;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Steps in the order in which they are applied, and in the order in which they are undone. The second is nearly the reverse of the
 * first; where it is not, a step says why.
 *
 * @param guards what must hold before anything is changed
 * @param steps in the order of applying
 * @param removal the same steps in the order of undoing
 */
public record Plan(List<Guard> guards, List<Step> steps, List<Step> removal) {
    /** Copies the lists, and makes sure that they hold the same steps under names of their own. */
    public Plan {
        guards = List.copyOf(guards);
        steps = List.copyOf(steps);
        removal = List.copyOf(removal);
        Set<String> names = new HashSet<>();
        for (Step each : steps) {
            if (!names.add(each.name())) {
                throw new IllegalArgumentException("two steps with the name " + each.name());
            }
        }
        if (removal.size() != steps.size() || !new HashSet<>(steps).equals(new HashSet<>(removal))) {
            throw new IllegalArgumentException("the order of removal has other steps than the plan");
        }
    }

    /** Returns the plan with the reverse as its order of removal. */
    public static Plan reversible(List<Guard> guards, List<Step> steps) {
        return new Plan(guards, steps, new ArrayList<>(steps).reversed());
    }

    /** Returns the step of a name. */
    public Optional<Step> step(String name) {
        return steps.stream().filter(each -> each.name().equals(name)).findFirst();
    }
}
