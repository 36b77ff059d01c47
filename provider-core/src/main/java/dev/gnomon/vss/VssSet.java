/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.snapshot.SetDraft;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot set between BeginPrepareSnapshot and CREATED. Fields are guarded by the mutex of {@link SetMachine}, but for what
 * the call that is on its way alone uses.
 */
final class VssSet {
    final UUID id;
    final int context;
    final Peer owner;
    final long begunNanos;

    /** The copies to be, by name of their Gnomon volume. */
    final Map<String, Member> members = new LinkedHashMap<>();

    SetState state = SetState.PREPARING;

    /** When it came to its state. */
    long sinceNanos;

    /** Whose context must not change: the object that EndPrepareSnapshots came to. */
    @Nullable
    Peer preparer;

    long preparerObject;

    /** What becomes of it when the call that is on its way has ended, whatever came of that. */
    Fate fate = Fate.GOES_ON;

    /** Why, for people. */
    String reason = "";

    /** The call that is on its way, if somebody waits for it. */
    @Nullable
    Pending pending;

    @Nullable
    SetDraft draft;

    /** How long its commit took in the service. */
    long commitNanos;

    /** One of its copies. */
    record Member(UUID copy, String volume, String guidPath) {}

    /** What becomes of a set. */
    enum Fate {
        GOES_ON,
        DISCARDED,
        FINISHED
    }

    VssSet(UUID id, int context, Peer owner, long nowNanos) {
        this.id = id;
        this.context = context;
        this.owner = owner;
        this.begunNanos = nowNanos;
        this.sinceNanos = nowNanos;
    }
}
