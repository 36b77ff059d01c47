/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Makes a failing list of steps short: takes out ever smaller parts as long as it goes on failing, so that in the end
 * every single step is needed. Source: A. Zeller and R. Hildebrandt, Simplifying and isolating failure-inducing input,
 * IEEE Transactions on Software Engineering 28(2), 2002.
 */
final class Shrinker {
    private Shrinker() {}

    /**
     * Returns a part of the list that still fails, and of which no single step can be left out.
     *
     * @param fails whether a list fails; it does for the whole
     */
    static <T> List<T> shrink(List<T> failing, Predicate<List<T>> fails) {
        List<T> left = new ArrayList<>(failing);
        for (int size = Math.max(1, left.size() / 2); ; size = Math.max(1, size / 2)) {
            boolean taken = true;
            while (taken) {
                taken = false;
                for (int at = 0; at < left.size(); ) {
                    List<T> without = new ArrayList<>(left.subList(0, at));
                    without.addAll(left.subList(Math.min(left.size(), at + size), left.size()));
                    if (fails.test(without)) {
                        left = without;
                        taken = true;
                    } else {
                        at += size;
                    }
                }
            }
            if (size == 1) {
                return left;
            }
        }
    }
}
