/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

final class ReportTests {
    private static final Ratio RATIO = new Ratio(Figure.WRITES_PER_SECOND, "a", "b");

    private final Options options =
            new Options(2, 1, 1 << 20, false, 1, 256, List.of(1), 2, List.of(new Gnomon.Build("a", "")), List.of());
    private final Report report = new Report(Map.of("commit", "c0ffee"));
    private final Report.Section section = report.section(new Question(), options);

    @Test
    void ratioComparesPointsOfTheSameRound() {
        add("a", 1, 100);
        add("b", 1, 50);
        add("a", 2, 10);
        add("b", 2, 10);
        add("a", 3, 77);

        assertThat(section.ratios("phase", RATIO)).containsExactly(2.0, 1.0);
        assertThat(section.ratios("other phase", RATIO)).isEmpty();
    }

    @Test
    void tableShowsMedianRangeAndRatio() {
        add("a", 1, 100);
        add("a", 2, 300);
        add("b", 1, 100);
        add("b", 2, 100);
        section.checked("content");
        StringWriter text = new StringWriter();

        section.print(new PrintWriter(text));

        assertThat(text.toString().lines().map(String::strip))
                .containsSubsequence(
                        "question: of what",
                        "phase  writes/s",
                        "a      200 (100-300)",
                        "b      100",
                        "writes/s, a : b = 2.00 (1.00-3.00)",
                        "threads of a (of one processor): log 40%",
                        "checked  content");
    }

    @Test
    void jsonHoldsEveryPointAndRatio() {
        add("a", 1, 100);
        add("b", 1, 40);

        JsonNode json = new JsonMapper().readTree(report.toJson(options));

        assertThat(json.path("facts").path("commit").asString()).isEqualTo("c0ffee");
        assertThat(json.path("options").path("rounds").asInt()).isEqualTo(2);
        JsonNode scenario = json.path("scenarios").path(0);
        assertThat(scenario.path("points").size()).isEqualTo(2);
        assertThat(scenario.path("points")
                        .path(1)
                        .path("figures")
                        .path("writesPerSecond")
                        .asDouble())
                .isEqualTo(40);
        assertThat(scenario.path("ratios").path(0).path("median").asDouble()).isCloseTo(2.5, within(1e-9));
    }

    private void add(String contender, int round, double writesPerSecond) {
        section.add(new Point(
                "phase",
                contender,
                round,
                Map.of(Figure.WRITES_PER_SECOND, writesPerSecond),
                contender.equals("a") ? Map.of("log", 40.0, "idle", 1.0) : Map.of()));
    }

    private static final class Question implements Scenario {
        @Override
        public String name() {
            return "question";
        }

        @Override
        public String title() {
            return "of what";
        }

        @Override
        public List<String> programs() {
            return List.of();
        }

        @Override
        public List<Ratio> ratios(Options options) {
            return List.of(RATIO);
        }

        @Override
        public void run(Bench bench) {
            throw new AssertionError("not asked for");
        }
    }
}
