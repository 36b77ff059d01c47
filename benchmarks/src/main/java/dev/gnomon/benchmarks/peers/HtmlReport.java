/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** A run as one page of HTML that needs nothing else. */
final class HtmlReport {
    private static final String STYLE = """
            body { font: 15px/1.5 system-ui, sans-serif; margin: 2em auto; max-width: 75em; padding: 0 1em; color: #222; }
            table { border-collapse: collapse; font-size: 13px; margin: 1em 0; display: block; overflow-x: auto; }
            th, td { border-bottom: 1px solid #ddd; padding: .25em .7em; text-align: left; white-space: nowrap; }
            table.prose td { white-space: normal; }
            th { background: #f4f4f4; }
            tr.own td { font-weight: 600; background: #f2f7ff; }
            td.MISSED { color: #b00020; font-weight: 700; }
            td.met, td.aim { color: #0a6b2d; font-weight: 700; }
            img { max-width: 100%; display: block; }
            nav a { margin-right: 1em; white-space: nowrap; }
            """;

    private final StringBuilder out = new StringBuilder();

    private HtmlReport() {}

    static String of(PeersRun run) {
        HtmlReport report = new HtmlReport();
        report.head(run);
        List<Verdict> verdicts = run.verdicts();
        if (!verdicts.isEmpty()) {
            report.heading("goals", "Numbers to reach");
            report.picture(
                    Charts.goals(verdicts), "what was reached as a part of what must be reached, for each number");
            report.table(ReportTables.verdicts(run), "");
            report.paragraph(ReportTables.note());
        }
        List<List<String>> unordered = UnorderedTable.of(run.samples());
        if (unordered.size() > 1) {
            report.heading("order", UnorderedTable.TITLE);
            report.table(unordered, "");
            report.paragraph(UnorderedTable.note());
        }
        run.samples().cells().forEach(cell -> report.cell(run.samples(), cell));
        report.heading("promises", "What each promises");
        report.table(ReportTables.semantics(), "prose");
        report.heading("facts", "Machine, programs and options");
        report.table(ReportTables.facts(run), "prose");
        report.out.append("</body>\n</html>\n");
        return report.out.toString();
    }

    private void head(PeersRun run) {
        out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .append("<title>Gnomon beside its peers</title>\n<style>\n")
                .append(STYLE)
                .append("</style>\n</head>\n<body>\n<h1>Gnomon beside its peers</h1>\n<nav>");
        link("goals", "numbers to reach");
        if (UnorderedTable.of(run.samples()).size() > 1) {
            link("order", UnorderedTable.TITLE.toLowerCase(Locale.ROOT));
        }
        run.samples().cells().forEach(cell -> link(anchor(cell), name(cell)));
        link("promises", "promises");
        link("facts", "machine");
        out.append("</nav>\n");
    }

    private void cell(Samples samples, Samples.Cell cell) {
        heading(anchor(cell), name(cell));
        paragraph(ReportTables.title(cell));
        table(ReportTables.cell(samples, cell), "");
        String where = ", by peer, " + name(cell);
        picture(Charts.boxes(samples, cell, Metric.OPERATIONS), "operations a second until acknowledged" + where);
        if (cell.phase().writes()) {
            picture(Charts.boxes(samples, cell, Metric.DURABLE), "operations a second until durable" + where);
        }
        picture(Charts.bars(samples, cell, Metric.CPU.heading(), false, Metric.CPU), "server processor time" + where);
        picture(
                Charts.bars(samples, cell, "latency, us", true, Metric.P50, Metric.P99, Metric.P999),
                "latency percentiles" + where);
    }

    private void table(List<List<String>> rows, String style) {
        out.append("<table class=\"").append(style).append("\">\n<tr>");
        rows.getFirst()
                .forEach(heading -> out.append("<th>").append(escape(heading)).append("</th>"));
        out.append("</tr>\n");
        for (List<String> row : rows.subList(1, rows.size())) {
            out.append(row.getFirst().equals("Gnomon") ? "<tr class=\"own\">" : "<tr>");
            for (String cell : row) {
                out.append(isOutcome(cell) ? "<td class=\"" + cell + "\">" : "<td>")
                        .append(escape(cell))
                        .append("</td>");
            }
            out.append("</tr>\n");
        }
        out.append("</table>\n");
    }

    private static boolean isOutcome(String cell) {
        return cell.equals(Verdict.Outcome.AIM.text())
                || cell.equals(Verdict.Outcome.MET.text())
                || cell.equals(Verdict.Outcome.MISSED.text());
    }

    private void picture(byte[] png, String description) {
        String data = Base64.getEncoder().encodeToString(png);
        out.append("<img alt=\"")
                .append(escape(description))
                .append("\" src=\"data:image/png;base64,")
                .append(data)
                .append("\">\n");
    }

    private void heading(String anchor, String text) {
        out.append("<h2 id=\"")
                .append(anchor)
                .append("\">")
                .append(escape(text))
                .append("</h2>\n");
    }

    private void paragraph(String text) {
        out.append("<p>").append(escape(text)).append("</p>\n");
    }

    private void link(String anchor, String text) {
        out.append("<a href=\"#")
                .append(anchor)
                .append("\">")
                .append(escape(text))
                .append("</a> ");
    }

    private static String name(Samples.Cell cell) {
        return cell.workload() + "/" + cell.phase().id();
    }

    private static String anchor(Samples.Cell cell) {
        return (cell.workload() + "-" + cell.phase().id()).toLowerCase(Locale.ROOT);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
