/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import java.util.List;

/** A run as a page of Markdown. */
final class MarkdownReport {
    private final StringBuilder out = new StringBuilder();

    private MarkdownReport() {}

    static String of(PeersRun run) {
        MarkdownReport report = new MarkdownReport();
        report.paragraph("# Gnomon beside its peers");
        report.table(ReportTables.facts(run));
        if (!run.verdicts().isEmpty()) {
            report.paragraph("## Numbers to reach");
            report.table(ReportTables.verdicts(run));
            report.paragraph(ReportTables.note());
        }
        List<List<String>> unordered = UnorderedTable.of(run.samples());
        if (unordered.size() > 1) {
            report.paragraph("## " + UnorderedTable.TITLE);
            report.table(unordered);
            report.paragraph(UnorderedTable.note());
        }
        for (Samples.Cell cell : run.samples().cells()) {
            report.paragraph("## " + cell.workload() + "/" + cell.phase().id());
            report.paragraph(ReportTables.title(cell));
            report.table(ReportTables.cell(run.samples(), cell));
        }
        report.paragraph("## What each promises");
        report.table(ReportTables.semantics());
        return report.out.toString();
    }

    private void paragraph(String text) {
        out.append(text).append("\n\n");
    }

    private void table(List<List<String>> rows) {
        row(rows.getFirst());
        row(rows.getFirst().stream().map(heading -> "---").toList());
        rows.stream().skip(1).forEach(this::row);
        out.append('\n');
    }

    private void row(List<String> cells) {
        out.append("| ").append(String.join(" | ", cells)).append(" |\n");
    }
}
