/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import java.util.function.Supplier;

/** What goes wrong with one I/O. A fault that has no meaning for the kind of I/O that it meets is a mistake of the test. */
public sealed interface Fault {
    /** The call throws an {@link java.io.IOException} and does nothing. */
    record IoError() implements Fault {}

    /** The call throws a {@link dev.gnomon.io.NoSpaceException} and does nothing. Make the rule repeat for a full disk. */
    record NoSpace() implements Fault {}

    /** A write stops after some leading sectors and throws: no space, or else an I/O error. */
    record ShortWrite(int sectors, boolean noSpace) implements Fault {}

    /**
     * A force throws, once, and the pages that it could not write are lost to the next force.
     *
     * @param pages what reads show afterwards
     * @param keptPercent the chance of each sector to have reached the device
     */
    record ForceFails(Pages pages, int keptPercent) implements Fault {}

    /** What the cache shows after a failed force. */
    enum Pages {
        /** The new bytes, as clean pages, until they are dropped; the device has the old ones. */
        SHOWN_NEW,
        /** The old bytes again. */
        OLD_BACK,
        /** As {@link #SHOWN_NEW}, and this force succeeds: the next one of the file throws. */
        REPORTED_LATE
    }

    /** A force returns, but what it should have made durable is not, until an honest force. */
    record LyingForce() implements Fault {}

    /** The call takes a virtual time first; other tasks go on. Then it does its work. */
    record Stall(long nanos) implements Fault {}

    /** A read returns, or a write puts on the device, one flipped bit; counted from the first byte of the I/O. */
    record FlipBit(long bit) implements Fault {}

    /** A write reaches the device at another offset of the file; whole sectors. The cache shows it where it belongs. */
    record Misdirect(long deltaBytes) implements Fault {}

    /** A write never reaches the device. The cache shows it. */
    record LoseWrite() implements Fault {}

    /** A read returns what is durable, not what was written since. */
    record StaleRead() implements Fault {}

    /** The call throws what the supplier makes, and does nothing: an out-of-memory error, a closed channel. */
    record Throw(Supplier<? extends Throwable> thrown) implements Fault {}
}
