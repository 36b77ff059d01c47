/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The watchdog sees of a connection's {@link Progress} what came before it looked. */
@JCStressTest
@Description("A client of which something was received before the watchdog looks is not cut as stalled.")
@Outcome(
        id = {"0, 0", "0, 1", "1, 0"},
        expect = ACCEPTABLE,
        desc = "Let be, or cut because nothing had come when the watchdog looked.")
@Outcome(id = "1, 1", expect = FORBIDDEN, desc = "Cut although it went on.")
@State
public class ProgressStress {
    private static final long LATE_NANOS = 3_600_000_000_000L;

    private final Progress progress = new Progress(0);
    private volatile int received;

    public ProgressStress() {
        progress.handshakeDone();
        progress.expectMore(true);
    }

    @Actor
    public void reader() {
        progress.received();
        received = 1;
    }

    @Actor
    public void watchdog(II_Result result) {
        result.r1 = received;
        result.r2 = progress.verdict(LATE_NANOS, NbdLimits.defaults()).isEmpty() ? 0 : 1;
    }
}
