/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.vss.ProviderCall;
import dev.gnomon.vss.channel.ChannelException;
import dev.gnomon.vss.channel.ShimClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Makes sets as VSS does, over the channel of the COM shim to a service of another process. Owned by one thread. */
final class VssRequester implements AutoCloseable {
    /** VSS_CTX_APP_ROLLBACK, and no overlay for writers. */
    private static final int CONTEXT = 0x9 | 0x2;

    private final ShimClient shim;

    VssRequester(Path stateDirectory) {
        try {
            shim = ShimClient.welcome(stateDirectory);
        } catch (IOException | ChannelException e) {
            throw new AssertionError("the channel of the shim", e);
        }
    }

    /** Writes a file for {@code service run --vss} in which each of the volumes has a GUID path; returns it. */
    static Path config(Workspace workspace, List<String> volumes) {
        JsonMapper json = new JsonMapper();
        ObjectNode config = json.createObjectNode().put("schemaVersion", 1).put("channel", "tcp");
        config.put("machineName", "TEST");
        ArrayNode entries = config.putArray("volumes");
        for (String volume : volumes) {
            entries.addObject()
                    .put("guidPath", guidPath(volume))
                    .put("volume", volume)
                    .putArray("names");
        }
        config.putObject("surface").put("kind", "table").put("deviceNames", "\\\\?\\GLOBALROOT\\Device\\Shadow{n}");
        Path file = workspace.path("vss.json");
        try {
            return Files.write(file, json.writeValueAsBytes(config));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String guidPath(String volume) {
        return "\\\\?\\Volume{" + UUID.nameUUIDFromBytes(volume.getBytes(java.nio.charset.StandardCharsets.UTF_8))
                + "}\\";
    }

    /** Makes a set of volumes from end to end. */
    void make(List<String> volumes) {
        UUID set = prepared(volumes);
        commit(set);
        finish(set, volumes.size());
    }

    /** Takes a set to where writes are to be held next; returns its id. */
    UUID prepared(List<String> volumes) {
        UUID set = UUID.randomUUID();
        for (String volume : volumes) {
            must(new ProviderCall.BeginPrepareSnapshot(set, UUID.randomUUID(), guidPath(volume), CONTEXT));
        }
        must(new ProviderCall.EndPrepareSnapshots(set));
        must(new ProviderCall.PreCommitSnapshots(set));
        return set;
    }

    void commit(UUID set) {
        must(new ProviderCall.CommitSnapshots(set));
    }

    /** Lets the writes go on and makes the set durable. */
    void finish(UUID set, int copies) {
        must(new ProviderCall.PostCommitSnapshots(set, copies, 1));
        must(new ProviderCall.PreFinalCommitSnapshots(set));
        must(new ProviderCall.PostFinalCommitSnapshots(set));
    }

    private void must(ProviderCall call) {
        try {
            ObjectNode reply = shim.ask(call);
            assertThat(reply.path("hresult").stringValue())
                    .as(call + ": " + reply)
                    .isEqualTo("0x00000000");
        } catch (IOException | ChannelException e) {
            throw new AssertionError(call.toString(), e);
        }
    }

    @Override
    public void close() {
        try {
            shim.close();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
