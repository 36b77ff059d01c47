/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import dev.gnomon.mutants.Life.Wrong;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.testkit.SimImage;

/** Runs of the engine about what operators settle about volumes and copies. */
final class VolumeScenarios {
    private VolumeScenarios() {}

    /** A copy is held, from the log and from a checkpoint. */
    static void holds(long seed) {
        SimImage image = Life.first(seed, life -> {
            life.prepareCopy();
            life.engine().holdCopy("a@s", "");
            requireHeld(life);
        });
        SimImage stopped = Life.next(seed, image.cutKeepingNone(), life -> {
            requireHeld(life);
            life.engine().close();
        });
        Life.next(seed, stopped, VolumeScenarios::requireHeld);
    }

    private static void requireHeld(Life life) throws Exception {
        try {
            life.engine().deleteSet("s");
        } catch (EngineException refused) {
            life.expectCopy("a@s", 0, 1);
            return;
        }
        throw new Wrong("a held copy was deleted");
    }
}
