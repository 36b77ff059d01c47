/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.Spread;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.Set;

/** The tables of every form of the report: headings first, then rows of the same length. */
final class ReportTables {
    private ReportTables() {}

    /** Returns the goals that can be judged. */
    static List<List<String>> verdicts(PeersRun run) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of(
                "cell", "against", "must", "aim", "reached", "rounds", "A/A", "outcome", "CPU us/op", "theirs"));
        for (Verdict verdict : run.verdicts()) {
            Goal goal = verdict.goal();
            String unit = goal.against() instanceof Goal.Against.Itself ? "" : "x";
            rows.add(List.of(
                    goal.cell(),
                    verdict.against(),
                    (goal.metric().moreIsBetter() ? "" : "at most ") + number(goal.must()) + unit,
                    number(goal.aim()) + unit,
                    verdict.reached().text(2),
                    Integer.toString(verdict.rounds()),
                    String.format(Locale.ROOT, "%.2f", verdict.allowance()),
                    verdict.outcome().text(),
                    micros(verdict.cpu()),
                    micros(verdict.otherCpu())));
        }
        return rows;
    }

    /** Returns the peers of a cell with medians and ranges. */
    static List<List<String>> cell(Samples samples, Samples.Cell cell) {
        Set<Metric> metrics = EnumSet.noneOf(Metric.class);
        List<PeerType> peers = samples.peers(cell);
        peers.forEach(peer -> samples.of(cell, peer.id())
                .forEach(sample -> metrics.addAll(sample.values().keySet())));
        List<List<String>> rows = new ArrayList<>();
        List<String> headings = new ArrayList<>(List.of("peer"));
        metrics.forEach(metric -> headings.add(metric.heading()));
        headings.add("rounds");
        headings.add("repeated");
        rows.add(headings);
        for (PeerType peer : peers) {
            List<String> row = new ArrayList<>(List.of(peer.title()));
            for (Metric metric : metrics) {
                row.add(samples.spread(cell, peer.id(), metric)
                        .map(spread -> text(spread, metric))
                        .orElse("-"));
            }
            List<Sample> own = samples.of(cell, peer.id());
            row.add(Integer.toString(own.size()));
            row.add(Integer.toString(
                    own.stream().mapToInt(sample -> sample.tries() - 1).sum()));
            rows.add(row);
        }
        return rows;
    }

    /** Returns what each peer promises. */
    static List<List<String>> semantics() {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("peer", "after kill -9", "after a power cut", "FLUSH and FUA"));
        for (PeerType type : PeerTypes.ALL) {
            if (type.again().isEmpty()) {
                Semantics semantics = type.semantics();
                rows.add(List.of(type.title(), semantics.killed(), semantics.powerCut(), semantics.durability()));
            }
        }
        return rows;
    }

    /** Returns the facts of all parts, those that all parts have in common once. */
    static List<List<String>> facts(PeersRun run) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("fact", "value"));
        for (Map<String, String> part : run.parts()) {
            part.forEach((name, value) -> {
                List<String> row = List.of(name, value);
                if (!rows.contains(row)) {
                    rows.add(row);
                }
            });
        }
        run.absent().forEach(absent -> rows.add(List.of("absent", absent)));
        return rows;
    }

    /** Returns what a cell is, in one line. */
    static String title(Samples.Cell cell) {
        String workload = Workload.of(cell.workload()).map(Workload::title).orElse(cell.workload());
        return cell.phase().title() + "; " + workload;
    }

    /** Returns how to read the table of goals. */
    static String note() {
        return "Reached is the median over the rounds (least-greatest) of Gnomon's value divided by the other's in the same"
                + " round. A number is met if the median reaches it less the A/A spread, which is how far one program was"
                + " from itself in that cell; above " + Verdict.ALLOWANCE_MAX + " the cell is too noisy, and below "
                + Verdict.ROUNDS_MIN + " rounds nothing is judged. Visits from which the hypervisor took more than "
                + Rounds.STOLEN_PERCENT_MAX + " % were repeated, at most " + (Rounds.TRIES_MAX - 1) + " times.";
    }

    private static String text(Spread spread, Metric metric) {
        return spread.text(metric.digits());
    }

    private static String micros(OptionalDouble micros) {
        return micros.isPresent() ? String.format(Locale.ROOT, "%.1f", micros.getAsDouble()) : "-";
    }

    /** Returns a number with as many digits as say something, at least one behind the point. */
    static String number(double value) {
        return Double.toString(value);
    }
}
