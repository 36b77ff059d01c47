/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.node.ObjectNode;

/** Requests as messages. Reading is strict: unknown operations and fields are refused. */
public final class RequestCodec {
    private static final String ALLOW_SYSTEM = "allowSystemVolume";

    private RequestCodec() {}

    /** Operations by the name that they have in a message. */
    enum Operation {
        VOLUME_CREATE("volume.create"),
        VOLUME_ADD("volume.add"),
        VOLUME_LIST("volume.list"),
        VOLUME_SHOW("volume.show"),
        VOLUME_REMOVE("volume.remove"),
        VOLUME_CLEAR("volume.clear"),
        VOLUME_SET("volume.set"),
        VOLUME_RESIZE("volume.resize"),
        VOLUME_ACCEPT_CHANGED("volume.accept-changed"),
        SET_CREATE("set.create"),
        SET_LIST("set.list"),
        SET_SHOW("set.show"),
        SET_DELETE("set.delete"),
        COPY_LIST("copy.list"),
        COPY_SHOW("copy.show"),
        COPY_DELETE("copy.delete"),
        COPY_DIFF("copy.diff"),
        COPY_VERIFY("copy.verify"),
        COPY_BOOKMARK("copy.bookmark"),
        BOOKMARK_LIST("bookmark.list"),
        COPY_HOLD("copy.hold"),
        COPY_RELEASE("copy.release"),
        DIFF_AREA_SHOW("diff-area.show"),
        DIFF_AREA_RESIZE("diff-area.resize"),
        DIFF_AREA_MOVE("diff-area.move"),
        OVERLAY_CREATE("overlay.create"),
        OVERLAY_SEAL("overlay.seal"),
        OVERLAY_DROP("overlay.drop"),
        COPY_REVERT("copy.revert"),
        REVERT_LIST("revert.list"),
        SCRUB_START("scrub.start"),
        SCRUB_STATUS("scrub.status"),
        SCRUB_STOP("scrub.stop"),
        EVENT_LIST("event.list"),
        FAULT_ADD("fault.add"),
        FAULT_LIST("fault.list"),
        FAULT_CLEAR("fault.clear"),
        TRACE_LIST("trace.list"),
        TRACE_CLEAR("trace.clear"),
        SERVICE_STATUS("service.status"),
        SERVICE_STATS("service.stats"),
        SERVICE_CLIENTS("service.clients"),
        SERVICE_STOP("service.stop");

        private final String word;

        Operation(String word) {
            this.word = word;
        }

        static Operation of(String word) throws ControlException {
            for (Operation operation : values()) {
                if (operation.word.equals(word)) {
                    return operation;
                }
            }
            String allowed = Arrays.stream(values()).map(o -> o.word).collect(Collectors.joining(", "));
            throw new ControlException(
                    ErrorKind.PROTOCOL, "operation: " + FieldRules.shown(word) + "; allowed is one of " + allowed);
        }
    }

    /**
     * A request with the number that its replies carry.
     *
     * @param id chosen by the client
     */
    public record Numbered(long id, Request request) {}

    /** Returns the number of a message, or 0 if it has none, to answer a message that is otherwise not legal. */
    public static long idOf(ObjectNode message) {
        try {
            return new Fields("", message, ErrorKind.PROTOCOL).count("id");
        } catch (ControlException e) {
            return 0;
        }
    }

