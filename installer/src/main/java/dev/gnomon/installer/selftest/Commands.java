/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.selftest;

import dev.gnomon.installer.plan.SetupException;
import java.util.List;

/** Runs programs of Windows and reads what they print. */
@FunctionalInterface
interface Commands {
    /**
     * How a program ended.
     *
     * @param output both streams, bounded
     */
    record Ran(int code, String output) {
        /** Returns code and output in one line, shortened. */
        String brief() {
            String flat = output.strip().replaceAll("\\s+", " ");
            return "code " + code + ", " + (flat.length() > 300 ? flat.substring(0, 300) + "..." : flat);
        }
    }

    /**
     * Runs a program to its end.
     *
     * @throws SetupException if it cannot be started, or does not end in time
     */
    Ran run(int limitSeconds, List<String> words) throws SetupException;

    /** Runs a program that ends within a minute. */
    default Ran run(String... words) throws SetupException {
        return run(60, List.of(words));
    }
}
