/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.step;

import dev.gnomon.installer.port.Machine;

/** How long volumes could not be used. Used by one thread. */
public final class Interruption {
    private static final long NONE = -1;

    private final Machine machine;
    private long begunMs = NONE;
    private long lastedMs = NONE;

    /** Makes one. */
    public Interruption(Machine machine) {
        this.machine = machine;
    }

    void begins() {
        begunMs = machine.uptimeMs();
    }

    void ends() {
        if (begunMs != NONE) {
            lastedMs = machine.uptimeMs() - begunMs;
            begunMs = NONE;
        }
    }

    /** Returns how long it lasted; -1 if there was none. */
    public long lastedMs() {
        return lastedMs;
    }
}
