/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.cfg.JsonNodeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON text to trees and back. Thread-safe. Loaded by the first message, so that {@code --version} never pays for it. */
public final class Json {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(Protocol.MAX_NESTING)
                            .maxStringLength(Protocol.MAX_FRAME_BYTES)
                            .maxNameLength(FieldRules.MAX_PATH_LENGTH)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(JsonNodeFeature.WRITE_PROPERTIES_SORTED)
            .build();

    private Json() {}

    /** Returns a new, empty object. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** Returns a tree as one line of UTF-8, keys sorted. */
    public static byte[] toBytes(JsonNode node) {
        return MAPPER.writeValueAsBytes(node);
    }

    /** Returns a tree as indented text, keys sorted, for people and files. */
    public static String toPrettyText(JsonNode node) {
        return MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(node);
    }

    /**
     * Parses exactly one object.
     *
     * @throws ControlException of kind PROTOCOL if the bytes are anything else
     */
    public static ObjectNode parseObject(byte[] bytes) throws ControlException {
        JsonNode node;
        try {
            node = MAPPER.readTree(bytes);
        } catch (JacksonException e) {
            throw new ControlException(ErrorKind.PROTOCOL, "message: not JSON: " + FieldRules.shown(reason(e)), e);
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new ControlException(
                ErrorKind.PROTOCOL, "message: a JSON value of type " + node.getNodeType() + "; allowed is an object");
    }

    private static String reason(JacksonException e) {
        String message = e.getOriginalMessage();
        return message == null ? e.getClass().getSimpleName() : message;
    }
}
