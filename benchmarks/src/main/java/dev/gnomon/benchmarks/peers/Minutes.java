/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import java.util.ArrayList;
import java.util.List;

/** How many requests were acknowledged in each minute of a run. Owned by one thread. */
final class Minutes {
    private static final double MILLIS_PER_SECOND = 1000;

    private final long minuteMillis;
    private final List<Long> requests = new ArrayList<>();

    /** Begins with nothing; a minute may be shorter where a run is only tried. */
    Minutes(long minuteMillis) {
        this.minuteMillis = minuteMillis;
    }

    /** Adds what was acknowledged in each second of a load that began so long after the run. */
    void add(long beganMillis, List<Long> perSecond) {
        for (int second = 0; second < perSecond.size(); second++) {
            long at = beganMillis + second * (long) MILLIS_PER_SECOND;
            int minute = Math.toIntExact(at / minuteMillis);
            while (requests.size() <= minute) {
                requests.add(0L);
            }
            requests.set(minute, requests.get(minute) + perSecond.get(second));
        }
    }

    /** Returns requests a second in a minute, counted from 0; 0 if the run did not last so long. */
    double rate(int minute) {
        return minute < requests.size() ? requests.get(minute) / (minuteMillis / MILLIS_PER_SECOND) : 0;
    }

    /** Returns requests a second over some minutes from the first on. */
    double rateOver(int minutes) {
        double sum = 0;
        for (int minute = 0; minute < minutes; minute++) {
            sum += rate(minute);
        }
        return sum / minutes;
    }

    /**
     * Returns how well this kept up beside another from the second minute to the last: the ratio to the other in the last
     * minute divided by that in the second.
     */
    double kept(Minutes other, int minutes) {
        return (rate(minutes - 1) / other.rate(minutes - 1)) / (rate(1) / other.rate(1));
    }
}
