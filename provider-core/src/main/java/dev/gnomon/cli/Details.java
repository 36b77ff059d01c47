/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/** One thing as labelled lines. */
final class Details {
    private final Map<String, String> lines = new LinkedHashMap<>();

    /** Adds a line; an empty value leaves it out. */
    void line(String label, String value) {
        if (!value.isEmpty()) {
            lines.put(label, value);
        }
    }

    /** Prints the lines, values below each other. */
    void print(PrintWriter out) {
        int width = lines.keySet().stream().mapToInt(String::length).max().orElse(0);
        lines.forEach((label, value) -> out.println(label + ":" + " ".repeat(width - label.length() + 1) + value));
    }
}
