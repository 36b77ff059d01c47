/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as people read them: to the second, in UTC. */
final class Times {
    private Times() {}

    static String human(Instant time) {
        return time.truncatedTo(ChronoUnit.SECONDS).toString();
    }
}
