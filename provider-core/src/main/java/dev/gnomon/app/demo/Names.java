/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import java.util.List;

/** Names of what the demonstration makes. */
final class Names {
    static final List<String> VOLUMES = List.of("left", "right");
    static final String SET = "instant";

    private Names() {}
}
