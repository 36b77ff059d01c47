/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a run found: tables for people, JSON for programs. Owned by one thread. */
public final class Report {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int SCHEMA_VERSION = 1;
    /** Above this, what others used decides more than the contenders do. */
    private static final double OTHERS_PERCENT_MAX = 30;
    /** Threads that use less than this are not named. */
    private static final double THREAD_PERCENT_MIN = 2;

    private static final String GAP = "  ";

    private final Map<String, String> facts;
    private final List<Section> sections = new ArrayList<>();

    Report(Map<String, String> facts) {
        this.facts = new LinkedHashMap<>(facts);
    }

    /** What one scenario found. */
    static final class Section {
        private final String name;
        private final String title;
        private final List<Ratio> ratios;
        private final List<Point> points = new ArrayList<>();
        private final List<String> checks = new ArrayList<>();

        Section(String name, String title, List<Ratio> ratios) {
            this.name = name;
            this.title = title;
            this.ratios = List.copyOf(ratios);
        }

        void add(Point point) {
            points.add(point);
        }

        void checked(String what) {
            checks.add(what);
        }

        /** Returns the values of a figure, by round. */
        Map<Integer, Double> values(String phase, String contender, Figure figure) {
            Map<Integer, Double> values = new TreeMap<>();
            for (Point point : points) {
                Double value = point.figures().get(figure);
                if (value != null
                        && point.phase().equals(phase)
                        && point.contender().equals(contender)) {
                    values.put(point.round(), value);
                }
            }
            return values;
        }

        /** Returns the ratios of those rounds in which both contenders have the figure, by round. */
        List<Double> ratios(String phase, Ratio ratio) {
            Map<Integer, Double> numerators = values(phase, ratio.numerator(), ratio.figure());
            Map<Integer, Double> denominators = values(phase, ratio.denominator(), ratio.figure());
            List<Double> ratios = new ArrayList<>();
            numerators.forEach((round, numerator) -> {
                Double denominator = denominators.get(round);
                if (denominator != null && denominator != 0) {
                    ratios.add(numerator / denominator);
                }
            });
            return ratios;
        }

        private Set<String> distinct(Function<Point, String> of) {
            return points.stream().map(of).collect(Collectors.toCollection(LinkedHashSet::new));
        }

        /** Prints the section: medians with their range, ratios, threads, checks. */
        void print(PrintWriter out) {
            out.println();
            out.println(name + ": " + title);
            for (String phase : distinct(Point::phase)) {
                table(phase, out);
                for (Ratio ratio : ratios) {
                    List<Double> values = ratios(phase, ratio);
                    if (!values.isEmpty()) {
                        out.println(
                                "  " + ratio.figure().heading() + ", " + ratio.numerator() + " : " + ratio.denominator()
                                        + " = " + Spread.of(values).text(2));
                    }
                }
                distinct(Point::contender).forEach(contender -> threads(phase, contender, out));
            }
            checks.forEach(check -> out.println("  checked  " + check));
            points.stream()
                    .map(point -> point.figures().getOrDefault(Figure.OTHERS_PERCENT, 0.0))
                    .max(Comparator.naturalOrder())
                    .filter(most -> most > OTHERS_PERCENT_MAX)
                    .ifPresent(most -> out.println(String.format(
                            Locale.ROOT,
                            "  noisy    others used up to %.0f %% of the processors: rates and latencies say little, CPU"
                                    + " us/write says more",
                            most)));
            out.flush();
        }

        private void table(String phase, PrintWriter out) {
            Set<Figure> figures = EnumSet.noneOf(Figure.class);
            points.stream()
                    .filter(point -> point.phase().equals(phase))
                    .forEach(point -> figures.addAll(point.figures().keySet()));
            List<List<String>> rows = new ArrayList<>();
            List<String> headings = new ArrayList<>(List.of(phase));
            figures.forEach(figure -> headings.add(figure.heading()));
            rows.add(headings);
            for (String contender : distinct(Point::contender)) {
                List<String> row = new ArrayList<>(List.of(contender));
                for (Figure figure : figures) {
                    List<Double> values =
                            List.copyOf(values(phase, contender, figure).values());
                    row.add(values.isEmpty() ? "-" : Spread.of(values).text(figure.digits()));
                }
                rows.add(row);
            }
            lines(rows).forEach(line -> out.println("  " + line));
        }

