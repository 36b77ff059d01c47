/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import static org.assertj.core.api.Assertions.assertThat;

import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Compares JSON with the schema in {@code docs/schema}. */
public final class SchemaChecks {
    private static final Path FILE = Path.of("..", "docs", "schema", "gnomon-1.json");

    private SchemaChecks() {}

    /** Fails unless the value is what the named definition of the schema says. */
    public static void check(String definition, JsonNode value) {
        check(definition, value.toString());
    }

    /** As above, for JSON text. */
    public static void check(String definition, String json) {
        ObjectNode root = schema();
        assertThat(root.path("$defs").has(definition))
                .as("%s defines %s", FILE, definition)
                .isTrue();
        root.remove("oneOf");
        root.put("$ref", "#/$defs/" + definition);
        assertThat(SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                        .getSchema(root.toString())
                        .validate(json, InputFormat.JSON))
                .as("%s against %s", json, definition)
                .isEmpty();
    }

    private static ObjectNode schema() {
        try {
            return (ObjectNode) JsonMapper.shared().readTree(Files.readString(FILE, StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
