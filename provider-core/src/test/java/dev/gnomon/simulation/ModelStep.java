/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.testkit.Xoshiro256;
import java.util.ArrayList;
import java.util.List;

/** What a single client does, one step after the other. Steps that make no sense where they stand do nothing. */
sealed interface ModelStep {
    /** Writes a number to sectors. */
    record Write(int volume, int first, int end, long number, boolean forced) implements ModelStep {}

    /** Writes zeros to sectors. */
    record Zeros(int volume, int first, int end) implements ModelStep {}

    record Flush(int volume) implements ModelStep {}

    /** Takes a set of one volume or of all. */
    record Cut(int volume, boolean all) implements ModelStep {}

    /** Deletes one of the copies that there are; the number is taken modulo their count. */
    record Delete(int copy) implements ModelStep {}

    /** Takes a volume back to one of its copies; the number is taken modulo their count. */
    record Revert(int copy) implements ModelStep {}

    /** Lets a volume grow by sectors. */
    record Grow(int volume, int sectors) implements ModelStep {}

    /** Nothing happens for long enough that everything is settled and space is given back. */
    record Idle() implements ModelStep {}

    /** Stops the service in good order and starts it. */
    record Restart() implements ModelStep {}

    /** Kills the process and starts it. */
    record Kill() implements ModelStep {}

    /** Compares every volume and every copy with the model. */
    record Compare() implements ModelStep {}

    /** Returns a random list of steps, the last of which compares. */
    static List<ModelStep> random(long seed, int count, int volumes, int sectors) {
        Xoshiro256 random = new Xoshiro256(seed);
        List<ModelStep> steps = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            steps.add(one(random, i + 1L, volumes, sectors));
        }
        steps.add(new Compare());
        return steps;
    }

    private static ModelStep one(Xoshiro256 random, long number, int volumes, int sectors) {
        int volume = random.nextInt(volumes);
        int first = random.nextInt(sectors);
        int end = first + 1 + random.nextInt(Math.min(sectors - first, random.percent(70) ? 12 : sectors));
        int dice = random.nextInt(100);
        if (dice < 50) {
            return new Write(volume, first, end, number, random.percent(15));
        }
        if (dice < 60) {
            return new Zeros(volume, first, end);
        }
        if (dice < 64) {
            return new Flush(volume);
        }
        if (dice < 78) {
            return new Cut(volume, random.percent(30));
        }
        if (dice < 83) {
            return new Delete(random.nextInt(1 << 16));
        }
        if (dice < 86) {
            return new Revert(random.nextInt(1 << 16));
        }
        if (dice < 88) {
            return new Grow(volume, 1 + random.nextInt(11));
        }
        return dice < 91 ? new Idle() : dice < 94 ? new Restart() : dice < 97 ? new Kill() : new Compare();
    }
}
