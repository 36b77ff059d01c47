/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/** Counts the cases of the faults of devices, and what became of them. Safe for use by several threads. */
final class FaultTally {
    private final Map<DeviceFault, Map<DeviceFault.Target, Row>> rows = new EnumMap<>(DeviceFault.class);

    /** What clients noticed, from nothing to the worst. */
    enum Outcome {
        /** Nothing at all. */
        UNHARMED,
        /** Some requests ended with an error. */
        ERRORS,
        /** The store did not open, said why, and did once the faults had stopped. */
        REFUSED,
        /** Volumes refuse writes until an operator clears them. */
        FAILED,
        /** Damage was found; the store is read-only. */
        READ_ONLY,
        /** The store cannot be opened any more, and says why. */
        CLOSED,
        /** Bytes of an origin are wrong, which a raw file cannot tell; nothing else is. */
        CONTAINED,
        /** Records are missing, and volumes are said to have failed, but copies are read that lack them. */
        DOUBTFUL,
        /** Records are missing, and nobody could know; only for lies and rot that nothing contradicts. */
        UNTOLD;

        Outcome or(Outcome other) {
            return other.compareTo(this) > 0 ? other : this;
        }
    }

    /** How a case ended. */
    enum Ending {
        WENT_ON,
        KILLED,
        CUT
    }

    private static final class Row {
        private final Map<Ending, Long> endings = new EnumMap<>(Ending.class);
        private final Map<Outcome, Long> outcomes = new EnumMap<>(Outcome.class);
        private long calls;
    }

    synchronized void calls(DeviceFault fault, DeviceFault.Target target, long more) {
        row(fault, target).calls += more;
    }

    synchronized void add(FaultCase of, Ending ending, Outcome outcome) {
        Row row = row(of.fault(), of.target());
        row.endings.merge(ending, 1L, Long::sum);
        row.outcomes.merge(outcome, 1L, Long::sum);
    }

    synchronized long cases(DeviceFault fault, DeviceFault.Target target) {
        return row(fault, target).endings.values().stream()
                .mapToLong(Long::longValue)
                .sum();
    }

    synchronized long cases(DeviceFault fault, DeviceFault.Target target, Outcome outcome) {
        return row(fault, target).outcomes.getOrDefault(outcome, 0L);
    }

    private Row row(DeviceFault fault, DeviceFault.Target target) {
        return rows.computeIfAbsent(fault, key -> new EnumMap<>(DeviceFault.Target.class))
                .computeIfAbsent(target, key -> new Row());
    }

    /** Returns one line of the table. */
    synchronized String line(DeviceFault fault, DeviceFault.Target target) {
        Row row = row(fault, target);
        StringBuilder text = new StringBuilder(String.format(
                Locale.ROOT, "%-31s %-7s %6d calls:", fault.title, target.name().toLowerCase(Locale.ROOT), row.calls));
        for (Ending ending : Ending.values()) {
            text.append(String.format(
                    Locale.ROOT,
                    " %5d %s",
                    row.endings.getOrDefault(ending, 0L),
                    ending.name().toLowerCase(Locale.ROOT).replace('_', ' ')));
        }
        text.append(" =");
        row.outcomes.forEach((outcome, count) -> text.append(" ")
                .append(count)
                .append(" ")
                .append(outcome.name().toLowerCase(Locale.ROOT).replace('_', '-')));
        return text.toString();
    }
}
