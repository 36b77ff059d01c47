/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The result of each operation as JSON, and back. The command line prints the same objects, with {@code schemaVersion}
 * added.
 */
public final class Results {
    private Results() {}

    /** Returns a result that holds one volume. */
    public static ObjectNode volume(VolumeView volume) {
        return holding("volume", volume.toJson());
    }

    /** Returns a result that holds one volume, and what somebody should know who has put it there; empty if nothing. */
    public static ObjectNode volume(VolumeView volume, String warning) {
        ObjectNode result = volume(volume);
        if (!warning.isEmpty()) {
            result.put("warning", warning);
        }
        return result;
    }

    /** Returns a result that holds clients. */
    public static ObjectNode clients(List<ClientView> clients) {
        return list("clients", clients.stream().map(ClientView::toJson).toList());
    }

    /** Reads {@link #clients}. */
    public static List<ClientView> toClients(ObjectNode result) throws ControlException {
        return each(result, "clients", ClientView::from);
    }

    /** Returns a result that holds volumes. */
    public static ObjectNode volumes(List<VolumeView> volumes) {
        return list("volumes", volumes.stream().map(VolumeView::toJson).toList());
    }

    /** Reads the warning of {@link #volume(VolumeView, String)}, empty if there is none. */
    public static String toWarning(ObjectNode result) throws ControlException {
        return fields(result).optionalText("warning");
    }

    /** Returns a result that holds one set. */
    public static ObjectNode set(SetView set) {
        return holding("set", set.toJson());
    }

    /** Returns a result that holds sets. */
    public static ObjectNode sets(List<SetView> sets) {
        return list("sets", sets.stream().map(SetView::toJson).toList());
    }

    /** Returns a result that holds one shadow copy. */
    public static ObjectNode copy(CopyView copy) {
        return holding("copy", copy.toJson());
    }

    /** Returns a result that holds shadow copies. */
    public static ObjectNode copies(List<CopyView> copies) {
        return list("copies", copies.stream().map(CopyView::toJson).toList());
    }

    /** Returns a result that holds one revert. */
    public static ObjectNode revert(RevertView revert) {
        return holding("revert", revert.toJson());
    }

    /** Returns a result that holds reverts. */
    public static ObjectNode reverts(List<RevertView> reverts) {
        return list("reverts", reverts.stream().map(RevertView::toJson).toList());
    }

    /** Returns a result that holds events. */
    public static ObjectNode events(List<EventView> events) {
        return list("events", events.stream().map(EventView::toJson).toList());
    }

    /** Returns a result that holds one fault. */
    public static ObjectNode fault(FaultView fault) {
        return holding("fault", fault.toJson());
    }

    /** Returns a result that holds faults. */
    public static ObjectNode faults(List<FaultView> faults) {
        return list("faults", faults.stream().map(FaultView::toJson).toList());
    }

    /** Returns a result that holds calls of VSS. */
    public static ObjectNode calls(List<CallView> calls) {
        return list("calls", calls.stream().map(CallView::toJson).toList());
    }

    /** Reads {@link #fault}. */
    public static FaultView toFault(ObjectNode result) throws ControlException {
        return FaultView.from(fields(result).object("fault"));
    }

    /** Reads {@link #faults}. */
    public static List<FaultView> toFaults(ObjectNode result) throws ControlException {
        return each(result, "faults", FaultView::from);
    }

    /** Reads {@link #calls}. */
    public static List<CallView> toCalls(ObjectNode result) throws ControlException {
        return each(result, "calls", CallView::from);
    }

    /** Reads how many there were that are gone now. */
    public static long toCleared(ObjectNode result) throws ControlException {
        return fields(result).count("cleared");
    }

    /** Returns a result that holds the service. */
    public static ObjectNode service(ServiceView service) {
        return holding("service", service.toJson());
    }

    /** Returns a result that holds counters and latencies. */
    public static ObjectNode stats(StatsReport stats) {
        return holding("stats", stats.toJson());
    }

