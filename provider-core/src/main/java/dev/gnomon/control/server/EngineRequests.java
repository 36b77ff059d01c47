/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.server;

import dev.gnomon.control.CallView;
import dev.gnomon.control.ClientView;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.CopyView;
import dev.gnomon.control.DiffAreaView;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.EventView;
import dev.gnomon.control.FaultView;
import dev.gnomon.control.Json;
import dev.gnomon.control.Protocol;
import dev.gnomon.control.Request;
import dev.gnomon.control.Results;
import dev.gnomon.control.RevertView;
import dev.gnomon.control.SetCreatedView;
import dev.gnomon.control.SetView;
import dev.gnomon.control.VolumeView;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.EventRecorder;
import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.DiffAreaInfo;
import dev.gnomon.snapshot.DiffRequest;
import dev.gnomon.snapshot.Engine;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.SetCreated;
import dev.gnomon.snapshot.SetInfo;
import dev.gnomon.snapshot.SetRequest;
import dev.gnomon.snapshot.VolumeInfo;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/** Carries out requests on an engine. Thread-safe. */
public final class EngineRequests implements RequestHandler {
    private final Engine engine;
    /** What a place is for, in messages. */
    private static final String ORIGIN = "origin";

    private final ServiceControl service;
    private final Path volumeDirectory;
    private final EventRecorder events;

    /**
     * Creates one.
     *
     * @param events told of what was changed, and asked for what happened
     * @param volumeDirectory where origins are created that are given no path
     */
    public EngineRequests(Engine engine, ServiceControl service, Path volumeDirectory, EventRecorder events) {
        this.events = events;
        this.engine = engine;
        this.service = service;
        this.volumeDirectory = volumeDirectory;
    }

    @Override
    public Answer handle(Request request) throws ControlException {
        try {
            return answer(request);
        } catch (EngineException e) {
            throw new ControlException(
                    kind(e.kind()), e.getMessage() == null ? e.kind().name() : e.getMessage(), e);
        }
    }

    private Answer answer(Request request) throws EngineException, ControlException {
        return switch (request) {
            case Request.VolumeCreate r -> one(create(r));
            case Request.VolumeAdd r -> one(add(r));
            case Request.VolumeList _ ->
                list(Views.all(engine.volumes(), Views::of), Results::volumes, VolumeView::toJson);
            case Request.VolumeShow r -> one(Results.volume(Views.of(engine.volume(r.name()))));
            case Request.VolumeRemove r -> {
                engine.removeVolume(r.name());
                events.tell(Event.ofVolume(EventId.VOLUME_REMOVED, r.name(), "removed; its origin stays"));
                yield one(Json.object());
            }
            case Request.VolumeClear r -> {
                VolumeInfo volume = engine.clearFailure(r.name());
                events.tell(Event.ofVolume(EventId.VOLUME_CLEARED, r.name(), "accepts writes again"));
                yield one(Results.volume(Views.of(volume)));
            }
            case Request.VolumeAcceptChanged r -> one(Results.volume(Views.of(engine.acceptChanged(r.name()))));
            case Request.VolumeSet r -> {
                VolumeInfo volume = engine.setProperties(r.name(), r.properties());
                events.tell(Event.ofVolume(EventId.VOLUME_SET, r.name(), "set: " + new TreeMap<>(r.properties())));
                yield one(Results.volume(Views.of(volume)));
            }
            case Request.VolumeResize r -> one(Results.volume(resize(r)));
            case Request.SetCreate r -> one(create(r).toJson());
            case Request.SetList _ -> list(Views.all(engine.sets(), Views::of), Results::sets, SetView::toJson);
            case Request.SetShow r -> one(Results.set(Views.of(engine.set(r.reference()))));
            case Request.SetDelete r -> one(Results.set(deleted(engine.deleteSet(r.reference()))));
            case Request.CopyList r -> list(copies(r.volume()), Results::copies, CopyView::toJson);
            case Request.CopyShow r -> one(Results.copy(Views.of(engine.copy(r.reference()))));
            case Request.CopyDelete r -> one(Results.copy(deleted(engine.deleteCopy(r.reference()))));
            case Request.CopyDiff r ->
                one(Views.of(engine.diff(new DiffRequest(r.copy(), r.other(), r.offsetBytes())))
                        .toJson());
            case Request.CopyVerify r ->
                one(Views.of(engine.verify(r.copy(), r.offsetBytes())).toJson());
            case Request.CopyBookmark r -> one(Results.copy(bookmarked(engine.bookmarkCopy(r.reference()))));
            case Request.BookmarkList r ->
                list(ofVolume(engine.bookmarks(), r.volume()), Results::copies, CopyView::toJson);
            case Request.CopyHold r -> one(Results.copy(held(engine.holdCopy(r.reference(), r.reason()))));
            case Request.CopyRelease r -> one(Results.copy(held(engine.releaseCopy(r.reference()))));
            case Request.DiffAreaShow _ -> one(Results.diffArea(Views.of(engine.diffArea())));
            case Request.DiffAreaResize r -> one(Results.diffArea(resized(r.limitBytes())));
            case Request.DiffAreaMove r -> one(moved(r));
            case Request.Overlay r -> one(Results.copy(overlay(r)));
            case Request.CopyRevert r ->
                one(Results.revert(Views.of(
                        r.dryRun() ? engine.planRevert(r.reference()) : engine.revert(r.reference(), r.force()))));
            case Request.RevertList _ ->
                list(Views.all(engine.reverts(), Views::of), Results::reverts, RevertView::toJson);
            case Request.Scrub r ->
                one(Results.scrub(Views.of(
                        switch (r.step()) {
                            case START -> engine.startScrub();
                            case STATUS -> engine.scrub();
                            case STOP -> engine.stopScrub();
                        })));
            case Request.EventList r ->
                list(
                        Views.all(events.list(r.afterSequence(), r.since()), Views::of),
                        Results::events,
                        EventView::toJson);
            case Request.Vss r -> vss(r);
            case Request.ServiceStatus _ -> one(Results.service(service.status()));
            case Request.ServiceStats _ -> one(Results.stats(service.stats()));
            case Request.ServiceClients _ -> list(service.clients(), Results::clients, ClientView::toJson);
            case Request.ServiceStop r -> {
                service.stop(r.force());
                yield one(Json.object());
            }
        };
    }