    /** Returns a request as a message. */
    public static ObjectNode encode(long id, Request request) {
        ObjectNode parameters = Json.object();
        Operation operation = switch (request) {
            case Request.VolumeCreate r -> {
                parameters.put("name", r.name()).put("sizeBytes", r.sizeBytes());
                putUnlessEmpty(parameters, "path", r.path());
                parameters.put("sparse", r.sparse());
                putIf(parameters, ALLOW_SYSTEM, r.allowSystemVolume());
                yield Operation.VOLUME_CREATE;
            }
            case Request.VolumeAdd r -> {
                parameters.put("name", r.name()).put("path", r.path());
                putIf(parameters, ALLOW_SYSTEM, r.allowSystemVolume());
                yield Operation.VOLUME_ADD;
            }
            case Request.VolumeList _ -> Operation.VOLUME_LIST;
            case Request.VolumeShow r -> with(parameters, "name", r.name(), Operation.VOLUME_SHOW);
            case Request.VolumeRemove r -> with(parameters, "name", r.name(), Operation.VOLUME_REMOVE);
            case Request.VolumeClear r -> with(parameters, "name", r.name(), Operation.VOLUME_CLEAR);
            case Request.VolumeAcceptChanged r -> with(parameters, "name", r.name(), Operation.VOLUME_ACCEPT_CHANGED);
            case Request.VolumeSet r -> {
                parameters.put("name", r.name());
                r.properties().forEach(parameters.putObject("properties")::put);
                yield Operation.VOLUME_SET;
            }
            case Request.VolumeResize r -> {
                parameters.put("name", r.name()).put("sizeBytes", r.sizeBytes()).put("sparse", r.sparse());
                yield Operation.VOLUME_RESIZE;
            }
            case Request.SetCreate r -> {
                r.volumes().forEach(parameters.putArray("volumes")::add);
                putUnlessEmpty(parameters, "name", r.name());
                r.attributes().forEach(parameters.putObject("attributes")::put);
                yield Operation.SET_CREATE;
            }
            case Request.SetList _ -> Operation.SET_LIST;
            case Request.SetShow r -> with(parameters, "set", r.reference(), Operation.SET_SHOW);
            case Request.SetDelete r -> with(parameters, "set", r.reference(), Operation.SET_DELETE);
            case Request.CopyList r -> {
                putUnlessEmpty(parameters, "volume", r.volume());
                yield Operation.COPY_LIST;
            }
            case Request.CopyShow r -> with(parameters, "copy", r.reference(), Operation.COPY_SHOW);
            case Request.CopyDelete r -> with(parameters, "copy", r.reference(), Operation.COPY_DELETE);
            case Request.CopyDiff r -> {
                parameters.put("copy", r.copy());
                putUnlessEmpty(parameters, "other", r.other());
                parameters.put("offsetBytes", r.offsetBytes());
                yield Operation.COPY_DIFF;
            }
            case Request.CopyVerify r -> {
                parameters.put("copy", r.copy()).put("offsetBytes", r.offsetBytes());
                yield Operation.COPY_VERIFY;
            }
            case Request.CopyBookmark r -> with(parameters, "copy", r.reference(), Operation.COPY_BOOKMARK);
            case Request.BookmarkList r -> {
                putUnlessEmpty(parameters, "volume", r.volume());
                yield Operation.BOOKMARK_LIST;
            }
            case Request.CopyHold r -> {
                putUnlessEmpty(parameters, "reason", r.reason());
                yield with(parameters, "copy", r.reference(), Operation.COPY_HOLD);
            }
            case Request.CopyRelease r -> with(parameters, "copy", r.reference(), Operation.COPY_RELEASE);
            case Request.DiffAreaShow _ -> Operation.DIFF_AREA_SHOW;
            case Request.DiffAreaResize r -> {
                parameters.put("limitBytes", r.limitBytes());
                yield Operation.DIFF_AREA_RESIZE;
            }
            case Request.DiffAreaMove r -> {
                parameters.put("dryRun", r.dryRun());
                yield with(parameters, "path", r.path(), Operation.DIFF_AREA_MOVE);
            }
            case Request.Overlay r ->
                with(
                        parameters,
                        "copy",
                        r.reference(),
                        switch (r.step()) {
                            case CREATE -> Operation.OVERLAY_CREATE;
                            case SEAL -> Operation.OVERLAY_SEAL;
                            case DROP -> Operation.OVERLAY_DROP;
                        });
            case Request.CopyRevert r -> {
                parameters.put("copy", r.reference()).put("force", r.force()).put("dryRun", r.dryRun());
                yield Operation.COPY_REVERT;
            }
            case Request.RevertList _ -> Operation.REVERT_LIST;
            case Request.Scrub r ->
                switch (r.step()) {
                    case START -> Operation.SCRUB_START;
                    case STATUS -> Operation.SCRUB_STATUS;
                    case STOP -> Operation.SCRUB_STOP;
                };
            case Request.EventList r -> {
                if (r.afterSequence() > 0) {
                    parameters.put("afterSequence", r.afterSequence());
                }
                if (r.since().isAfter(Instant.EPOCH)) {
                    parameters.put("since", r.since().toString());
                }
                yield Operation.EVENT_LIST;
            }
            case Request.Vss r -> VssRequestCodec.encode(r, parameters);
            case Request.ServiceStatus _ -> Operation.SERVICE_STATUS;
            case Request.ServiceStats _ -> Operation.SERVICE_STATS;
            case Request.ServiceClients _ -> Operation.SERVICE_CLIENTS;
            case Request.ServiceStop r -> {
                putIf(parameters, "force", r.force());
                yield Operation.SERVICE_STOP;
            }
        };
        ObjectNode message = Json.object();
        message.put("schemaVersion", Protocol.SCHEMA_VERSION).put("id", id).put("operation", operation.word);
        message.set("parameters", parameters);
        return message;
    }

