/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import java.util.List;

/**
 * When a cut can have been, by the clock of the writers, and how many chains had a write in flight then.
 *
 * <p>A record in the copies took effect before the cut, and the next of its chain after it. So the cut came after the
 * sending of every chain's last record, and before the acknowledgement of every chain's next. If no moment lies between,
 * the copies are not of one instant, even if every chain alone looks right. A chain is idle only from the
 * acknowledgement of its last record to the sending of its next; at every other moment a write is in flight.
 *
 * @param earliest moment of the cut, in nanoseconds of the writers' clock
 * @param latest moment of the cut
 * @param busyMin chains with a write in flight, at whatever moment in between the cut was
 */
record CutWindow(long earliest, long latest, int busyMin) {
    /**
     * Finds it.
     *
     * @param last number of the last record in the copies, by chain
     * @param passages times from the last record acknowledged before {@code asked} on, by chain
     * @param asked when the set was asked for
     * @param answered when the answer had come
     */
    static CutWindow of(long[] last, List<Chain.Passage> passages, long asked, long answered) {
        long earliest = asked;
        long latest = answered;
        for (int chain = 0; chain < last.length; chain++) {
            earliest = Math.max(earliest, passages.get(chain).sentAt(last[chain]));
            latest = Math.min(latest, passages.get(chain).acknowledgedAt(last[chain] + 1));
        }
        return new CutWindow(earliest, latest, last.length - idleMax(last, passages, earliest, latest));
    }

    /** Returns whether there is a moment at which the cut can have been. */
    boolean exists() {
        return earliest <= latest;
    }

    /** Returns the most chains that are idle at once: the maximum is reached where one of them begins to be idle. */
    private static int idleMax(long[] last, List<Chain.Passage> passages, long earliest, long latest) {
        int most = 0;
        for (int chain = 0; chain < last.length; chain++) {
            long moment = Math.max(earliest, passages.get(chain).acknowledgedAt(last[chain]));
            int idle = 0;
            for (int other = 0; other < last.length && moment <= latest; other++) {
                Chain.Passage passage = passages.get(other);
                if (passage.acknowledgedAt(last[other]) <= moment && moment <= passage.sentAt(last[other] + 1)) {
                    idle++;
                }
            }
            most = Math.max(most, idle);
        }
        return most;
    }
}
