/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Which I/Os meet a fault: those that match, after some are passed over, for a number of times. Add it by
 * {@link SimStorage#inject}. The first rule that fires decides. Mutable: it counts.
 *
 * <pre>{@code
 * storage.inject(FaultRule.on(IoKind.FORCE).file("log").skip(2).then(new Fault.LyingForce()));
 * FaultRule full = storage.inject(FaultRule.on(IoKind.WRITE).always().then(new Fault.NoSpace()));
 * storage.clear(full);
 * }</pre>
 */
public final class FaultRule {
    private final Function<IoEvent, Fault> fault;
    private final Predicate<IoEvent> matches;
    private long skip;
    private long times;

    private FaultRule(Function<IoEvent, Fault> fault, Predicate<IoEvent> matches, long skip, long times) {
        this.fault = fault;
        this.matches = matches;
        this.skip = skip;
        this.times = times;
    }

    /** Begins a rule for one kind of call, once. */
    public static Builder on(IoKind kind) {
        return new Builder(event -> event.kind() == kind, 0, 1);
    }

    /** Begins a rule for one I/O index. */
    public static Builder at(long index) {
        return new Builder(event -> event.index() == index, 0, 1);
    }

    /** Begins a rule for whatever matches, once. */
    public static Builder when(Predicate<IoEvent> matches) {
        return new Builder(matches, 0, 1);
    }

    /** Returns how often the rule can still fire. */
    public long timesLeft() {
        return times;
    }

    boolean fires(IoEvent event) {
        if (times == 0 || !matches.test(event)) {
            return false;
        }
        if (skip > 0) {
            skip--;
            return false;
        }
        times--;
        return true;
    }

    Fault fault(IoEvent event) {
        return fault.apply(event);
    }

    /** A rule without its fault. Unchanging. */
    public record Builder(Predicate<IoEvent> matches, long skipped, long count) {
        /** Narrows to files whose last name this is. */
        public Builder file(String name) {
            return and(event -> event.isFile(name));
        }

        /** Narrows to I/Os that touch a byte of a range. */
        public Builder range(long offsetBytes, long lengthBytes) {
            return and(event -> event.offsetBytes() < offsetBytes + lengthBytes
                    && offsetBytes < event.offsetBytes() + event.lengthBytes());
        }

        /** Narrows to whatever matches this as well. */
        public Builder and(Predicate<IoEvent> more) {
            return new Builder(matches.and(more), skipped, count);
        }

        /** Passes over the first matches. */
        public Builder skip(long matchesPassed) {
            return new Builder(matches, matchesPassed, count);
        }

        /** Fires so many times in a row. */
        public Builder times(long fires) {
            return new Builder(matches, skipped, fires);
        }

        /** Fires until cleared. */
        public Builder always() {
            return times(Long.MAX_VALUE);
        }

        /** Completes the rule. */
        public FaultRule then(Fault fault) {
            return then(event -> fault);
        }

        /** Completes the rule with a fault that depends on the I/O. */
        public FaultRule then(Function<IoEvent, Fault> fault) {
            return new FaultRule(fault, matches, skipped, count);
        }
    }
}
