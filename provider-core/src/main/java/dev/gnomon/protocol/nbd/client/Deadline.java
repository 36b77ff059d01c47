/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs an action unless what it waits for was done in time. Thread-safe. */
final class Deadline {
    private final CompletableFuture<Boolean> passed = new CompletableFuture<>();

    /** Starts to count; the action runs on a thread of the class library and must not wait. */
    Deadline(int timeoutMs, Runnable action) {
        CompletableFuture<Void> _ = passed.completeOnTimeout(true, timeoutMs, TimeUnit.MILLISECONDS)
                .thenAccept(late -> {
                    if (late) {
                        action.run();
                    }
                });
    }

    /** Returns whether it came in time; from then on the action will not run. */
    boolean met() {
        passed.complete(false);
        return !passed.join();
    }
}
