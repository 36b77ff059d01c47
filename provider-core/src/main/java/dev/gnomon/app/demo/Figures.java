/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import java.util.Locale;

/** Numbers with units, for people. */
final class Figures {
    private static final double KIB = 1024;
    private static final double NANOS_PER_MILLI = 1e6;
    private static final double NANOS_PER_SECOND = 1e9;

    private Figures() {}

    static String bytes(long bytes) {
        if (bytes < KIB) {
            return bytes + " B";
        }
        if (bytes < KIB * KIB) {
            return decimals(bytes / KIB) + " KiB";
        }
        return bytes < KIB * KIB * KIB
                ? decimals(bytes / (KIB * KIB)) + " MiB"
                : decimals(bytes / (KIB * KIB * KIB)) + " GiB";
    }

    static String count(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    static String time(long nanos) {
        if (nanos < NANOS_PER_MILLI) {
            return decimals(nanos / (NANOS_PER_MILLI / 1000)) + " us";
        }
        return nanos < NANOS_PER_SECOND
                ? decimals(nanos / NANOS_PER_MILLI) + " ms"
                : decimals(nanos / NANOS_PER_SECOND) + " s";
    }

    static String perSecond(long number, long nanos) {
        return count(Math.round(number * NANOS_PER_SECOND / Math.max(1, nanos)));
    }

    private static String decimals(double number) {
        return String.format(Locale.ROOT, number < 10 ? "%.2f" : number < 100 ? "%.1f" : "%,.0f", number);
    }
}
