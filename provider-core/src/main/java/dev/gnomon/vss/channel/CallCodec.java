/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.vss.Hresult;
import dev.gnomon.vss.ProviderCall;
import dev.gnomon.vss.ProviderCall.PropertyValue;
import dev.gnomon.vss.Texts;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Calls and their arguments as JSON, and back (docs/vss-protocol.md, "Requests and replies"). */
public final class CallCodec {
    private static final String VOLUME_NAME = "volumeName";
    private static final String SET_ID = "setId";
    private static final String SNAPSHOT_ID = "snapshotId";
    private static final String FORCE = "force";

    private CallCodec() {}

    /** A request whose number is known although its call is refused. */
    record Decoded(long id, @Nullable ChannelRequest request, int hresult, String reason) {}

    /** Returns the name of a call, as messages and people write it. */
    public static String name(ProviderCall call) {
        return call.getClass().getSimpleName();
    }

    /**
     * Reads a request.
     *
     * @throws ChannelException if it is none
     */
    static Decoded decode(ObjectNode message) throws ChannelException {
        ChannelFields in = new ChannelFields(message);
        in.requireType("request");
        long id = in.integer("id", 1, Long.MAX_VALUE);
        long object = in.integer("object", 1, Long.MAX_VALUE);
        int context = in.int32("context");
        long within = in.integer("withinMillis", 0, ChannelProtocol.MAX_WITHIN_MILLIS);
        String name = in.text("call");
        try {
            ProviderCall call = call(name, in.object("arguments"));
            return new Decoded(id, new ChannelRequest(id, object, context, within, call), Hresult.S_OK, "");
        } catch (RefusedCallException e) {
            return new Decoded(id, null, e.hresult(), String.valueOf(e.getMessage()));
        }
    }

    private static ProviderCall call(String name, ChannelFields in) throws ChannelException, RefusedCallException {
        return switch (name) {
            case "SetContext" -> new ProviderCall.SetContext(in.int32("context"));
            case "GetSnapshotProperties" -> new ProviderCall.GetSnapshotProperties(in.guid(SNAPSHOT_ID));
            case "Query" ->
                new ProviderCall.Query(in.guid("objectId"), in.int32("queriedType"), in.int32("returnedType"));
            case "DeleteSnapshots" ->
                new ProviderCall.DeleteSnapshots(in.guid("sourceId"), in.int32("sourceType"), in.flag(FORCE));
            case "BeginPrepareSnapshot" ->
                new ProviderCall.BeginPrepareSnapshot(
                        in.guid(SET_ID), in.guid(SNAPSHOT_ID), volumeName(in), in.int32("context"));
            case "IsVolumeSupported" -> new ProviderCall.IsVolumeSupported(volumeName(in));
            case "IsVolumeSnapshotted" -> new ProviderCall.IsVolumeSnapshotted(volumeName(in));
            case "SetSnapshotProperty" ->
                new ProviderCall.SetSnapshotProperty(
                        in.guid(SNAPSHOT_ID), in.int32("propertyId"), value(in.object("value")));
            case "RevertToSnapshot" -> new ProviderCall.RevertToSnapshot(in.guid(SNAPSHOT_ID));
            case "QueryRevertStatus" -> new ProviderCall.QueryRevertStatus(volumeName(in));
            case "RevertProgress" ->
                new ProviderCall.RevertProgress(
                        in.guid("revertId"), (int) in.integer("waitMillis", 0, ChannelProtocol.MAX_WAIT_MILLIS));
            case "EndPrepareSnapshots" -> new ProviderCall.EndPrepareSnapshots(in.guid(SET_ID));
            case "PreCommitSnapshots" -> new ProviderCall.PreCommitSnapshots(in.guid(SET_ID));
            case "CommitSnapshots" -> new ProviderCall.CommitSnapshots(in.guid(SET_ID));
            case "PostCommitSnapshots" ->
                new ProviderCall.PostCommitSnapshots(
                        in.guid(SET_ID),
                        in.int32("snapshotsCount"),
                        in.integer("commitMillis", 0, ChannelProtocol.MAX_WITHIN_MILLIS));
            case "PreFinalCommitSnapshots" -> new ProviderCall.PreFinalCommitSnapshots(in.guid(SET_ID));
            case "PostFinalCommitSnapshots" -> new ProviderCall.PostFinalCommitSnapshots(in.guid(SET_ID));
            case "AbortSnapshots" -> new ProviderCall.AbortSnapshots(in.guid(SET_ID));
            case "OnLoad" -> new ProviderCall.OnLoad();
            case "OnUnload" -> new ProviderCall.OnUnload(in.flag(FORCE));
            case "Release" -> new ProviderCall.Release();
            case "Probe" -> new ProviderCall.Probe();
            default -> throw new ChannelException("call: " + ChannelFields.shown(name) + "; there is no such call");
        };
    }

