/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import java.math.BigInteger;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Reads the fields of one JSON object by name and type. Owned by one thread.
 *
 * <p>A field that is missing, of another type or out of range is a {@link ControlException} that names it, what was
 * found and what is allowed.
 */
final class Fields {
    private final String where;
    private final ObjectNode node;
    private final ErrorKind kind;
    private final Set<String> taken = new HashSet<>();

    /**
     * @param where the path of the object in its message, empty for the message itself
     * @param kind of the errors that are thrown
     */
    Fields(String where, ObjectNode node, ErrorKind kind) {
        this.where = where;
        this.node = node;
        this.kind = kind;
    }

    /** Returns a text. */
    String text(String name) throws ControlException {
        JsonNode value = required(name, "a text");
        if (!value.isString()) {
            throw wrongType(name, value, "a text");
        }
        return value.stringValue();
    }

    /** Returns a text, or the empty text if the field is missing. */
    String optionalText(String name) throws ControlException {
        return node.has(name) ? text(name) : "";
    }

    /** Returns an integer within bounds. */
    long integer(String name, long min, long max) throws ControlException {
        String allowed = "an integer from " + min + " to " + max;
        JsonNode value = required(name, allowed);
        if (!value.isIntegralNumber()) {
            throw wrongType(name, value, allowed);
        }
        BigInteger number = value.bigIntegerValue();
        if (number.compareTo(BigInteger.valueOf(min)) < 0 || number.compareTo(BigInteger.valueOf(max)) > 0) {
            throw error(name, number + "; allowed is " + allowed);
        }
        return number.longValueExact();
    }

    /** Returns an integer that is not negative: a size, a count or a time. */
    long count(String name) throws ControlException {
        return integer(name, 0, Long.MAX_VALUE);
    }

    /** Returns a truth value, or false if the field is missing. */
    boolean optionalFlag(String name) throws ControlException {
        if (!node.has(name)) {
            return false;
        }
        JsonNode value = required(name, "true or false");
        if (!value.isBoolean()) {
            throw wrongType(name, value, "true or false");
        }
        return value.booleanValue();
    }

    /** Returns an identifier. */
    UUID id(String name) throws ControlException {
        String text = text(name);
        try {
            UUID id = UUID.fromString(text);
            if (id.toString().equalsIgnoreCase(text)) {
                return id;
            }
        } catch (IllegalArgumentException e) {
            // Reported below, together with texts that the parser completes.
        }
        throw error(name, FieldRules.shown(text) + "; allowed is a UUID");
    }

    /** Returns a moment. */
    Instant instant(String name) throws ControlException {
        String text = text(name);
        try {
            return Instant.parse(text);
        } catch (DateTimeException e) {
            throw error(name, FieldRules.shown(text) + "; allowed is an ISO-8601 time in UTC");
        }
    }

    /** Returns one of the constants of an enumeration. */
    <E extends Enum<E>> E oneOf(String name, Class<E> type) throws ControlException {
        String text = text(name);
        E[] constants = type.getEnumConstants();
        List<String> allowed = new ArrayList<>();
        for (E constant : constants) {
            if (constant.name().equals(text)) {
                return constant;
            }
            allowed.add(constant.name());
        }
        throw error(name, FieldRules.shown(text) + "; allowed is one of " + String.join(", ", allowed));
    }

    /** Returns a list of texts. */
    List<String> texts(String name) throws ControlException {
        List<String> texts = new ArrayList<>();
        for (JsonNode element : array(name)) {
            if (!element.isString()) {
                throw wrongType(name + "[" + texts.size() + "]", element, "a text");
            }
            texts.add(element.stringValue());
        }
        return texts;
    }

    /** Returns a map of texts, empty if the field is missing. */
    Map<String, String> optionalMap(String name) throws ControlException {
        Map<String, String> map = new TreeMap<>();
        if (node.has(name)) {
            for (Map.Entry<String, JsonNode> entry : objectNode(name).properties()) {
                if (!entry.getValue().isString()) {
                    throw wrongType(name + "." + FieldRules.shown(entry.getKey()), entry.getValue(), "a text");
                }
                map.put(entry.getKey(), entry.getValue().stringValue());
            }
        }
        return map;
    }

    /** Returns the fields of an object inside this one. */
    Fields object(String name) throws ControlException {
        return new Fields(path(name), objectNode(name), kind);
    }

    /** Returns the objects of a list, each as its fields. */
    List<Fields> objects(String name) throws ControlException {
        List<Fields> objects = new ArrayList<>();
        for (JsonNode element : array(name)) {
            String place = name + "[" + objects.size() + "]";
            if (!(element instanceof ObjectNode object)) {
                throw wrongType(place, element, "an object");
            }
            objects.add(new Fields(path(place), object, kind));
        }
        return objects;
    }

    /** Returns whether a field is there. */
    boolean has(String name) {
        return node.has(name);
    }

    /** Returns the object in a field, as it is. */
    ObjectNode objectNode(String name) throws ControlException {
        if (required(name, "an object") instanceof ObjectNode object) {
            return object;
        }
        throw wrongType(name, required(name, "an object"), "an object");
    }

    /** Refuses every field that nobody asked for. */
    void nothingElse() throws ControlException {
        for (String name : node.propertyNames()) {
            if (!taken.contains(name)) {
                throw error(FieldRules.shown(name), "unknown field");
            }
        }
    }

    private JsonNode array(String name) throws ControlException {
        JsonNode value = required(name, "a list");
        if (!value.isArray()) {
            throw wrongType(name, value, "a list");
        }
        return value;
    }

    private JsonNode required(String name, String allowed) throws ControlException {
        taken.add(name);
        @Nullable JsonNode value = node.get(name);
        if (value == null) {
            throw error(name, "missing; allowed is " + allowed);
        }
        return value;
    }

    private ControlException wrongType(String name, JsonNode actual, String allowed) {
        return error(name, actual.getNodeType() + "; allowed is " + allowed);
    }

    private ControlException error(String name, String reason) {
        return new ControlException(kind, path(name) + ": " + reason);
    }

    private String path(String name) {
        return where.isEmpty() ? name : where + "." + name;
    }
}