    private Answer vss(Request.Vss request) throws ControlException {
        VssControl vss = service.vss();
        return switch (request) {
            case Request.FaultAdd r -> {
                FaultView fault = vss.addFault(r.call(), r.action(), r.times(), r.volume());
                events.tell(Event.of(
                        EventId.VSS_FAULT_ADDED,
                        fault.call() + " " + fault.action() + (fault.volume().isEmpty() ? "" : " on " + fault.volume())
                                + ", times: " + fault.timesLeft() + ", until " + fault.until()));
                yield one(Results.fault(fault));
            }
            case Request.FaultList _ -> list(vss.faults(), Results::faults, FaultView::toJson);
            case Request.FaultClear _ -> {
                int cleared = vss.clearFaults();
                events.tell(Event.of(EventId.VSS_FAULTS_CLEARED, "faults ended: " + cleared));
                yield one(Json.object().put("cleared", cleared));
            }
            case Request.TraceList r -> list(vss.calls(r.afterSequence()), Results::calls, CallView::toJson);
            case Request.TraceClear _ -> {
                vss.clearCalls();
                yield one(Json.object());
            }
        };
    }

    private ObjectNode add(Request.VolumeAdd request) throws EngineException, ControlException {
        Path origin = path(request.path());
        String warning = service.requireFit(ORIGIN, origin, request.allowSystemVolume());
        return Results.volume(added(engine.addVolume(request.name(), origin)), warning);
    }

    private ObjectNode create(Request.VolumeCreate request) throws EngineException, ControlException {
        Path origin =
                request.path().isEmpty() ? volumeDirectory.resolve(request.name() + ".raw") : path(request.path());
        String warning = service.requireFit(ORIGIN, origin, request.allowSystemVolume());
        Engine.Allocation allocation = request.sparse() ? Engine.Allocation.SPARSE : Engine.Allocation.ALLOCATED;
        return Results.volume(
                added(engine.createVolume(request.name(), origin, request.sizeBytes(), allocation)), warning);
    }

    private VolumeView resize(Request.VolumeResize request) throws EngineException {
        long before = engine.volume(request.name()).sizeBytes();
        Engine.Allocation allocation = request.sparse() ? Engine.Allocation.SPARSE : Engine.Allocation.ALLOCATED;
        VolumeInfo volume = engine.resizeVolume(request.name(), request.sizeBytes(), allocation);
        if (before != volume.sizeBytes()) {
            events.tell(Event.ofVolume(
                    EventId.VOLUME_RESIZED, volume.name(), "from " + before + " to " + volume.sizeBytes() + " bytes"));
        }
        return Views.of(volume);
    }

    private VolumeView added(VolumeInfo volume) {
        events.tell(Event.ofVolume(
                EventId.VOLUME_ADDED,
                volume.name(),
                "registered: " + volume.sizeBytes() + " bytes in " + volume.origin()));
        return Views.of(volume);
    }

    private SetView deleted(SetInfo set) {
        events.tell(Event.ofSet(
                EventId.SET_DELETED, nameOf(set), "deleted: " + set.copies().size() + " shadow copies"));
        return Views.of(set);
    }

    private CopyView deleted(CopyInfo copy) {
        events.tell(new Event(EventId.COPY_DELETED, copy.volume(), copy.exportName(), "", "deleted"));
        return Views.of(copy);
    }

    private CopyView bookmarked(CopyInfo copy) {
        events.tell(new Event(
                EventId.COPY_DELETED, copy.volume(), copy.exportName(), "", "deleted, and kept as a bookmark"));
        return Views.of(copy);
    }

