/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What the watchdog sees of a connection. The data path only counts and raises flags; it reads no clock.
 *
 * <p><b>Invariants:</b> {@code received} and its flag are written by the reader alone; {@code sent} and its flag by
 * whoever holds the send lock; the rest by the watchdog alone.
 */
final class Progress {
    private volatile boolean handshaking = true;
    private volatile String export = "";
    private volatile boolean mustReceive;
    private volatile boolean mustSend;
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong sent = new AtomicLong();

    private final long startNanos;
    private long seenReceived;
    private long seenSent;
    private long receiveStallNanos;
    private long sendStallNanos;

    Progress(long startNanos) {
        this.startNanos = startNanos;
        this.receiveStallNanos = startNanos;
        this.sendStallNanos = startNanos;
    }

    void handshakeDone() {
        handshaking = false;
    }

    /** Says which export the client has opened. */
    void serving(String exportName) {
        export = exportName;
    }

    /** Returns the export that the client has open, empty while it negotiates. */
    String export() {
        return export;
    }

    void expectMore(boolean halfReceived) {
        if (mustReceive != halfReceived) {
            mustReceive = halfReceived;
        }
    }

    void received() {
        received.setRelease(received.getPlain() + 1); // one writer
    }

    void sending(boolean busy) {
        mustSend = busy;
    }

    void sent() {
        sent.setRelease(sent.getPlain() + 1); // the send lock is held
    }

    /** Returns why the client must be cut, or an empty text; called by the watchdog. */
    String verdict(long nowNanos, NbdLimits limits) {
        if (handshaking && nowNanos - startNanos > limits.handshakeMs() * 1_000_000L) {
            return "negotiation took more than " + limits.handshakeMs() + " ms";
        }
        long count = received.get();
        if (!mustReceive || count != seenReceived) {
            seenReceived = count;
            receiveStallNanos = nowNanos;
        }
        count = sent.get();
        if (!mustSend || count != seenSent) {
            seenSent = count;
            sendStallNanos = nowNanos;
        }
        long stallNanos = limits.stallMs() * 1_000_000L;
        if (nowNanos - receiveStallNanos > stallNanos) {
            return "a request was half sent and nothing came for " + limits.stallMs() + " ms";
        }
        if (nowNanos - sendStallNanos > stallNanos) {
            return "replies were not taken for " + limits.stallMs() + " ms";
        }
        return "";
    }
}
