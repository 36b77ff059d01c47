/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.snapshot.CopyInfo;

/** Keys of what is kept with sets and copies for VSS, and the reading of numbers among them. Docs: docs/vss.md. */
final class Attributes {
    static final String CONTEXT = "vss.context";
    static final String COUNT = "vss.count";
    static final String BOOT = "vss.boot";
    static final String TIME = "vss.time";
    static final String VOLUME = "vss.volume";
    static final String ORIGINATING_MACHINE = "vss.originating-machine";
    static final String SERVICE_MACHINE = "vss.service-machine";
    static final String EXPOSED_NAME = "vss.exposed-name";
    static final String EXPOSED_PATH = "vss.exposed-path";
    static final String ATTRIBUTES = "vss.attributes";
    static final String IDENTITY = "vss.identity";

    private Attributes() {}

    /** Returns whether a copy was made through VSS. */
    static boolean isOfVss(CopyInfo copy) {
        return copy.attributes().containsKey(CONTEXT);
    }

    static String text(CopyInfo copy, String key) {
        return copy.attributes().getOrDefault(key, "");
    }

    /** Returns a number, or another one if there is none. */
    static long number(CopyInfo copy, String key, long otherwise) {
        try {
            return Long.parseLong(text(copy, key));
        } catch (NumberFormatException e) {
            return otherwise;
        }
    }

    static int context(CopyInfo copy) {
        return (int) number(copy, CONTEXT, 0);
    }
}