    /**
     * Reads a request.
     *
     * @throws ControlException of kind PROTOCOL if the message is none, of kind INVALID if a parameter is not legal
     */
    public static Numbered decode(ObjectNode message) throws ControlException {
        Fields fields = new Fields("", message, ErrorKind.PROTOCOL);
        fields.integer("schemaVersion", Protocol.SCHEMA_VERSION, Protocol.SCHEMA_VERSION);
        long id = fields.count("id");
        Operation operation = Operation.of(fields.text("operation"));
        Fields parameters = new Fields(
                "parameters",
                fields.has("parameters") ? fields.objectNode("parameters") : Json.object(),
                ErrorKind.INVALID);
        fields.nothingElse();
        Request request = decode(operation, parameters);
        parameters.nothingElse();
        return new Numbered(id, check(request));
    }

    private static Request decode(Operation operation, Fields in) throws ControlException {
        return switch (operation) {
            case VOLUME_CREATE ->
                new Request.VolumeCreate(
                        in.text("name"),
                        in.optionalText("path"),
                        in.integer("sizeBytes", FieldRules.MIN_VOLUME_BYTES, FieldRules.MAX_VOLUME_BYTES),
                        in.optionalFlag("sparse"),
                        in.optionalFlag(ALLOW_SYSTEM));
            case VOLUME_ADD -> new Request.VolumeAdd(in.text("name"), in.text("path"), in.optionalFlag(ALLOW_SYSTEM));
            case VOLUME_LIST -> new Request.VolumeList();
            case VOLUME_SHOW -> new Request.VolumeShow(in.text("name"));
            case VOLUME_REMOVE -> new Request.VolumeRemove(in.text("name"));
            case VOLUME_CLEAR -> new Request.VolumeClear(in.text("name"));
            case VOLUME_ACCEPT_CHANGED -> new Request.VolumeAcceptChanged(in.text("name"));
            case VOLUME_SET -> new Request.VolumeSet(in.text("name"), in.optionalMap("properties"));
            case VOLUME_RESIZE ->
                new Request.VolumeResize(
                        in.text("name"),
                        in.integer("sizeBytes", FieldRules.MIN_VOLUME_BYTES, FieldRules.MAX_VOLUME_BYTES),
                        in.optionalFlag("sparse"));
            case SET_CREATE ->
                new Request.SetCreate(in.texts("volumes"), in.optionalText("name"), in.optionalMap("attributes"));
            case SET_LIST -> new Request.SetList();
            case SET_SHOW -> new Request.SetShow(in.text("set"));
            case SET_DELETE -> new Request.SetDelete(in.text("set"));
            case COPY_LIST -> new Request.CopyList(in.optionalText("volume"));
            case COPY_SHOW -> new Request.CopyShow(in.text("copy"));
            case COPY_DELETE -> new Request.CopyDelete(in.text("copy"));
            case COPY_DIFF -> new Request.CopyDiff(in.text("copy"), in.optionalText("other"), optionalOffset(in));
            case COPY_VERIFY -> new Request.CopyVerify(in.text("copy"), optionalOffset(in));
            case COPY_BOOKMARK -> new Request.CopyBookmark(in.text("copy"));
            case BOOKMARK_LIST -> new Request.BookmarkList(in.optionalText("volume"));
            case COPY_HOLD -> new Request.CopyHold(in.text("copy"), in.optionalText("reason"));
            case COPY_RELEASE -> new Request.CopyRelease(in.text("copy"));
            case DIFF_AREA_SHOW -> new Request.DiffAreaShow();
            case DIFF_AREA_RESIZE -> new Request.DiffAreaResize(in.count("limitBytes"));
            case DIFF_AREA_MOVE -> new Request.DiffAreaMove(in.text("path"), in.optionalFlag("dryRun"));
            case OVERLAY_CREATE -> new Request.Overlay(in.text("copy"), Request.OverlayStep.CREATE);
            case OVERLAY_SEAL -> new Request.Overlay(in.text("copy"), Request.OverlayStep.SEAL);
            case OVERLAY_DROP -> new Request.Overlay(in.text("copy"), Request.OverlayStep.DROP);
            case COPY_REVERT ->
                new Request.CopyRevert(in.text("copy"), in.optionalFlag("force"), in.optionalFlag("dryRun"));
            case REVERT_LIST -> new Request.RevertList();
            case SCRUB_START -> new Request.Scrub(Request.ScrubStep.START);
            case SCRUB_STATUS -> new Request.Scrub(Request.ScrubStep.STATUS);
            case SCRUB_STOP -> new Request.Scrub(Request.ScrubStep.STOP);
            case EVENT_LIST ->
                new Request.EventList(
                        in.has("afterSequence") ? in.count("afterSequence") : 0,
                        in.has("since") ? in.instant("since") : Instant.EPOCH);
            case FAULT_ADD -> VssRequestCodec.faultAdd(in);
            case FAULT_LIST -> new Request.FaultList();
            case FAULT_CLEAR -> new Request.FaultClear();
            case TRACE_LIST -> VssRequestCodec.traceList(in);
            case TRACE_CLEAR -> new Request.TraceClear();
            case SERVICE_STATUS -> new Request.ServiceStatus();
            case SERVICE_STATS -> new Request.ServiceStats();
            case SERVICE_CLIENTS -> new Request.ServiceClients();
            case SERVICE_STOP -> new Request.ServiceStop(in.optionalFlag("force"));
        };
    }

