/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import java.util.HashSet;
import java.util.Set;

/**
 * One client of a live volume. Thread-safe.
 *
 * <p><b>Invariant:</b> of a client that was cut off no write takes effect that enters the volume's gate afterwards: it is
 * asked for once more when it is inside.
 */
public final class VolumeClient {
    /** Whoever works on a volume from within: nobody cuts it off. */
    static final VolumeClient INSIDE = new VolumeClient(new HashSet<>());

    private final Set<VolumeClient> connected;
    private volatile boolean cutOff;

    /** Joins the clients of a volume. */
    VolumeClient(Set<VolumeClient> connected) {
        this.connected = connected;
        connected.add(this);
    }

    /** Ends its use of the volume; a second call does nothing. */
    public void disconnect() {
        connected.remove(this);
    }

    /** Returns whether the volume serves it no more. */
    public boolean isCutOff() {
        return cutOff;
    }

    void cutOff() {
        cutOff = true;
        disconnect();
    }
}
