/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A run never hangs: when its time is over the service is killed, which ends every wait for it, and if the run still
 * does not end, the last resort ends the process.
 */
final class Deadline implements AutoCloseable {
    private static final long GRACE_SECONDS = 15;

    private final CountDownLatch over = new CountDownLatch(1);
    private final Belongings belongings;
    private final Runnable lastResort;
    private volatile boolean passed;

    Deadline(Belongings belongings, long seconds, Runnable lastResort) {
        this.belongings = belongings;
        this.lastResort = lastResort;
        Thread.ofPlatform().daemon().name("demo-deadline").start(() -> watch(seconds));
    }

    boolean passed() {
        return passed;
    }

    @Override
    public void close() {
        over.countDown();
    }

    private void watch(long seconds) {
        try {
            if (over.await(seconds, TimeUnit.SECONDS)) {
                return;
            }
            passed = true;
            belongings.killService();
            if (over.await(GRACE_SECONDS, TimeUnit.SECONDS)) {
                return;
            }
        } catch (DemoFailure | InterruptedException e) {
            // The last resort is all that is left.
        }
        lastResort.run();
    }
}
