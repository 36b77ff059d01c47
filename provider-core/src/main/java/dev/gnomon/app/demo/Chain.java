/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

/**
 * How far a chain has come, and when. Thread-safe.
 *
 * <p><b>Invariant:</b> acknowledged ≤ sent ≤ acknowledged + 1: a record is sent only after the one before it was
 * acknowledged. A record counts as sent before its first byte is, and as acknowledged after its last byte of answer
 * came, so the moment at which it took effect always lies between both times.
 */
final class Chain {
    /** Records whose times are kept; far more than a chain writes while a set is taken. */
    private static final int TIMES = 1 << 14;

    private final int number;
    private final long[] sentAt = new long[TIMES];
    private final long[] acknowledgedAt = new long[TIMES];
    private long sent;
    private long acknowledged;

    Chain(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    /** Begins the next record and returns its number. */
    synchronized long send(long now) {
        if (sent != acknowledged) {
            throw new IllegalStateException("chain " + number + " sends after " + sent + " before its answer");
        }
        sent++;
        sentAt[(int) (sent % TIMES)] = now;
        acknowledgedAt[(int) (sent % TIMES)] = Long.MAX_VALUE;
        return sent;
    }

    /** Ends the record that was sent last. */
    synchronized void acknowledge(long now) {
        acknowledged++;
        acknowledgedAt[(int) (acknowledged % TIMES)] = now;
    }

    synchronized Progress progress() {
        return new Progress(sent, acknowledged);
    }

    /** Returns the times of the records from {@code first} to the last that was sent; those before 1 were ever there. */
    synchronized Passage since(long first) {
        int count = Math.toIntExact(sent - first + 1);
        if (count > TIMES) {
            throw new IllegalStateException(
                    "chain " + number + " wrote " + count + " records during the cut; times are kept of " + TIMES);
        }
        long[] begun = new long[count];
        long[] ended = new long[count];
        for (int i = 0; i < count; i++) {
            int at = (int) ((first + i) % TIMES);
            begun[i] = first + i < 1 ? Long.MIN_VALUE : sentAt[at];
            ended[i] = first + i < 1 ? Long.MIN_VALUE : acknowledgedAt[at];
        }
        return new Passage(first, begun, ended);
    }

    /** The numbers of the last record that was sent, and of the last that was acknowledged; 0 if none was. */
    record Progress(long sent, long acknowledged) {}

    /** Times of successive records, {@code Long.MAX_VALUE} for what had not happened. Immutable. */
    static final class Passage {
        private final long first;
        private final long[] begun;
        private final long[] ended;

        private Passage(long first, long[] begun, long[] ended) {
            this.first = first;
            this.begun = begun;
            this.ended = ended;
        }

        long sentAt(long k) {
            return at(begun, k);
        }

        long acknowledgedAt(long k) {
            return at(ended, k);
        }

        private long at(long[] times, long k) {
            return k - first < times.length ? times[(int) (k - first)] : Long.MAX_VALUE;
        }
    }
}