        private void threads(String phase, String contender, PrintWriter out) {
            Map<String, Double> sums = new TreeMap<>();
            List<Point> own = points.stream()
                    .filter(point ->
                            point.phase().equals(phase) && point.contender().equals(contender))
                    .toList();
            own.forEach(point -> point.threads().forEach((name, share) -> sums.merge(name, share, Double::sum)));
            String text = sums.entrySet().stream()
                    .filter(entry -> entry.getValue() / own.size() >= THREAD_PERCENT_MIN)
                    .sorted(Map.Entry.<String, Double>comparingByValue(Comparator.reverseOrder()))
                    .map(entry ->
                            String.format(Locale.ROOT, "%s %.0f%%", entry.getKey(), entry.getValue() / own.size()))
                    .collect(Collectors.joining(", "));
            if (!text.isEmpty()) {
                out.println("  threads of " + contender + " (of one processor): " + text);
            }
        }

        private ObjectNode toJson() {
            ObjectNode json = MAPPER.createObjectNode().put("name", name).put("title", title);
            ArrayNode all = json.putArray("points");
            for (Point point : points) {
                ObjectNode one = all.addObject()
                        .put("phase", point.phase())
                        .put("contender", point.contender())
                        .put("round", point.round());
                ObjectNode figures = one.putObject("figures");
                point.figures().forEach((figure, value) -> figures.put(figure.key(), value));
                ObjectNode threads = one.putObject("threadsPercent");
                point.threads().forEach(threads::put);
            }
            ArrayNode compared = json.putArray("ratios");
            for (String phase : distinct(Point::phase)) {
                for (Ratio ratio : ratios) {
                    List<Double> values = ratios(phase, ratio);
                    if (!values.isEmpty()) {
                        Spread spread = Spread.of(values);
                        compared.addObject()
                                .put("phase", phase)
                                .put("figure", ratio.figure().key())
                                .put("numerator", ratio.numerator())
                                .put("denominator", ratio.denominator())
                                .put("median", spread.median())
                                .put("min", spread.min())
                                .put("max", spread.max());
                    }
                }
            }
            checks.forEach(json.putArray("checks")::add);
            return json;
        }
    }

    /** Begins a section. */
    Section section(Scenario scenario, Options options) {
        Section section = new Section(scenario.name(), scenario.title(), scenario.ratios(options));
        sections.add(section);
        return section;
    }

    /** Prints what the run is to be read with. */
    void printFacts(PrintWriter out) {
        facts.forEach((name, value) -> out.println(name + ": " + value));
        out.flush();
    }

    /** Returns everything as JSON. */
    String toJson(Options options) {
        ObjectNode json = MAPPER.createObjectNode().put("schemaVersion", SCHEMA_VERSION);
        ObjectNode machine = json.putObject("facts");
        facts.forEach(machine::put);
        ObjectNode asked = json.putObject("options")
                .put("rounds", options.rounds())
                .put("seconds", options.seconds())
                .put("sizeBytes", options.sizeBytes())
                .put("sparse", options.sparse())
                .put("pieces", options.pieces())
                .put("heapMebibytes", options.heapMebibytes())
                .put("deleteCopies", options.deleteCopies());
        options.copies().forEach(asked.putArray("copies")::add);
        ArrayNode all = json.putArray("scenarios");
        sections.forEach(section -> all.add(section.toJson()));
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json);
    }

    /** Returns rows as lines with aligned columns. */
    public static List<String> lines(List<List<String>> rows) {
        int[] widths = new int[rows.getFirst().size()];
        for (List<String> row : rows) {
            for (int i = 0; i < widths.length; i++) {
                widths[i] = Math.max(widths[i], row.get(i).length());
            }
        }
        List<String> lines = new ArrayList<>();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int i = 0; i < widths.length; i++) {
                line.append(row.get(i))
                        .repeat(" ", widths[i] - row.get(i).length())
                        .append(GAP);
            }
            lines.add(line.toString().stripTrailing());
        }
        return lines;
    }
}