    /** Returns a result that holds the diff area. */
    public static ObjectNode diffArea(DiffAreaView diffArea) {
        return holding("diffArea", diffArea.toJson());
    }

    /** Returns a result that holds what a move of the diff area would do. */
    public static ObjectNode movePlan(MovePlanView plan) {
        return holding("movePlan", plan.toJson());
    }

    /** Reads {@link #movePlan}. */
    public static MovePlanView toMovePlan(ObjectNode result) throws ControlException {
        return MovePlanView.from(fields(result).object("movePlan"));
    }

    /** Returns a result that holds the last scrub. */
    public static ObjectNode scrub(ScrubView scrub) {
        return holding("scrub", scrub.toJson());
    }

    /** Reads {@link #scrub}. */
    public static ScrubView toScrub(ObjectNode result) throws ControlException {
        return ScrubView.from(fields(result).object("scrub"));
    }

    /** Reads {@link #diffArea}. */
    public static DiffAreaView toDiffArea(ObjectNode result) throws ControlException {
        return DiffAreaView.from(fields(result).object("diffArea"));
    }

    /** Reads {@link #stats}. */
    public static StatsReport toStats(ObjectNode result) throws ControlException {
        return StatsReport.from(fields(result).object("stats"));
    }

    /** Reads {@link #volume}. */
    public static VolumeView toVolume(ObjectNode result) throws ControlException {
        return VolumeView.from(fields(result).object("volume"));
    }

    /** Reads {@link #volumes}. */
    public static List<VolumeView> toVolumes(ObjectNode result) throws ControlException {
        return each(result, "volumes", VolumeView::from);
    }

    /** Reads {@link #set}. */
    public static SetView toSet(ObjectNode result) throws ControlException {
        return SetView.from(fields(result).object("set"));
    }

    /** Reads {@link SetCreatedView#toJson}. */
    public static SetCreatedView toSetCreated(ObjectNode result) throws ControlException {
        return SetCreatedView.from(fields(result));
    }

    /** Reads {@link #sets}. */
    public static List<SetView> toSets(ObjectNode result) throws ControlException {
        return each(result, "sets", SetView::from);
    }

    /** Reads {@link #copy}. */
    public static CopyView toCopy(ObjectNode result) throws ControlException {
        return CopyView.from(fields(result).object("copy"));
    }

    /** Reads {@link #copies}. */
    public static List<CopyView> toCopies(ObjectNode result) throws ControlException {
        return each(result, "copies", CopyView::from);
    }

    /** Reads {@link #revert}. */
    public static RevertView toRevert(ObjectNode result) throws ControlException {
        return RevertView.from(fields(result).object("revert"));
    }

    /** Reads {@link #reverts}. */
    public static List<RevertView> toReverts(ObjectNode result) throws ControlException {
        return each(result, "reverts", RevertView::from);
    }

    /** Reads {@link #events}. */
    public static List<EventView> toEvents(ObjectNode result) throws ControlException {
        return each(result, "events", EventView::from);
    }

    /** Reads {@link #service}. */
    public static ServiceView toService(ObjectNode result) throws ControlException {
        return ServiceView.from(fields(result).object("service"));
    }

    private static Fields fields(ObjectNode result) {
        return new Fields("result", result, ErrorKind.PROTOCOL);
    }

    private static ObjectNode holding(String name, ObjectNode value) {
        ObjectNode json = Json.object();
        json.set(name, value);
        return json;
    }

    private static ObjectNode list(String name, List<ObjectNode> items) {
        ObjectNode json = Json.object();
        ArrayNode array = json.putArray(name);
        items.forEach(array::add);
        return json;
    }

    private static <T> List<T> each(ObjectNode result, String name, Reader<T> reader) throws ControlException {
        List<T> items = new ArrayList<>();
        for (Fields item : fields(result).objects(name)) {
            items.add(reader.read(item));
        }
        return items;
    }

    /** Reads one item of a list. */
    private interface Reader<T> {
        T read(Fields in) throws ControlException;
    }
}
