/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.Json;
import dev.gnomon.control.client.ControlClient;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Deletes several things, one after the other, and tells which were deleted and which not. A failure does not keep the
 * others from being tried, unless the service itself is gone.
 */
final class Deletion {
    private final List<Deleted> deleted = new ArrayList<>();
    private final List<Failed> failed = new ArrayList<>();

    private record Deleted(ObjectNode json, String text) {}

    /** What was not deleted, and why. */
    record Failed(String reference, ControlException reason) {}

    /** Deletes one thing and tells what it was. */
    @FunctionalInterface
    interface Step {
        /** Returns what was deleted. */
        Outcome delete(ControlClient client, String reference) throws ControlException;
    }

    /**
     * What was deleted.
     *
     * @param text for people
     */
    record Outcome(ObjectNode json, String text) {}

    /** Tries every reference. */
    Deletion run(ControlClient client, List<String> references, Step step) throws ControlException {
        for (String reference : references) {
            try {
                Outcome outcome = step.delete(client, reference);
                deleted.add(new Deleted(outcome.json(), outcome.text()));
            } catch (ControlException e) {
                failed.add(new Failed(reference, e));
                if (isLost(e.kind())) {
                    break;
                }
            }
        }
        return this;
    }

    /** Prints what was deleted to the first writer and what was not to the second; returns the exit code. */
    int report(Output output, PrintWriter out, PrintWriter err) {
        output.print(out, this::json, writer -> deleted.forEach(one -> writer.println("Deleted " + one.text() + ".")));
        return exitCode(deleted.isEmpty(), failed, err);
    }

    /** Prints the reasons of failures; returns the exit code, which says whether anything else was done. */
    static int exitCode(boolean nothingDone, List<Failed> failed, PrintWriter err) {
        failed.forEach(one -> err.println("gnomon: " + one.reason().getMessage()));
        if (failed.isEmpty()) {
            return ExitCode.DONE.number();
        }
        return nothingDone ? ExitCode.of(failed.getFirst().reason().kind()).number() : ExitCode.PARTLY.number();
    }

    private ObjectNode json() {
        ObjectNode json = Json.object();
        ArrayNode done = json.putArray("deleted");
        deleted.forEach(one -> done.add(one.json()));
        put(failed, json.putArray("failed"));
        return json;
    }

    /** Adds failures to a list. */
    static void put(List<Failed> failed, ArrayNode to) {
        for (Failed one : failed) {
            to.addObject()
                    .put("reference", one.reference())
                    .put("kind", one.reason().kind().name())
                    .put("message", one.reason().getMessage());
        }
    }

    /** Returns whether a failure means that the service does not answer any more. */
    static boolean isLost(ErrorKind kind) {
        return kind == ErrorKind.UNREACHABLE || kind == ErrorKind.PROTOCOL || kind == ErrorKind.BUSY;
    }
}
