/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import java.util.HashMap;
import java.util.Map;

/** A host process of the shim, and its provider objects. Fields are guarded by the mutex of {@link VssProvider}. */
final class Peer {
    /** More objects than any process has. */
    static final int MOST_OBJECTS = 4096;

    final String name;
    final Map<Long, Integer> contexts = new HashMap<>();
    boolean closed;

    Peer(String name) {
        this.name = name;
    }
}
