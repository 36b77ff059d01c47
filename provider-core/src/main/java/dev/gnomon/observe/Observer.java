/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.observe;

/**
 * Whom the parts of a service report to.
 *
 * @param events what happens
 * @param latencies how long things take
 */
public record Observer(Events events, Latencies latencies) {
    /** Returns one that logs events and whose latencies nobody looks at. */
    public static Observer logging() {
        return new Observer(Events.toLog(), new Latencies());
    }
}
