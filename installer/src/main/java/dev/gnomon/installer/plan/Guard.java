/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.plan;

/**
 * A condition that must hold before anything is changed.
 *
 * @param name in reports; it never changes
 * @param describe what must hold, for people
 */
public record Guard(String name, String describe, Check check) {

    /** Looks; changes nothing. */
    @FunctionalInterface
    public interface Check {
        /**
         * Returns what was found, for people.
         *
         * @throws SetupException if the condition does not hold
         */
        String look() throws SetupException;
    }
}