    private CopyView held(CopyInfo copy) {
        EventId id = copy.held() ? EventId.COPY_HELD : EventId.COPY_RELEASED;
        String reason = copy.holdReason().isEmpty() ? "" : ": " + copy.holdReason();
        events.tell(new Event(
                id, copy.volume(), copy.exportName(), "", copy.held() ? "held" + reason : "may be deleted again"));
        return Views.of(copy);
    }

    private DiffAreaView resized(long limitBytes) throws EngineException {
        DiffAreaInfo info = engine.resizeDiffArea(limitBytes);
        events.tell(Event.of(
                EventId.DIFF_AREA_RESIZED,
                limitBytes == 0
                        ? "has no limit any more; it takes " + info.allocatedBytes() + " bytes"
                        : "may take " + limitBytes + " bytes; it takes " + info.allocatedBytes()));
        return Views.of(info);
    }

    private ObjectNode moved(Request.DiffAreaMove request) throws EngineException, ControlException {
        String path = request.path();
        String _ = service.requireFit("directory", Path.of(path), false);
        if (request.dryRun()) {
            return Results.movePlan(Views.of(engine.planMove(Path.of(path))));
        }
        DiffAreaInfo info = engine.moveDiffArea(Path.of(path));
        events.tell(Event.of(
                EventId.DIFF_AREA_MOVING,
                info.toMoveBytes() + " bytes of segments are being moved from " + info.segmentDirectory() + " to "
                        + path));
        return Results.diffArea(Views.of(info));
    }

    private CopyView overlay(Request.Overlay request) throws EngineException {
        String reference = request.reference();
        return switch (request.step()) {
            case CREATE ->
                told(engine.createOverlay(reference), EventId.OVERLAY_CREATED, "has an overlay that can be written to");
            case SEAL ->
                told(engine.sealOverlay(reference), EventId.OVERLAY_SEALED, "shows what was written to its overlay");
            case DROP -> told(engine.dropOverlay(reference), EventId.OVERLAY_DROPPED, "shows its own content again");
        };
    }

    private CopyView told(CopyInfo copy, EventId id, String message) {
        events.tell(new Event(id, copy.volume(), copy.exportName(), "", message));
        return Views.of(copy);
    }

    private static String nameOf(SetInfo set) {
        return set.name().isEmpty() ? set.id().toString() : set.name();
    }

    private SetCreatedView create(Request.SetCreate request) throws EngineException {
        SetCreated created = engine.createSet(new SetRequest(request.volumes(), request.name(), request.attributes()));
        events.tell(Event.ofSet(
                EventId.SET_CREATED,
                nameOf(created.set()),
                "taken: " + created.set().copies().size() + " shadow copies, writes were held for "
                        + created.heldNanos() + " ns"));
        return new SetCreatedView(Views.of(created.set()), created.heldNanos(), created.totalNanos());
    }

    private List<CopyView> copies(String volume) throws EngineException {
        return ofVolume(engine.copies(), volume);
    }

    private List<CopyView> ofVolume(List<CopyInfo> infos, String volume) throws EngineException {
        List<CopyView> copies = Views.all(infos, Views::of);
        if (volume.isEmpty()) {
            return copies;
        }
        String name = engine.volume(volume).name();
        return copies.stream().filter(copy -> copy.volume().equals(name)).toList();
    }

    private static Path path(String text) throws ControlException {
        try {
            Path path = Path.of(text);
            if (path.isAbsolute()) {
                return path;
            }
            throw ControlException.invalid("path: " + text + "; allowed is an absolute path of the service's system");
        } catch (InvalidPathException e) {
            throw new ControlException(ErrorKind.INVALID, "path: " + e.getReason(), e);
        }
    }

    private static Answer one(ObjectNode result) {
        return sink -> sink.part(result, false);
    }

    /** Cuts a list into parts that fit a frame. */
    private static <T> Answer list(
            List<T> items, Function<List<T>, ObjectNode> result, Function<T, ObjectNode> toJson) {
        return sink -> {
            List<T> part = new ArrayList<>();
            long bytes = 0;
            for (T item : items) {
                long itemBytes = Json.toBytes(toJson.apply(item)).length;
                if (bytes + itemBytes > Protocol.LIST_FRAME_BYTES && !part.isEmpty()) {
                    sink.part(result.apply(part), true);
                    part.clear();
                    bytes = 0;
                }
                part.add(item);
                bytes += itemBytes;
            }
            sink.part(result.apply(part), false);
        };
    }

    /** Returns the word of the control socket for a kind of the engine. */
    public static ErrorKind kind(EngineException.Kind kind) {
        return switch (kind) {
            case INVALID -> ErrorKind.INVALID;
            case NOT_FOUND -> ErrorKind.NOT_FOUND;
            case WRONG_STATE -> ErrorKind.WRONG_STATE;
            case DIFF_AREA_FULL -> ErrorKind.DIFF_AREA_FULL;
            case REFUSED -> ErrorKind.REFUSED;
            case DAMAGED -> ErrorKind.DAMAGED;
            case PERMISSION -> ErrorKind.PERMISSION;
            case FAILED -> ErrorKind.FAILED;
        };
    }
}
