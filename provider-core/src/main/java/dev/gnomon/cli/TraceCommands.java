/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.CallView;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.Json;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The commands on the trace of VSS calls. */
@Command(
        name = "trace",
        header = "Show what VSS asked the provider.",
        synopsisSubcommandLabel = "COMMAND",
        commandListHeading = "%nCommands:%n",
        optionListHeading = "%nOptions:%n")
final class TraceCommands extends GnomonCommand.Group {
    TraceCommands(GnomonCommand root, Session session) {
        super(root, session);
    }

    /** How the calls are printed. */
    enum Format {
        /** For people. */
        TABLE,
        /** For programs. */
        JSON,
        /** A sequence chart that documents render. */
        MERMAID;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Command(
            name = "show",
            header = "Show the newest calls, in the order of their answers.",
            description =
                    "The service keeps 4096 calls in memory, and writes none down: not even its log may be written while"
                            + " VSS holds writes.",
            optionListHeading = "%nOptions:%n",
            footerHeading = "%nExamples:%n",
            footer = {"  gnomon trace show", "  gnomon trace show --output mermaid > sequence.mmd"})
    int show(
            @Option(
                            names = {"-o", "--output"},
                            paramLabel = "FORMAT",
                            defaultValue = "table",
                            description =
                                    "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}). JSON is one call a line.")
                    Format format,
            @Option(
                            names = "--after",
                            paramLabel = "N",
                            defaultValue = "0",
                            description = "Only calls with a higher sequence.")
                    long after)
            throws ControlException {
        List<CallView> calls = ask(client -> client.calls(Math.max(after, 0)));
        PrintWriter out = session().out();
        switch (format) {
            case TABLE -> table(calls, out);
            case JSON ->
                calls.forEach(call -> out.println(new String(Json.toBytes(call.toJson()), StandardCharsets.UTF_8)));
            case MERMAID -> SequenceChart.print(calls, out);
        }
        out.flush();
        return ExitCode.DONE.number();
    }

    @Command(name = "clear", header = "Forget the calls that are kept.", optionListHeading = "%nOptions:%n")
    int clear(@Mixin Output output) throws ControlException {
        ask(client -> {
            client.clearCalls();
            return "";
        });
        output.print(session().out(), () -> Json.object().put("cleared", true), out -> out.println("Cleared."));
        return ExitCode.DONE.number();
    }

    private static void table(List<CallView> calls, PrintWriter out) {
        if (calls.isEmpty()) {
            out.println("No calls.");
        }
        for (CallView call : calls) {
            out.println(Times.human(call.began()) + "  " + pad(call.phase(), 6) + "  " + pad(call.call(), 24) + "  "
                    + call.hresult() + "  " + pad(millis(call.durationNanos()), 12) + "  " + call.arguments()
                    + (call.result().isEmpty() ? "" : "  -> " + call.result())
                    + (call.reason().isEmpty() ? "" : "  " + call.reason())
                    + (call.fault().isEmpty() ? "" : "  [" + call.fault() + "]"));
        }
    }

    private static String pad(String text, int width) {
        return text + " ".repeat(Math.max(0, width - text.length()));
    }

    /** Returns a duration in milliseconds. */
    static String millis(long nanos) {
        return String.format(Locale.ROOT, "%.3f ms", nanos / 1e6);
    }
}
