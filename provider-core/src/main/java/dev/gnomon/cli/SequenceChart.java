/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.CallView;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** Calls of VSS as a sequence chart in the language of Mermaid. */
final class SequenceChart {
    private static final int SHOWN_UNITS = 60;

    private SequenceChart() {}

    static void print(List<CallView> calls, PrintWriter out) {
        out.println("sequenceDiagram");
        List<String> peers = new ArrayList<>();
        for (CallView call : calls) {
            if (!peers.contains(call.peer())) {
                peers.add(call.peer());
                out.println("    participant V" + peers.size() + " as VSS, " + plain(call.peer()));
            }
        }
        out.println("    participant G as Gnomon");
        String phase = "THAWED";
        for (CallView call : calls) {
            String peer = "V" + (peers.indexOf(call.peer()) + 1);
            if (!call.phase().equals(phase)) {
                phase = call.phase();
                out.println("    Note over " + peer + ",G: " + words(phase));
            }
            out.println("    " + peer + "->>G: " + call.call() + "(" + arguments(call) + ")");
            out.println(
                    "    G-->>" + peer + ": " + call.hresult() + " after " + TraceCommands.millis(call.durationNanos())
                            + (call.reason().isEmpty() ? "" : ", " + plain(call.reason()))
                            + (call.fault().isEmpty() ? "" : ", fault " + plain(call.fault())));
        }
    }

    private static String words(String phase) {
        return switch (phase) {
            case "FROZEN" -> "writers are frozen";
            case "HELD" -> "writes are held";
            default -> "thawed";
        };
    }

    private static String arguments(CallView call) {
        StringBuilder text = new StringBuilder();
        for (Map.Entry<String, JsonNode> each : call.arguments().properties()) {
            text.append(text.isEmpty() ? "" : ", ")
                    .append(plain(each.getKey()))
                    .append(' ')
                    .append(plain(shown(each.getValue())));
        }
        return text.toString();
    }

    private static String shown(JsonNode value) {
        return value.isString() ? value.stringValue() : value.toString();
    }

    /** Leaves out what has a meaning in the language, or would end the line. */
    private static String plain(String text) {
        String safe = text.replaceAll("[;#:%\\p{Cntrl}]", " ").strip();
        return safe.length() <= SHOWN_UNITS ? safe : safe.substring(0, SHOWN_UNITS) + "...";
    }
}
