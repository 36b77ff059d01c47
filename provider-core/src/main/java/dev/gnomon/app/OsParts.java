/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.cli.ExitCode;
import dev.gnomon.cli.LocalCommands;
import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.export.EngineExports;
import dev.gnomon.export.Exports;
import dev.gnomon.io.Clock;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.io.os.OsClock;
import dev.gnomon.io.os.OsRandomSource;
import dev.gnomon.io.os.OsScheduler;
import dev.gnomon.io.os.OsStorage;
import dev.gnomon.protocol.nbd.NbdAddress;
import dev.gnomon.protocol.nbd.NbdLimits;
import dev.gnomon.protocol.nbd.NbdServer;
import dev.gnomon.protocol.nbd.tls.TlsCredentials;
import dev.gnomon.snapshot.CopyOnWriteEngine;
import dev.gnomon.snapshot.EngineConfig;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.store.StoreConfig;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.DiffAreaFullException;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parts of a service on a real machine. */
final class OsParts implements ServiceParts {
    private static final Logger LOG = LoggerFactory.getLogger(OsParts.class);

    private static final int PIECE_BYTES = 4096;

    private final Storage storage = new OsStorage();
    private final Clock clock = new OsClock();
    private final Scheduler scheduler = new OsScheduler(OsParts::taskFailed);
    private final LocalCommands.NewStore newStore;

    private final Optional<TlsCredentials> tls;

    /** Makes them; with keys for TLS, clients must use it. */
    OsParts(LocalCommands.NewStore newStore, Optional<TlsCredentials> tls) {
        this.newStore = newStore;
        this.tls = tls;
    }

    @Override
    public Storage storage() {
        return storage;
    }

    @Override
    public Clock clock() {
        return clock;
    }

    @Override
    public Opened openEngine(Path storeDirectory) throws EngineException, IOException {
        EngineConfig config = config(storeDirectory);
        storage.createDirectories(storeDirectory);
        try {
            CopyOnWriteEngine engine = CopyOnWriteEngine.open(config, storage, clock, scheduler, new OsRandomSource());
            return new Opened(engine, new EngineExports(engine));
        } catch (StoreException e) {
            throw new EngineException(kind(e), storeDirectory + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void checkNbd(String address, boolean allowRemote) throws ControlException {
        if (!parse(address).local() && !allowRemote && tls.isEmpty()) {
            throw new ControlException(
                    ErrorKind.REFUSED,
                    "--nbd: " + address + " can be reached from other machines, and without TLS NBD has no encryption"
                            + " and no passwords; allowed are loopback addresses and unix:PATH, or any with --tls"
                            + " required or --allow-remote");
        }
    }

    @Override
    public NbdService serveNbd(Exports exports) {
        NbdServer server = new NbdServer(exports, NbdLimits.defaults(), clock, tls);
        return new NbdService() {
            @Override
            public String listen(String address, boolean allowRemote) throws IOException, ControlException {
                NbdServer.Reach reach = allowRemote ? NbdServer.Reach.ANY_NETWORK : NbdServer.Reach.THIS_MACHINE;
                return server.listen(parse(address), reach).toString();
            }

            @Override
            public void close() {
                server.close();
            }
        };
    }

    private static NbdAddress parse(String text) throws ControlException {
        try {
            NbdAddress address = NbdAddress.parse(text);
            return address instanceof NbdAddress.Unix unix
                    ? new NbdAddress.Unix(unix.path().toAbsolutePath().normalize())
                    : address;
        } catch (IllegalArgumentException e) {
            throw new ControlException(ErrorKind.INVALID, "--nbd: " + e.getMessage(), e);
        }
    }

    private static EngineException.Kind kind(StoreException e) {
        return switch (e) {
            case CorruptionException _ -> EngineException.Kind.DAMAGED;
            case DiffAreaFullException _ -> EngineException.Kind.DIFF_AREA_FULL;
            default -> EngineException.Kind.FAILED;
        };
    }

    private EngineConfig config(Path storeDirectory) throws EngineException {
        StoreConfig usual = StoreConfig.standard(storeDirectory);
        long chunk = newStore.chunkBytes() == 0 ? usual.chunkBytes() : newStore.chunkBytes();
        long segment = newStore.segmentBytes() == 0 ? usual.segmentBytes() : newStore.segmentBytes();
        try {
            // A batch takes at most a quarter of a segment, in whole pieces.
            long group = Math.min(usual.groupPayloadBytes(), Math.max(segment / 4 / PIECE_BYTES, 1) * PIECE_BYTES);
            return new EngineConfig(
                    new StoreConfig(storeDirectory, Math.toIntExact(chunk), segment, Math.toIntExact(group)));
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new EngineException(EngineException.Kind.INVALID, String.valueOf(e.getMessage()), e);
        }
    }

    /** A task of the engine has a bug: whoever waits for it would wait for ever, so the process ends as by a kill. */
    private static void taskFailed(String task, Throwable thrown) {
        LOG.error("GNM-1005 A task of the engine failed, the service ends: task={} reason={}", task, thrown.toString());
        LOG.debug("GNM-1005", thrown);
        Runtime.getRuntime().halt(ExitCode.FAILED.number());
    }
}
