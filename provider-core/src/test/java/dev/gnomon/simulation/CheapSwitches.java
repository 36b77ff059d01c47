/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * Runs simulations where a switch between tasks costs least: on a virtual thread, in a JVM with one carrier. A second
 * worker in the same JVM would make every switch go through the operating system, so more processors take more JVMs.
 */
final class CheapSwitches {
    private CheapSwitches() {}

    /** Runs the body and throws what it throws. */
    static void run(Callable<?> body) throws Exception {
        FutureTask<?> task = new FutureTask<>(body);
        Thread.ofVirtual().name("simulation").start(task);
        try {
            task.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            if (e.getCause() instanceof Exception exception) {
                throw exception;
            }
            throw e;
        }
    }
}
