/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Clock;

/**
 * Says how long a task that does one thing for all who wait, such as a force, still waits for more of them. Guarded by the mutex
 * of its {@link WorkQueue}.
 *
 * <p>Who was just served soon comes back with the next request. To begin at once, for those who came meanwhile, makes two
 * halves of every crowd, each of which waits for a force of its own and for that of the other. So the task waits until nearly as
 * many have come as there must be, those whom it served last and those who came meanwhile; but no longer than a part of what the
 * last force took, and after it was in vain, not for some rounds. Who is alone never waits: as many as he is have come.
 */
final class Gathering {
    /** The part of the last step that is waited at most, counted from its end. */
    private static final int PART = 2;

    private static final long MOST_NANOS = 1_000_000;
    private static final int ROUNDS_WITHOUT = 16;

    /** One of so many need not come: who was quick may have been counted twice. */
    private static final int SPARED = 8;

    private final Clock clock;
    private int expected;
    private long until;
    private int without;
    private boolean waited;

    Gathering(Clock clock) {
        this.clock = clock;
    }

    long now() {
        return clock.nanoTime();
    }

    /** Notes that so many were served, in a step that began at some time, and that so many came meanwhile. */
    void served(int count, int waiting, long began) {
        long now = clock.nanoTime();
        expected = count + waiting;
        until = now + Math.min(MOST_NANOS, (now - began) / PART);
        without = Math.max(0, without - 1);
        waited = false;
    }

    /** Returns whether the task is to be told that one more waits, of now so many. */
    boolean tells(int waiting) {
        return waiting == 1 || waiting >= enough();
    }

    private int enough() {
        return expected - expected / SPARED;
    }

    /** Returns how long the task waits for more than so many, 0 if it begins. */
    long patience(int waiting) {
        if (waiting >= enough() || without > 0) {
            return 0;
        }
        long left = Math.max(0, until - clock.nanoTime());
        if (left == 0 && waited && waiting <= expected / 2) {
            without = ROUNDS_WITHOUT;
        }
        waited |= left > 0;
        return left;
    }
}
