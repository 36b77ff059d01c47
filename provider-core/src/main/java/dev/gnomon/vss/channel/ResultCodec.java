/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.vss.Hresult;
import dev.gnomon.vss.ProviderResult;
import dev.gnomon.vss.SnapshotProperties;
import dev.gnomon.vss.Texts;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Results of calls as JSON (docs/vss-protocol.md, "Requests and replies"). */
public final class ResultCodec {
    private ResultCodec() {}

    /** Returns a result; the lists of Query are whole, however long. */
    public static ObjectNode encode(ProviderResult result) {
        ObjectNode out = ChannelJson.object();
        switch (result) {
            case ProviderResult.None _ -> {}
            case ProviderResult.Properties r -> out.set("snapshot", snapshot(r.snapshot()));
            case ProviderResult.Snapshots r -> {
                return snapshots(
                        r.snapshots().stream().map(ResultCodec::snapshot).toList());
            }
            case ProviderResult.Deleted r ->
                out.put("deleted", r.deleted())
                        .put("nondeletedId", r.nondeleted().toString());
            case ProviderResult.Supported r -> out.put("supported", r.supported());
            case ProviderResult.Snapshotted r ->
                out.put("present", r.present()).put("compatibility", r.compatibility());
            case ProviderResult.Revert r -> out.put("revertId", r.revertId().toString());
            case ProviderResult.RevertStatus r ->
                out.put("status", Hresult.text(r.status()))
                        .put("piecesDone", r.piecesDone())
                        .put("pieces", r.pieces());
        }
        return out;
    }

    static ObjectNode snapshots(List<ObjectNode> snapshots) {
        ObjectNode out = ChannelJson.object();
        ArrayNode array = out.putArray("snapshots");
        snapshots.forEach(array::add);
        return out;
    }

    static ObjectNode snapshot(SnapshotProperties properties) {
        return ChannelJson.object()
                .put("snapshotId", properties.snapshotId().toString())
                .put("setId", properties.setId().toString())
                .put("snapshotsCount", properties.snapshotsCount())
                .put("deviceName", Texts.wellFormed(properties.deviceName()))
                .put("originalVolumeName", Texts.wellFormed(properties.originalVolumeName()))
                .put("originatingMachine", Texts.wellFormed(properties.originatingMachine()))
                .put("serviceMachine", Texts.wellFormed(properties.serviceMachine()))
                .put("exposedName", mended(properties.exposedName()))
                .put("exposedPath", mended(properties.exposedPath()))
                .put("providerId", properties.providerId().toString())
                .put("attributes", properties.attributes())
                .put("creationTime", properties.creationTime())
                .put("status", properties.status());
    }

    private static @Nullable String mended(@Nullable String text) {
        return text == null ? null : Texts.wellFormed(text);
    }
}
