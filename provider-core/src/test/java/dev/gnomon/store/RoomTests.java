/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.mutants.Life;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.testkit.SimWorld;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;

/** What each first touch asks before it is acknowledged. */
class RoomTests {
    private static final int TIMES = 20_000;

    @Test
    void askingForRoomUnderALimitMakesNoGarbageAndNoSwitchOfTasks() {
        SimWorld world = new SimWorld(1);
        world.run(() -> {
            Store store = open(world);
            Room room = store.diffArea().room();
            askOften(room);
            allocatedBytes(); // the first look makes more than those after it
            long before = allocatedBytes();
            long time = world.clock().nanoTime();
            askOften(room);
            assertThat(allocatedBytes() - before).isBetween(0L, TIMES - 1L);
            assertThat(world.clock().nanoTime()).isEqualTo(time);
            assertThat(room.promisedBytes()).isZero();
            world.scheduler().halt();
        });
    }

    /** Returns what this thread has allocated since it began. */
    private static long allocatedBytes() {
        try {
            return (long) ManagementFactory.getPlatformMBeanServer()
                    .getAttribute(new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME), "CurrentThreadAllocatedBytes");
        } catch (JMException e) {
            throw new AssertionError(e);
        }
    }

    private static Store open(SimWorld world) {
        try {
            Store store = new StoreOpener(Life.SMALL, world.storage(), world.clock(), world.scheduler(), world.random())
                    .open();
            store.prepareForCopies();
            store.diffArea().limit(store.diffArea().usage().leastBytes() + (1 << 20));
            return store;
        } catch (StoreException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void askOften(Room room) {
        for (int i = 0; i < TIMES; i++) {
            if (room.take(1)) {
                room.give(1);
            }
        }
    }
}
