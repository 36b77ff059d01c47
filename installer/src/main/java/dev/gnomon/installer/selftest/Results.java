/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.selftest;

import dev.gnomon.control.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a self-test found, as a document and as text. Used by one thread. */
final class Results {
    /** Separates what people read from what programs do. */
    static final String JSON_BELOW = "---- the same for programs ----";

    private final String version;
    private final Instant at;
    private final Evidence evidence;
    private final List<Line> lines = new ArrayList<>();

    /** One check and how it ended. */
    record Line(SelfCheck check, Outcome outcome) {}

    Results(String version, Instant at, Evidence evidence) {
        this.version = version;
        this.at = at;
        this.evidence = evidence;
    }

    void add(SelfCheck check, Outcome outcome) {
        lines.add(new Line(check, outcome));
    }

    List<Line> lines() {
        return List.copyOf(lines);
    }

    boolean failed() {
        return count(Outcome.Fail.class) > 0;
    }

    private long count(Class<? extends Outcome> kind) {
        return lines.stream().filter(line -> kind.isInstance(line.outcome())).count();
    }

    /** Returns the counts in one line. */
    String summary() {
        return count(Outcome.Ok.class) + " ok, " + count(Outcome.Fail.class) + " failed, "
                + count(Outcome.NotHere.class) + " not possible here";
    }

    /** Returns one check in one line. */
    String text(Line line) {
        return line.check().name() + " " + evidence.clean(line.outcome().text());
    }

    ObjectNode json() {
        ObjectNode json = Json.object()
                .put("schemaVersion", 1)
                .put("version", version)
                .put("at", at.toString())
                .put("failed", failed());
        ArrayNode checks = json.putArray("checks");
        for (Line line : lines) {
            ObjectNode node = checks.addObject()
                    .put("name", line.check().name())
                    .put("shows", line.check().shows())
                    .put("outcome", word(line.outcome()));
            switch (line.outcome()) {
                case Outcome.Ok(String note) -> node.put("note", evidence.clean(note));
                case Outcome.Fail(String expected, String actual) ->
                    node.put("expected", evidence.clean(expected)).put("actual", evidence.clean(actual));
                case Outcome.NotHere(String reason) -> node.put("reason", evidence.clean(reason));
            }
        }
        evidence.all().forEach(json.putObject("evidence")::put);
        return json;
    }

    private static String word(Outcome outcome) {
        return switch (outcome) {
            case Outcome.Ok _ -> "ok";
            case Outcome.Fail _ -> "fail";
            case Outcome.NotHere _ -> "not-possible-here";
        };
    }

    /** Returns the whole file: text, then the document. */
    String file() {
        StringBuilder text = new StringBuilder("Self-test of Gnomon " + version + ", " + at + "\n\n");
        for (Line line : lines) {
            text.append(text(line))
                    .append("\n    ")
                    .append(line.check().shows())
                    .append('\n');
        }
        text.append('\n').append(summary()).append("\n");
        evidence.all()
                .forEach((name, seen) -> text.append("\n== ")
                        .append(name)
                        .append('\n')
                        .append(seen.strip())
                        .append('\n'));
        return text.append('\n')
                .append(JSON_BELOW)
                .append('\n')
                .append(json().toPrettyString())
                .append('\n')
                .toString();
    }
}
