/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Whatever one client does, volumes and copies hold what plain arrays hold. */
@Tag("simulation")
class ModelTests {
    private static final int RUNS = Size.of(300, 50_000);
    private static final int STEPS = 60;

    @Test
    void volumesAndCopiesHoldWhatArraysHold() {
        for (long seed = Size.seed(); seed < Size.seed() + RUNS; seed++) {
            List<ModelStep> steps = ModelStep.random(seed, STEPS, ModelPlay.VOLUMES, ModelPlay.SECTORS);
            String violation = ModelPlay.violation(seed, steps, true);
            if (violation != null) {
                throw new AssertionError(
                        "seed " + seed + ": " + shortest(seed, steps, true) + "\nat first: " + violation);
            }
        }
        System.out.println("FIGURE model: " + RUNS + " runs of " + STEPS + " steps  seed " + Size.seed());
    }

    /** A model that takes zeros for nothing differs after a write, zeros over it and a comparison, and not before. */
    @Test
    void whatDiffersIsShownInTheFewestSteps() {
        long seed = 1;
        List<ModelStep> steps = ModelStep.random(seed, STEPS, ModelPlay.VOLUMES, ModelPlay.SECTORS);
        assertThat(ModelPlay.violation(seed, steps, false)).isNotNull();

        List<ModelStep> left = shrunk(seed, steps, false);

        assertThat(left).hasSize(3);
        assertThat(left.get(0)).isInstanceOf(ModelStep.Write.class);
        assertThat(left.get(1)).isInstanceOf(ModelStep.Zeros.class);
        assertThat(left.get(2)).isInstanceOf(ModelStep.Compare.class);
    }

    private static List<ModelStep> shrunk(long seed, List<ModelStep> steps, boolean zerosCount) {
        return Shrinker.shrink(steps, fewer -> ModelPlay.violation(seed, fewer, zerosCount) != null);
    }

    private static String shortest(long seed, List<ModelStep> steps, boolean zerosCount) {
        List<ModelStep> left = shrunk(seed, steps, zerosCount);
        return ModelPlay.violation(seed, left, zerosCount) + "\nafter the steps\n  "
                + left.stream().map(ModelStep::toString).collect(Collectors.joining("\n  "));
    }
}
