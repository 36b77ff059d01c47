/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.export.Exports;
import dev.gnomon.io.Clock;
import dev.gnomon.io.Storage;
import dev.gnomon.snapshot.Engine;
import dev.gnomon.snapshot.EngineException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;

/** What a service is made of; tests put others in. */
interface ServiceParts {
    /** Returns where files are. */
    Storage storage();

    /** Returns what time it is. */
    Clock clock();

    /** Opens the engine on a state directory whose lock the caller holds; the caller closes it. */
    Engine openEngine(Path stateDirectory) throws EngineException, IOException;

    /** Returns what the protocol servers offer of an engine. */
    Exports exports(Engine engine);

    /** Starts to serve NBD. */
    Endpoint serveNbd(Exports exports, SocketAddress address) throws IOException;

    /** A protocol server that listens. */
    interface Endpoint extends AutoCloseable {
        /** Returns where, with the port that was taken if none was asked for. */
        SocketAddress address();

        /** Disconnects every client, within a bounded time. */
        @Override
        void close();
    }
}
