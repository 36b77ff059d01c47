/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.Json;
import java.io.PrintWriter;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** The offline check of a store. */
@Command(
        name = "check",
        header = "Check the store of a service that is not running.",
        description = "Reads everything and changes nothing. Exit codes: 0 clean, 8 damage found, 1 could not check.",
        optionListHeading = "%nOptions:%n",
        footerHeading = "%nExample:%n",
        footer = "  gnomon check --state /srv/gnomon --output json")
final class CheckCommand implements Callable<Integer> {
    private final GnomonCommand root;
    private final Session session;

    @Mixin
    private Output output = new Output();

    CheckCommand(GnomonCommand root, Session session) {
        this.root = root;
        this.session = session;
    }

    @Override
    public Integer call() throws ControlException {
        CheckReport report;
        try {
            report = session.local().check(root.state());
        } catch (ControlException e) {
            // Whatever kept it from checking: scripts that know only 0, 8 and 1 must not take it for clean.
            ErrorKind kind = e.kind() == ErrorKind.DAMAGED ? ErrorKind.DAMAGED : ErrorKind.FAILED;
            throw new ControlException(kind, "cannot check: " + e.getMessage(), e);
        }
        output.print(session.out(), () -> json(report), out -> print(report, out));
        return (report.findings().isEmpty() ? ExitCode.DONE : ExitCode.DAMAGED).number();
    }

    private ObjectNode json(CheckReport report) {
        ObjectNode json = Json.object();
        json.put("clean", report.findings().isEmpty());
        json.put("stateDirectory", root.state().toString());
        new TreeMap<>(report.counters()).forEach(json.putObject("counters")::put);
        ArrayNode findings = json.putArray("findings");
        for (CheckReport.Finding finding : report.findings()) {
            findings.addObject()
                    .put("file", finding.file())
                    .put("offsetBytes", finding.offsetBytes())
                    .put("problem", finding.problem());
        }
        return json;
    }

    private void print(CheckReport report, PrintWriter out) {
        report.findings().forEach(f -> out.println(f.file() + ": offset " + f.offsetBytes() + ": " + f.problem()));
        Details details = new Details();
        new TreeMap<>(report.counters()).forEach((name, value) -> details.line(name, value.toString()));
        details.print(out);
        int count = report.findings().size();
        out.println(count == 0 ? root.state() + ": clean" : root.state() + ": damaged, findings: " + count);
    }
}
