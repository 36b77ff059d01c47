/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Tells events, but none while writers or writes may stand still: those wait in memory until the thaw (provider contract 0.1/4).
 * Thread-safe; the lock is held over memory operations only.
 */
final class VssEvents {
    /** VSS releases writes after 10 s at the latest. */
    private static final long MOST_FROZEN_NANOS = 15_000_000_000L;

    /** A set makes a handful. */
    private static final int CAPACITY = 256;

    private final Events events;
    private final Clock clock;
    private final Mutex mutex;
    private final Deque<Event> waiting = new ArrayDeque<>();
    private boolean frozen;
    private long frozenSince;

    VssEvents(Events events, Clock clock, Scheduler scheduler) {
        this.events = events;
        this.clock = clock;
        this.mutex = scheduler.newMutex();
    }

    /** Keeps events from now on, until {@link #thaw} or for so long as writes can stand still at most. */
    void freeze() {
        mutex.lock();
        try {
            frozen = true;
            frozenSince = clock.nanoTime();
        } finally {
            mutex.unlock();
        }
    }

    /** Nothing stands still any more. */
    void thaw() {
        mutex.lock();
        try {
            frozen = false;
        } finally {
            mutex.unlock();
        }
        tellWaiting();
    }

    /** Tells an event, now or after the thaw. */
    void tell(EventId id, String set, String message) {
        mutex.lock();
        try {
            if (waiting.size() == CAPACITY) {
                waiting.removeFirst();
            }
            waiting.addLast(Event.ofSet(id, set, message));
        } finally {
            mutex.unlock();
        }
    }

    /** Tells what waits, unless writes may stand still. */
    void tellWaiting() {
        List<Event> now = new ArrayList<>();
        mutex.lock();
        try {
            frozen &= clock.nanoTime() - frozenSince < MOST_FROZEN_NANOS;
            if (!frozen) {
                now.addAll(waiting);
                waiting.clear();
            }
        } finally {
            mutex.unlock();
        }
        now.forEach(events::tell);
    }
}
