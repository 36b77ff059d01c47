/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import dev.gnomon.control.StatsView;
import dev.gnomon.control.client.ControlClient;
import dev.gnomon.export.Export;
import dev.gnomon.protocol.nbd.client.NbdClient;
import dev.gnomon.protocol.nbd.client.NbdException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Gnomon with so little memory for its index that the index is at least four times as large when the copy is read: after the copy
 * was taken every piece of the volume is overwritten once, with what it holds, so that each has an exception of its own.
 */
final class SmallIndexPeer extends GnomonPeer {
    private static final int PIECE_BYTES = 4096;
    private static final int TIMES = 4;
    /** An exception takes nearly 26 bytes in a run, and up to a twentieth of them are not in runs yet. */
    private static final int RUN_BYTES_PER_PIECE = 22;

    /** Less the service does not accept. */
    private static final long MEMORY_BYTES_MIN = 64 << 10;

    private static final int REQUEST_BYTES = 1 << 20;
    private static final long WRITTEN_SECONDS_MAX = 120;
    private static final long POLL_MILLIS = 20;

    private final long pieces;
    private final long memoryBytes;

    SmallIndexPeer(Site site) throws BenchFailure {
        super(site, 0, List.of("--index-memory", Long.toString(memoryBytes(site))));
        this.pieces = site.content().sizeBytes() / PIECE_BYTES;
        this.memoryBytes = memoryBytes(site);
    }

    private static long memoryBytes(Site site) {
        long pieces = site.content().sizeBytes() / PIECE_BYTES;
        return Math.max(MEMORY_BYTES_MIN, pieces * RUN_BYTES_PER_PIECE / TIMES);
    }

    @Override
    public void take() throws BenchFailure {
        super.take();
        overwriteAll();
        quiesce();
        awaitIndex();
    }

    private void overwriteAll() throws BenchFailure {
        ByteBuffer content = ByteBuffer.allocate(REQUEST_BYTES);
        try (NbdClient client = server().connect(VOLUME)) {
            for (long offset = 0; offset < client.sizeBytes(); offset += REQUEST_BYTES) {
                client.read(offset, content.clear());
                client.write(offset, content.flip(), Export.Durability.BUFFERED);
            }
        } catch (NbdException e) {
            throw new BenchFailure("gnomon: cannot overwrite the volume: " + e.getMessage(), e);
        }
    }

    private void awaitIndex() throws BenchFailure {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(WRITTEN_SECONDS_MAX);
        StatsView stats = server().ask(ControlClient::stats).engine();
        while (stats.exceptions() < pieces || stats.indexBytes() < TIMES * memoryBytes) {
            if (System.nanoTime() - deadline > 0) {
                throw new BenchFailure("gnomon: after " + WRITTEN_SECONDS_MAX + " s there are " + stats.exceptions()
                        + " exceptions and " + stats.indexBytes() + " bytes of index on the disk, expected at least "
                        + pieces + " and " + TIMES + " times its memory of " + memoryBytes + " bytes");
            }
            server().requireAlive(POLL_MILLIS);
            stats = server().ask(ControlClient::stats).engine();
        }
    }
}
