/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A run as JSON, and back: what several runs measured can become one report. */
final class PeersJson {
    private static final JsonMapper MAPPER = new JsonMapper();
    private static final int SCHEMA_VERSION = 1;

    private PeersJson() {}

    /** Returns everything as JSON. */
    static String write(PeersRun run) {
        ObjectNode json = MAPPER.createObjectNode().put("schemaVersion", SCHEMA_VERSION);
        ArrayNode parts = json.putArray("parts");
        run.parts().forEach(part -> {
            ObjectNode facts = parts.addObject();
            part.forEach(facts::put);
        });
        run.absent().forEach(json.putArray("absent")::add);
        ArrayNode verdicts = json.putArray("verdicts");
        run.verdicts().forEach(verdict -> write(verdict, verdicts.addObject()));
        ArrayNode samples = json.putArray("samples");
        for (Sample sample : run.samples().all()) {
            ObjectNode one = samples.addObject()
                    .put("workload", sample.workload())
                    .put("phase", sample.phase().id())
                    .put("peer", sample.peer())
                    .put("round", sample.round())
                    .put("tries", sample.tries());
            ObjectNode values = one.putObject("values");
            sample.values().forEach((metric, value) -> values.put(metric.key(), value));
        }
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json);
    }

    private static void write(Verdict verdict, ObjectNode json) {
        json.put("cell", verdict.goal().cell())
                .put("workload", verdict.goal().workload())
                .put("phase", verdict.goal().phase().id())
                .put("metric", verdict.goal().metric().key())
                .put("against", verdict.against())
                .put("must", verdict.goal().must())
                .put("aim", verdict.goal().aim())
                .put("median", verdict.reached().median())
                .put("min", verdict.reached().min())
                .put("max", verdict.reached().max())
                .put("rounds", verdict.rounds())
                .put("allowance", verdict.allowance())
                .put("outcome", verdict.outcome().text());
        verdict.cpu().ifPresent(cpu -> json.put("serverCpuMicrosPerOperation", cpu));
        verdict.otherCpu().ifPresent(cpu -> json.put("otherServerCpuMicrosPerOperation", cpu));
    }

    /**
     * Reads what {@link #write} wrote, or what {@code bench quick --json} did.
     *
     * @throws BenchFailure if it cannot be read or is something else
     */
    static PeersRun read(Path file) throws BenchFailure {
        try {
            return parse(Files.readString(file));
        } catch (IOException e) {
            throw new BenchFailure(file + ": cannot be read: " + e, e);
        } catch (JacksonException | IllegalArgumentException e) {
            throw new BenchFailure(file + ": is not what 'gnomon bench peers --json' writes: " + e.getMessage(), e);
        }
    }

    static PeersRun parse(String text) {
        JsonNode json = MAPPER.readTree(text);
        if (QuickJson.is(json)) {
            return QuickJson.read(json);
        }
        if (json.path("schemaVersion").asInt() != SCHEMA_VERSION) {
            throw new IllegalArgumentException(
                    "schemaVersion is " + json.path("schemaVersion") + ", expected " + SCHEMA_VERSION);
        }
        List<Map<String, String>> parts = new ArrayList<>();
        json.path("parts").forEach(part -> {
            Map<String, String> facts = new LinkedHashMap<>();
            part.properties()
                    .forEach(fact -> facts.put(fact.getKey(), fact.getValue().asString()));
            parts.add(facts);
        });
        List<String> absent = new ArrayList<>();
        json.path("absent").forEach(one -> absent.add(one.asString()));
        List<Sample> samples = new ArrayList<>();
        json.path("samples").forEach(one -> samples.add(sample(one)));
        return new PeersRun(parts, absent, new Samples(samples));
    }

    private static Sample sample(JsonNode json) {
        Map<Metric, Double> values = new EnumMap<>(Metric.class);
        for (Metric metric : Metric.values()) {
            if (json.path("values").path(metric.key()).isNumber()) {
                values.put(metric, json.path("values").path(metric.key()).asDouble());
            }
        }
        return new Sample(
                json.path("workload").asString(),
                Phase.of(json.path("phase").asString()),
                json.path("peer").asString(),
                json.path("round").asInt(),
                json.path("tries").asInt(),
                values);
    }
}
