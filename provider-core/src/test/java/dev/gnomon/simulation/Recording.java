/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoListener;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimStorage;
import java.util.ArrayList;
import java.util.List;

/** The states of a storage at each I/O that can make a difference to a crash. */
final class Recording implements IoListener {
    private final SimStorage storage;
    private final Trace trace = new Trace();
    private final List<Point> points = new ArrayList<>();
    private History history;
    private boolean recovering;
    private long fixed = -1;

    /**
     * A state to cut at.
     *
     * @param at the history's clock
     * @param recovering whether the engine was not open yet, in a life that began with a crash
     */
    record Point(IoEvent event, SimImage image, History history, long at, boolean recovering) {}

    Recording(SimStorage storage, History history, boolean recovering) {
        this.storage = storage;
        this.history = history;
        this.recovering = recovering;
    }

    /** Goes on with another history: the engine is open. */
    void recovered(History after) {
        history = after;
        recovering = false;
        fixed = -1;
    }

    /** Records another time than the clock's, which belongs to a past that went on after the crash. */
    void fixClock(long at) {
        fixed = at;
    }

    @Override
    public void onIo(IoEvent event) {
        trace.add(event);
        if (event.kind().changesState()) {
            add(event);
        }
    }

    private void add(IoEvent event) {
        points.add(new Point(event, storage.image(), history, fixed >= 0 ? fixed : history.now(), recovering));
    }

    /** Returns a number that two runs share if they did the same. */
    long trace() {
        return trace.value() ^ storage.image().durableHash();
    }

    List<Point> points() {
        return points;
    }
}
