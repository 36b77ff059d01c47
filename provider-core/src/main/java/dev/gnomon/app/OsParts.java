/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.export.Exports;
import dev.gnomon.io.Clock;
import dev.gnomon.io.Storage;
import dev.gnomon.io.os.OsClock;
import dev.gnomon.io.os.OsStorage;
import dev.gnomon.snapshot.Engine;
import dev.gnomon.snapshot.EngineException;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;

/** The parts of a service on a real machine. */
final class OsParts implements ServiceParts {
    private final Storage storage = new OsStorage();
    private final Clock clock = new OsClock();

    @Override
    public Storage storage() {
        return storage;
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public Engine openEngine(Path stateDirectory) throws EngineException, IOException {
        throw new EngineException(EngineException.Kind.FAILED, stateDirectory + ": this build holds no engine");
    }

    @Override
    public Exports exports(Engine engine) {
        throw new IllegalStateException("This build holds no engine");
    }

    @Override
    public Endpoint serveNbd(Exports exports, SocketAddress address) throws IOException {
        throw new IOException(address + ": this build serves no NBD");
    }
}
