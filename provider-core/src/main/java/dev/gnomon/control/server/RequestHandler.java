/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.server;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.Request;
import tools.jackson.databind.node.ObjectNode;

/** Carries out requests. Thread-safe. */
@FunctionalInterface
public interface RequestHandler {
    /** Carries out one request, whose values are legal, and returns when it is done. */
    Answer handle(Request request) throws ControlException;

    /** Results in the order in which they are sent; all but the last are parts of a list. */
    @FunctionalInterface
    interface Answer {
        /** Hands each part to the sink. */
        void parts(Sink sink) throws java.io.IOException, ControlException;
    }

    /** Receives the parts of an answer. */
    @FunctionalInterface
    interface Sink {
        /** Takes a part. */
        void part(ObjectNode result, boolean more) throws java.io.IOException, ControlException;
    }
}