    private static long optionalOffset(Fields in) throws ControlException {
        return in.has("offsetBytes") ? in.integer("offsetBytes", 0, FieldRules.MAX_VOLUME_BYTES) : 0;
    }

    /**
     * Returns the request if all its values are legal. Clients call it too, so that a wrong value is refused before
     * anything is sent.
     */
    public static Request check(Request request) throws ControlException {
        switch (request) {
            case Request.VolumeCreate r -> {
                FieldRules.name("name", r.name());
                FieldRules.volumeSize("sizeBytes", r.sizeBytes());
                if (!r.path().isEmpty()) {
                    FieldRules.absolutePath("path", r.path());
                }
            }
            case Request.VolumeAdd r -> {
                FieldRules.name("name", r.name());
                FieldRules.absolutePath("path", r.path());
            }
            case Request.VolumeShow r -> FieldRules.name("name", r.name());
            case Request.VolumeRemove r -> FieldRules.name("name", r.name());
            case Request.VolumeClear r -> FieldRules.name("name", r.name());
            case Request.VolumeAcceptChanged r -> FieldRules.name("name", r.name());
            case Request.VolumeResize r -> {
                FieldRules.name("name", r.name());
                FieldRules.volumeSize("sizeBytes", r.sizeBytes());
            }
            case Request.VolumeSet r -> {
                FieldRules.name("name", r.name());
                FieldRules.properties("properties", r.properties());
            }
            case Request.SetCreate r -> {
                List<String> _ = FieldRules.setVolumes("volumes", r.volumes());
                FieldRules.optionalName("name", r.name());
                FieldRules.attributes("attributes", r.attributes());
            }
            case Request.SetShow r -> FieldRules.setReference("set", r.reference());
            case Request.SetDelete r -> FieldRules.setReference("set", r.reference());
            case Request.CopyList r -> FieldRules.optionalName("volume", r.volume());
            case Request.CopyShow r -> FieldRules.copyReference("copy", r.reference());
            case Request.CopyDelete r -> FieldRules.copyReference("copy", r.reference());
            case Request.CopyDiff r -> {
                FieldRules.copyReference("copy", r.copy());
                if (!r.other().isEmpty()) {
                    FieldRules.copyReference("other", r.other());
                }
            }
            case Request.CopyBookmark r -> FieldRules.copyReference("copy", r.reference());
            case Request.BookmarkList r -> FieldRules.optionalName("volume", r.volume());
            case Request.CopyVerify r -> FieldRules.copyReference("copy", r.copy());
            case Request.CopyHold r -> {
                FieldRules.copyReference("copy", r.reference());
                FieldRules.reason("reason", r.reason());
            }
            case Request.CopyRelease r -> FieldRules.copyReference("copy", r.reference());
            case Request.DiffAreaMove r -> FieldRules.absolutePath("path", r.path());
            case Request.Overlay r -> FieldRules.copyReference("copy", r.reference());
            case Request.CopyRevert r -> FieldRules.copyReference("copy", r.reference());
            case Request.Vss r -> VssRequestCodec.check(r);
            case Request.VolumeList _,
                    Request.SetList _,
                    Request.RevertList _,
                    Request.DiffAreaShow _,
                    Request.DiffAreaResize _,
                    Request.Scrub _,
                    Request.EventList _,
                    Request.ServiceStatus _,
                    Request.ServiceStats _,
                    Request.ServiceClients _,
                    Request.ServiceStop _ -> {}
        }
        return request;
    }

    /** Flags that are usually off are left out, so that services of earlier releases understand the usual request. */
    private static void putIf(ObjectNode parameters, String name, boolean flag) {
        if (flag) {
            parameters.put(name, true);
        }
    }

    private static Operation with(ObjectNode parameters, String name, String value, Operation operation) {
        parameters.put(name, value);
        return operation;
    }

    private static void putUnlessEmpty(ObjectNode parameters, String name, String value) {
        if (!value.isEmpty()) {
            parameters.put(name, value);
        }
    }
}
