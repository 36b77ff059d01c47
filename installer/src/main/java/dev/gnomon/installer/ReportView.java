/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import dev.gnomon.cli.Table;
import dev.gnomon.control.Json;
import dev.gnomon.installer.plan.Report;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.StepReport;
import java.io.PrintWriter;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A report for people and for programs. */
record ReportView(String command, String version, boolean dryRun, Report report) {
    ObjectNode json() {
        ObjectNode json = Json.object()
                .put("command", command)
                .put("version", version)
                .put("dryRun", dryRun)
                .put("result", report.result().name())
                .put("error", report.failure().map(SetupException::text).orElse(""))
                .put("advice", report.failure().map(SetupException::advice).orElse(""))
                .put("interruptedMs", report.interruptedMs());
        ArrayNode steps = json.putArray("steps");
        for (StepReport each : report.steps()) {
            steps.addObject()
                    .put("name", each.name())
                    .put("description", each.describe())
                    .put("before", each.before())
                    .put("finding", each.finding())
                    .put("action", each.action().name())
                    .put("after", each.after())
                    .put("error", each.error())
                    .put("advice", each.advice());
        }
        return json;
    }

    void table(PrintWriter out) {
        Table table = new Table("STEP", "BEFORE", "ACTION", "AFTER", "FINDING");
        for (StepReport each : report.steps()) {
            table.row(
                    each.name(),
                    each.before(),
                    each.action().name(),
                    each.after(),
                    each.failed() ? each.error() : each.finding());
            if (!each.advice().isEmpty()) {
                table.row("", "", "", "", "-> " + each.advice());
            }
        }
        table.print(out);
        out.println();
        out.println(command + ": "
                + report.result().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ')
                + (dryRun && !command.equals("status") ? " (dry run: nothing was changed)" : ""));
        if (report.interruptedMs() >= 0) {
            out.println("Volumes could not be used for " + report.interruptedMs() + " ms.");
        }
    }
}
