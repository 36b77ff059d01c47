/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.ipc.LoopbackServer;
import dev.gnomon.observe.EventId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import tools.jackson.databind.node.ObjectNode;

/**
 * Tells the shim where the channel is and what proves that it may use it (docs/vss-protocol.md, "Transport"). Only the owner of the state
 * directory can read it. It is whole or not there.
 */
public final class ChannelFile implements AutoCloseable {
    private static final String NAME = "vss-channel.json";
    private static final int SCHEMA_VERSION = 1;

    private final Storage storage;
    private final Path directory;
    private final ChannelServer server;

    private ChannelFile(Storage storage, Path directory, ChannelServer server) {
        this.storage = storage;
        this.directory = directory;
        this.server = server;
    }

    /** Serves the channel on a port of 127.0.0.1 and writes the file, with a new secret, durably. */
    public static ChannelFile serve(Path stateDirectory, Storage storage, ChannelServer.Parts parts)
            throws IOException {
        ChannelSecret secret = ChannelSecret.draw();
        LoopbackServer links = LoopbackServer.open();
        // Listening first: who reads the file finds somebody.
        ChannelServer server = ChannelServer.overSecret(links, secret, links.port(), parts);
        ChannelFile file = new ChannelFile(storage, stateDirectory, server);
        try {
            file.write(secret, links.port());
            return file;
        } catch (IOException e) {
            server.close();
            throw e;
        }
    }

    /** Returns where the file of a state directory is. */
    public static Path path(Path stateDirectory) {
        return stateDirectory.resolve(NAME);
    }

    /** Returns the server. */
    public ChannelServer server() {
        return server;
    }

    /** Removes the file and closes the server. */
    @Override
    public void close() {
        try {
            storage.delete(path(directory));
            storage.syncDirectory(directory);
        } catch (IOException e) {
            server.tell(EventId.VSS_CHANNEL_FILE_LEFT, "cannot remove " + path(directory) + ": " + e.getMessage());
        }
        server.close();
    }

    private void write(ChannelSecret secret, int port) throws IOException {
        ObjectNode json = ChannelJson.object()
                .put("schemaVersion", SCHEMA_VERSION)
                .put("address", "127.0.0.1")
                .put("port", port)
                .put("secret", secret.text());
        Path path = path(directory);
        Path unfinished = path.resolveSibling(NAME + ".tmp");
        if (storage.exists(unfinished)) {
            storage.delete(unfinished);
        }
        try (StorageFile file = storage.open(unfinished, Storage.Mode.CREATE_NEW)) {
            file.write(ByteBuffer.wrap(ChannelJson.toBytes(json)), 0);
            file.force();
        }
        storage.rename(unfinished, path);
        storage.syncDirectory(directory);
    }
}
