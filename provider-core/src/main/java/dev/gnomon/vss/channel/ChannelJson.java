/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.vss.Texts;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** JSON of the channel to trees and back, within its bounds. Thread-safe. */
public final class ChannelJson {
    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(ChannelProtocol.MAX_NESTING)
                            .maxStringLength(ChannelProtocol.MAX_FRAME_BYTES)
                            .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private ChannelJson() {}

    /** Returns a new, empty object. */
    public static ObjectNode object() {
        return MAPPER.createObjectNode();
    }

    /** Returns a tree as UTF-8. */
    public static byte[] toBytes(JsonNode node) {
        return MAPPER.writeValueAsBytes(node);
    }

    /** Parses exactly one object. */
    public static ObjectNode parse(byte[] bytes) throws ChannelException {
        JsonNode node;
        try {
            node = MAPPER.readTree(bytes);
        } catch (JacksonException e) {
            throw new ChannelException(
                    "message: not JSON: " + Texts.oneLine(String.valueOf(e.getOriginalMessage()), 200));
        }
        if (node instanceof ObjectNode object) {
            return object;
        }
        throw new ChannelException("message: a JSON value of type " + node.getNodeType() + "; allowed is an object");
    }
}
