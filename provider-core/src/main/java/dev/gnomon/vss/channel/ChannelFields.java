/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.vss.Texts;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the fields of one object by name and type. What is missing, of another type or out of range is a {@link ChannelException} that
 * names the field; what nobody asks for is ignored, so that a newer peer may send more. Owned by one thread.
 */
final class ChannelFields {
    private static final Pattern GUID = Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    private static final Pattern HEX_32 = Pattern.compile("[0-9a-f]{64}");
    private static final int SHOWN_UNITS = 60;

    /** Lists of numbers that are of interest have a few. */
    private static final int MAX_ITEMS = 64;

    private final ObjectNode node;

    ChannelFields(ObjectNode node) {
        this.node = node;
    }

    /** Returns a text, mended where it is no Unicode. */
    String text(String name) throws ChannelException {
        JsonNode value = required(name, "a text");
        if (!value.isString()) {
            throw wrong(name, value, "a text");
        }
        return Texts.wellFormed(value.stringValue());
    }

    /** Returns a text, or null if it is null; it must be there. */
    @Nullable
    String textOrNull(String name) throws ChannelException {
        return required(name, "a text or null").isNull() ? null : text(name);
    }

    /** Returns an integer within bounds. */
    long integer(String name, long min, long max) throws ChannelException {
        String allowed = "an integer from " + min + " to " + max;
        JsonNode value = required(name, allowed);
        if (!value.isIntegralNumber() || !value.canConvertToLong()) {
            throw wrong(name, value, allowed);
        }
        long number = value.longValue();
        if (number < min || number > max) {
            throw wrong(name, value, allowed);
        }
        return number;
    }

    /** Returns a signed number of 32 bits. */
    int int32(String name) throws ChannelException {
        return (int) integer(name, Integer.MIN_VALUE, Integer.MAX_VALUE);
    }

    /** Returns a truth value. */
    boolean flag(String name) throws ChannelException {
        JsonNode value = required(name, "true or false");
        if (!value.isBoolean()) {
            throw wrong(name, value, "true or false");
        }
        return value.booleanValue();
    }

    /** Returns a GUID. */
    UUID guid(String name) throws ChannelException {
        String text = text(name);
        if (!GUID.matcher(text).matches()) {
            throw error(name, shown(text) + "; allowed is a GUID in lower case without braces");
        }
        return UUID.fromString(text);
    }

    /** Returns 32 bytes that are written as 64 hexadecimal digits. */
    byte[] bytes32(String name) throws ChannelException {
        String text = text(name);
        if (!HEX_32.matcher(text).matches()) {
            throw error(
                    name, "a text of " + text.length() + " characters; allowed are 64 hexadecimal digits, lower case");
        }
        return HexFormat.of().parseHex(text);
    }

    /** Returns a list of integers. */
    List<Integer> integers(String name) throws ChannelException {
        JsonNode value = required(name, "a list of integers");
        if (!value.isArray() || value.size() > MAX_ITEMS) {
            throw wrong(name, value, "a list of at most " + MAX_ITEMS + " integers");
        }
        List<Integer> numbers = new ArrayList<>();
        for (JsonNode element : value) {
            if (!element.isIntegralNumber() || !element.canConvertToInt()) {
                throw wrong(name, element, "a list of integers");
            }
            numbers.add(element.intValue());
        }
        return numbers;
    }

    /** Returns the fields of an object inside this one. */
    ChannelFields object(String name) throws ChannelException {
        JsonNode value = required(name, "an object");
        if (value instanceof ObjectNode object) {
            return new ChannelFields(object);
        }
        throw wrong(name, value, "an object");
    }

    boolean has(String name) {
        return node.has(name);
    }

    /** Refuses a message of another type. */
    void requireType(String expected) throws ChannelException {
        String type = text("type");
        if (!type.equals(expected)) {
            throw error("type", shown(type) + "; allowed is " + expected);
        }
    }

    private JsonNode required(String name, String allowed) throws ChannelException {
        @Nullable JsonNode value = node.get(name);
        if (value == null) {
            throw error(name, "missing; allowed is " + allowed);
        }
        return value;
    }

    private static ChannelException wrong(String name, JsonNode actual, String allowed) {
        String found = actual.isNumber()
                ? shown(actual.asString())
                : actual.getNodeType().toString();
        return error(name, found + "; allowed is " + allowed);
    }

    private static ChannelException error(String name, String reason) {
        return new ChannelException(name + ": " + reason);
    }

    static String shown(String text) {
        return "'" + Texts.oneLine(text, SHOWN_UNITS) + (text.length() > SHOWN_UNITS ? "...'" : "'");
    }
}
