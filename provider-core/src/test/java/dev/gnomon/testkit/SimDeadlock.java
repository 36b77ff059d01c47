/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

/** Thrown by a run in which every task waits and no timer is set; the message lists who waits for what. */
public final class SimDeadlock extends AssertionError {
    private static final long serialVersionUID = 1L;

    SimDeadlock(String waiting) {
        super("every task waits, and no timer is set:" + waiting);
    }
}
