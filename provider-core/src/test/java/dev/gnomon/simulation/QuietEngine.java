/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.slf4j.LoggerFactory;

/** Keeps the engine from logging each of some hundred thousand faults. */
abstract class QuietEngine {
    private static final Logger ENGINE = (Logger) LoggerFactory.getLogger("dev.gnomon");

    @BeforeAll
    static void quiet() {
        ENGINE.setLevel(Level.OFF);
    }

    @AfterAll
    static void asBefore() {
        ENGINE.setLevel(null);
    }
}
