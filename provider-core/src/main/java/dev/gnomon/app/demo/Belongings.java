/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a run must not leave behind: its directory and its service process. Released once, by whoever comes first: the
 * end of the run, a signal, or the deadline. Thread-safe.
 */
final class Belongings {
    private final Workplace place;
    private @Nullable ServiceChild child;
    private boolean released;

    Belongings(Workplace place) {
        this.place = place;
    }

    Workplace place() {
        return place;
    }

    /** Starts a service that is killed at the release, unless it has ended by then. */
    synchronized ServiceChild startService(List<String> gnomon) throws IOException, DemoFailure {
        if (released) {
            throw new DemoFailure("the run is over");
        }
        ServiceChild started = ServiceChild.start(gnomon, place);
        child = started;
        return started;
    }

    /** Kills the service, so that whoever waits for it comes back with a failure. */
    synchronized void killService() throws DemoFailure {
        if (child != null) {
            child.kill();
        }
    }

    /** Kills the service if there is one, and removes the directory unless it is kept. */
    synchronized void release() throws IOException, DemoFailure {
        if (released) {
            return;
        }
        released = true;
        killService();
        place.remove();
    }

    synchronized boolean released() {
        return released;
    }
}
