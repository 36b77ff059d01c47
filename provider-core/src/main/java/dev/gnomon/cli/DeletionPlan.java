/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cli;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.CopyView;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.Json;
import dev.gnomon.control.SetView;
import dev.gnomon.control.VolumeView;
import dev.gnomon.control.client.ControlClient;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** What a deletion would do, as the service is when it is asked: which copies would go, and what would be refused. */
final class DeletionPlan {
    private final List<CopyView> copies = new ArrayList<>();
    private final List<Deletion.Failed> failed = new ArrayList<>();
    private final List<VolumeView> volumes;

    private DeletionPlan(ControlClient client) throws ControlException {
        this.volumes = client.volumes();
    }

    /** Returns the plan for single copies. */
    static DeletionPlan ofCopies(ControlClient client, List<String> references) throws ControlException {
        DeletionPlan plan = new DeletionPlan(client);
        for (String reference : references) {
            plan.attempt(reference, () -> List.of(client.copy(reference)));
        }
        return plan;
    }

    /** Returns the plan for sets. */
    static DeletionPlan ofSets(ControlClient client, List<String> references) throws ControlException {
        DeletionPlan plan = new DeletionPlan(client);
        for (String reference : references) {
            plan.attempt(reference, () -> {
                SetView set = client.set(reference);
                List<UUID> members =
                        set.members().stream().map(SetView.Member::id).toList();
                return client.copies("").stream()
                        .filter(copy -> members.contains(copy.id()))
                        .toList();
            });
        }
        return plan;
    }

    /** Looks up what a reference means. */
    private interface Meaning {
        List<CopyView> copies() throws ControlException;
    }

    private void attempt(String reference, Meaning meaning) throws ControlException {
        try {
            List<CopyView> found = meaning.copies();
            for (CopyView copy : found) {
                if (copy.held()) {
                    throw new ControlException(
                            ErrorKind.REFUSED, "shadow copy " + copy.exportName() + " is held; release it first");
                }
            }
            found.stream().filter(copy -> !copies.contains(copy)).forEach(copies::add);
        } catch (ControlException e) {
            if (Deletion.isLost(e.kind())) {
                throw e;
            }
            failed.add(new Deletion.Failed(reference, e));
        }
    }

    boolean isEmpty() {
        return copies.isEmpty();
    }

    /** Returns the question that a person has to answer. */
    String question() {
        return "Delete " + copies.size() + (copies.size() == 1 ? " shadow copy?" : " shadow copies?");
    }

    void print(PrintWriter out) {
        for (CopyView copy : copies) {
            out.println("Would delete " + copy.exportName() + ": " + Sizes.human(copy.sizeBytes()) + ", taken "
                    + Times.human(copy.createdAt()) + ", " + copy.id());
        }
        for (VolumeView volume : volumes) {
            long gone = gone(volume);
            if (gone > 0) {
                out.println("Volume " + volume.name() + ": " + gone + " of " + volume.copies()
                        + " shadow copies would go; the diff area holds " + Sizes.human(volume.preservedBytes())
                        + " for " + (volume.copies() == 1 ? "it" : "all of them") + ".");
            }
        }
    }

    private long gone(VolumeView volume) {
        return copies.stream()
                .filter(copy -> copy.volumeId().equals(volume.id()))
                .count();
    }

    /** Prints what would be done to the first writer and what would be refused to the second; returns the exit code. */
    int report(Output output, PrintWriter out, PrintWriter err) {
        output.print(out, this::json, this::print);
        return Deletion.exitCode(isEmpty(), failed, err);
    }

    private ObjectNode json() {
        ObjectNode json = Json.object().put("dryRun", true);
        ArrayNode going = json.putArray("copies");
        copies.forEach(copy -> going.add(copy.toJson()));
        ArrayNode concerned = json.putArray("volumes");
        for (VolumeView volume : volumes) {
            if (gone(volume) > 0) {
                concerned
                        .addObject()
                        .put("volume", volume.name())
                        .put("deletedCopies", gone(volume))
                        .put("copies", volume.copies())
                        .put("preservedBytes", volume.preservedBytes());
            }
        }
        Deletion.put(failed, json.putArray("failed"));
        return json;
    }
}
