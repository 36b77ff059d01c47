/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import tools.jackson.databind.node.ObjectNode;

/** One frame of the answer to a request. */
public sealed interface Reply {
    /** Returns the number of the request; 0 if it could not be read. */
    long id();

    /**
     * The answer, or a part of it.
     *
     * @param more whether further parts follow; only lists have several, and their parts are joined
     */
    record Result(long id, ObjectNode result, boolean more) implements Reply {}

    /** The request was not done. */
    record Failure(long id, ErrorKind kind, String message) implements Reply {}

    /** Returns this reply as a message. */
    default ObjectNode toJson() {
        ObjectNode message = Json.object();
        message.put("schemaVersion", Protocol.SCHEMA_VERSION).put("id", id());
        switch (this) {
            case Result r -> {
                message.set("result", r.result());
                message.put("more", r.more());
            }
            case Failure f ->
                message.putObject("error").put("kind", f.kind().name()).put("message", f.message());
        }
        return message;
    }

    /**
     * Reads a reply; fields that are not known are ignored.
     *
     * @throws ControlException of kind PROTOCOL if the message is none
     */
    static Reply fromJson(ObjectNode message) throws ControlException {
        Fields fields = new Fields("", message, ErrorKind.PROTOCOL);
        fields.integer("schemaVersion", Protocol.SCHEMA_VERSION, Protocol.SCHEMA_VERSION);
        long id = fields.count("id");
        if (fields.has("error")) {
            Fields error = fields.object("error");
            return new Failure(id, error.oneOf("kind", ErrorKind.class), error.text("message"));
        }
        return new Result(id, fields.objectNode("result"), fields.optionalFlag("more"));
    }
}
