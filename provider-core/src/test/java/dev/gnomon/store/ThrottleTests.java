/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.testkit.SimWorld;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Background work keeps to its rate, gives way, and stands still when it must. */
class ThrottleTests {
    private static final long MEBIBYTE = 1 << 20;
    private static final int PARTS = 9;
    private static final double SECOND = 1e9;

    private final SimWorld world = new SimWorld(1);
    private final Throttle throttle = new Throttle(world.clock(), world.scheduler(), MEBIBYTE);

    @Test
    void keepsToItsRate() {
        assertThat(secondsOfWork()).isBetween(8.0, 8.1);
    }

    @Test
    void takesAFourthWhileClientsWork() {
        AtomicLong requests = new AtomicLong();
        throttle.giveWayTo(requests::incrementAndGet);

        assertThat(secondsOfWork()).isBetween(32.0, 32.1);
    }

    @Test
    void clientsOfLongAgoCostNothing() {
        AtomicLong requests = new AtomicLong(1_000_000);
        throttle.giveWayTo(requests::get);

        assertThat(secondsOfWork()).as("only the first part sees them new").isBetween(11.0, 11.1);
    }

    @Test
    void knowsNoLimitWhileAClientWaitsForTheWork() {
        throttle.urgent(true);

        assertThat(secondsOfWork()).isLessThan(0.1);
    }

    @Test
    void standsStillInAPause() {
        world.run(() -> {
            throttle.pause();
            long began = world.clock().nanoTime();
            long[] ended = new long[1];
            var worker = world.scheduler().start("worker", () -> {
                throttle.begin();
                ended[0] = world.clock().nanoTime();
                throttle.end(0);
            });
            world.scheduler().sleep((long) (5 * SECOND));
            throttle.resume();
            worker.join();
            assertThat((ended[0] - began) / SECOND).isGreaterThanOrEqualTo(5);
        });
    }

    /** Returns how long some parts of a mebibyte take; the last is paid for by whoever comes next. */
    private double secondsOfWork() {
        long[] took = new long[1];
        world.run(() -> {
            long began = world.clock().nanoTime();
            for (int i = 0; i < PARTS; i++) {
                throttle.begin();
                throttle.end(MEBIBYTE);
            }
            took[0] = world.clock().nanoTime() - began;
        });
        return took[0] / SECOND;
    }
}
