/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.Json;
import dev.gnomon.control.Protocol;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Supplier;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/** The option {@code --output}, and what it does. */
public final class Output {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            defaultValue = "table",
            description = "How to print the result: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). JSON is for"
                    + " programs: its schema is documented, sizes are bytes, times are UTC.")
    private Format format = Format.TABLE;

    /** The formats, as they are written on the command line. */
    enum Format {
        /** For people. */
        TABLE,
        /** For programs. */
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Returns whether JSON was asked for. */
    public boolean json() {
        return format == Format.JSON;
    }

    /** Prints a result in the format that was asked for. */
    public void print(PrintWriter out, Supplier<ObjectNode> json, Consumer<PrintWriter> table) {
        switch (format) {
            case TABLE -> table.accept(out);
            case JSON -> out.println(Json.toPrettyText(json.get().put("schemaVersion", Protocol.SCHEMA_VERSION)));
        }
        out.flush();
    }
}
