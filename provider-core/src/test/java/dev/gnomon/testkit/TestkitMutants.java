/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import dev.gnomon.mutants.Lives;

/** What is patched into the simulator itself: nothing that changes it, only a count. */
@SuppressWarnings("unused")
final class TestkitMutants {
    private TestkitMutants() {}

    static SimScheduler.Outcome countedRun(SimScheduler scheduler, Runnable main) {
        Lives.count();
        return scheduler.run(main);
    }
}