    private static @Nullable String volumeName(ChannelFields in) throws ChannelException, RefusedCallException {
        @Nullable String name = in.textOrNull(VOLUME_NAME);
        return name == null ? null : bounded(VOLUME_NAME, name);
    }

    private static String bounded(String field, String text) throws RefusedCallException {
        if (text.length() > ChannelProtocol.MAX_TEXT_UNITS) {
            throw new RefusedCallException(
                    Hresult.E_INVALIDARG,
                    field + ": " + text.length() + " characters; allowed are at most "
                            + ChannelProtocol.MAX_TEXT_UNITS);
        }
        return text;
    }

    private static PropertyValue value(ChannelFields in) throws ChannelException, RefusedCallException {
        int vt = (int) in.integer("vt", 0, 0xFFFF);
        boolean text = in.has("text");
        if (text && in.has("number")) {
            throw new ChannelException("value: a text and a number; allowed is one of them");
        }
        return new PropertyValue(
                vt,
                text ? bounded("value", in.text("text")) : null,
                in.has("number") ? in.integer("number", Long.MIN_VALUE, Long.MAX_VALUE) : 0);
    }

    /** Returns a request as a message. */
    static ObjectNode encode(ChannelRequest request) {
        ObjectNode message = ChannelJson.object()
                .put("type", "request")
                .put("id", request.id())
                .put("object", request.object())
                .put("context", request.context())
                .put("call", name(request.call()))
                .put("withinMillis", request.withinMillis());
        message.set("arguments", arguments(request.call()));
        return message;
    }

    /** Returns the arguments of a call. */
    public static ObjectNode arguments(ProviderCall call) {
        ObjectNode out = ChannelJson.object();
        switch (call) {
            case ProviderCall.SetContext c -> out.put("context", c.context());
            case ProviderCall.GetSnapshotProperties c ->
                out.put(SNAPSHOT_ID, c.snapshotId().toString());
            case ProviderCall.Query c ->
                out.put("objectId", c.objectId().toString())
                        .put("queriedType", c.queriedType())
                        .put("returnedType", c.returnedType());
            case ProviderCall.DeleteSnapshots c ->
                out.put("sourceId", c.sourceId().toString())
                        .put("sourceType", c.sourceType())
                        .put(FORCE, c.force());
            case ProviderCall.BeginPrepareSnapshot c ->
                out.put(SET_ID, c.setId().toString())
                        .put(SNAPSHOT_ID, c.snapshotId().toString())
                        .put(VOLUME_NAME, mended(c.volumeName()))
                        .put("context", c.context());
            case ProviderCall.IsVolumeSupported c -> out.put(VOLUME_NAME, mended(c.volumeName()));
            case ProviderCall.IsVolumeSnapshotted c -> out.put(VOLUME_NAME, mended(c.volumeName()));
            case ProviderCall.SetSnapshotProperty c -> {
                out.put(SNAPSHOT_ID, c.snapshotId().toString()).put("propertyId", c.propertyId());
                put(out.putObject("value"), c.value());
            }
            case ProviderCall.RevertToSnapshot c ->
                out.put(SNAPSHOT_ID, c.snapshotId().toString());
            case ProviderCall.QueryRevertStatus c -> out.put(VOLUME_NAME, mended(c.volumeName()));
            case ProviderCall.RevertProgress c ->
                out.put("revertId", c.revertId().toString()).put("waitMillis", c.waitMillis());
            case ProviderCall.EndPrepareSnapshots c -> out.put(SET_ID, c.setId().toString());
            case ProviderCall.PreCommitSnapshots c -> out.put(SET_ID, c.setId().toString());
            case ProviderCall.CommitSnapshots c -> out.put(SET_ID, c.setId().toString());
            case ProviderCall.PostCommitSnapshots c ->
                out.put(SET_ID, c.setId().toString())
                        .put("snapshotsCount", c.snapshotsCount())
                        .put("commitMillis", c.commitMillis());
            case ProviderCall.PreFinalCommitSnapshots c ->
                out.put(SET_ID, c.setId().toString());
            case ProviderCall.PostFinalCommitSnapshots c ->
                out.put(SET_ID, c.setId().toString());
            case ProviderCall.AbortSnapshots c -> out.put(SET_ID, c.setId().toString());
            case ProviderCall.OnUnload c -> out.put(FORCE, c.force());
            case ProviderCall.OnLoad _, ProviderCall.Release _, ProviderCall.Probe _ -> {}
        }
        return out;
    }

    private static void put(ObjectNode out, PropertyValue value) {
        out.put("vt", value.vt());
        if (value.text() != null) {
            out.put("text", Texts.wellFormed(value.text()));
        } else if (value.number() != 0) {
            out.put("number", value.number());
        }
    }

    private static @Nullable String mended(@Nullable String text) {
        return text == null ? null : Texts.wellFormed(text);
    }
}
