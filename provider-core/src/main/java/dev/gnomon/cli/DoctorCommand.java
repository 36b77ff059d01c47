/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.Json;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The command {@code gnomon doctor}. */
@Command(
        name = "doctor",
        header = "Look for what keeps the service from working, and say what to do.",
        description = "Looks at the Java runtime, the state directory, the store, the space and the forces of the file"
                + " systems, the service, its sockets and its volumes. Changes nothing but a small file of its own, for a"
                + " moment. Exit codes: 0 nothing failed, 1 something did.",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExample:%n",
        footer = "  gnomon doctor --state /srv/gnomon")
final class DoctorCommand implements Callable<Integer> {
    private final GnomonCommand root;
    private final Session session;

    @Mixin
    private Output output = new Output();

    DoctorCommand(GnomonCommand root, Session session) {
        this.root = root;
        this.session = session;
    }

    @Override
    public Integer call() {
        DoctorReport report = session.local().doctor(root.state());
        output.print(session.out(), () -> json(report), out -> print(report, out));
        return (report.healthy() ? ExitCode.DONE : ExitCode.FAILED).number();
    }

    private ObjectNode json(DoctorReport report) {
        ObjectNode json = Json.object()
                .put("healthy", report.healthy())
                .put("stateDirectory", root.state().toString());
        ArrayNode checks = json.putArray("checks");
        for (DoctorReport.Check check : report.checks()) {
            checks.addObject()
                    .put("name", check.name())
                    .put("status", check.status().name())
                    .put("finding", check.finding())
                    .put("action", check.action());
        }
        return json;
    }

    private void print(DoctorReport report, PrintWriter out) {
        Table table = new Table("STATUS", "CHECK", "FINDING");
        for (DoctorReport.Check check : report.checks()) {
            table.row(check.status().name(), check.name(), check.finding());
            if (!check.action().isEmpty()) {
                table.row("", "", "-> " + check.action());
            }
        }
        table.print(out);
        out.println();
        out.println(root.state() + ": " + (report.healthy() ? "nothing failed" : "something failed, see above"));
    }
}
