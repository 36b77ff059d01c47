/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.Checkpoint;
import dev.gnomon.store.format.Checkpoint.Epochs;
import dev.gnomon.store.format.Checkpoint.RunName;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.store.format.Superblock;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The files of checkpoints and runs: how they are named, read at the opening, written and cleared away. Stateless. */
final class Checkpoints {
    private static final int BLOCK_BYTES = 4096;

    private Checkpoints() {}

    /**
     * What a store begins with: the catalog, the runs and where the log goes on.
     *
     * @param number of the checkpoint, 0 if there is none yet
     * @param bytes of its file
     * @param stagingClaim highest sequence of the staging chain that the log before the start knew durable
     */
    record Loaded(
            long number,
            long bytes,
            Log.LogEnd start,
            long stagingClaim,
            Catalog catalog,
            RunSet runs,
            Map<Integer, Epochs> epochs) {
        long highestRecorded(int volume) {
            return epochs.getOrDefault(volume, new Epochs(0, 0)).recorded();
        }
    }

    static String name(long number) {
        return String.format(Locale.ROOT, "checkpoint-%08d", number);
    }

    /**
     * Reads the checkpoint that the superblock names, around the cache, and the tables of contents of its runs; files that
     * may be written are forced first.
     *
     * @throws CorruptionException if it, or a run of it, is missing or damaged: nothing else can take its place
     */
    static Loaded load(Storage storage, Path directory, Superblock superblock, BlockCache cache, boolean writable)
            throws StoreException {
        if (superblock.checkpoint() == 0) {
            return new Loaded(0, 0, Log.LogEnd.ofEmpty(), 0, Catalog.EMPTY, new RunSet(List.of()), Map.of());
        }
        Path path = directory.resolve(name(superblock.checkpoint()));
        Checkpoint read = read(storage, path, superblock, writable);
        List<Run> runs = new ArrayList<>();
        boolean done = false;
        try {
            for (RunName run : read.runs()) {
                runs.add(Run.open(storage, directory, superblock.store(), run, cache, writable));
            }
            Map<Integer, Long> named = new HashMap<>();
            read.epochs().forEach((volume, epochs) -> named.put(volume, epochs.named()));
            Catalog catalog = Catalog.restored(read.catalog(), read.highestVolume(), named);
            Checkpoint.Start start = read.start();
            Log.LogEnd end = new Log.LogEnd(
                    (int) start.segment(),
                    start.offsetBytes(),
                    start.sequence(),
                    HexFormat.of().parseHex(start.hash()));
            Loaded loaded = new Loaded(
                    read.number(),
                    read.encode().remaining(),
                    end,
                    read.stagingClaim(),
                    catalog,
                    new RunSet(runs),
                    read.epochs());
            done = true;
            return loaded;
        } catch (IllegalArgumentException e) {
            throw new CorruptionException(
                    path.toString(), 0, "catalog of the checkpoint", "one without contradiction", "" + e.getMessage());
        } finally {
            if (!done) {
                new RunSet(runs).unpin();
            }
        }
    }

    private static Checkpoint read(Storage storage, Path path, Superblock superblock, boolean writable)
            throws StoreException {
        try {
            if (!storage.exists(path)) {
                throw new CorruptionException(
                        path.toString(), 0, "checkpoint", "a file, named by the superblock", "none");
            }
            try (StorageFile file = storage.open(path, writable ? Storage.Mode.READ_WRITE : Storage.Mode.READ_ONLY)) {
                if (writable) {
                    file.force();
                }
                ByteBuffer first = buffer(BLOCK_BYTES);
                file.readAroundCache(first, 0);
                ByteBuffer whole = buffer(Checkpoint.plausibleBytes(first.clear()));
                while (whole.hasRemaining()) {
                    int read = file.readAroundCache(whole, whole.position());
                    if (read <= 0 || whole.position() % BLOCK_BYTES != 0) {
                        break; // What is missing stays zeros, which the checksum does not take.
                    }
                }
                return Checkpoint.decode(whole.clear(), path.toString(), superblock.store(), superblock.checkpoint());
            }
        } catch (IOException e) {
            throw new DeviceException("reading " + path, e);
        }
    }

    private static ByteBuffer buffer(int bytes) {
        return Arena.ofAuto().allocate(bytes, BLOCK_BYTES).asByteBuffer();
    }

    /**
     * Writes a checkpoint and forces it and all names in the directory; it counts when a superblock names it. Returns the
     * bytes of its file.
     */
    static long write(Storage storage, Path directory, Checkpoint checkpoint) throws IOException {
        Path path = directory.resolve(name(checkpoint.number()));
        if (storage.exists(path)) {
            storage.delete(path); // left by a process that did not come to name it
        }
        ByteBuffer encoded = checkpoint.encode();
        long bytes = encoded.remaining();
        try (StorageFile file = storage.open(path, Storage.Mode.CREATE_NEW)) {
            file.write(encoded, 0);
            file.force();
        }
        storage.syncDirectory(directory);
        return bytes;
    }

    static Checkpoint.Start start(Log.LogEnd end) {
        return new Checkpoint.Start(
                end.nextSequence(), end.segment(), end.offset(), HexFormat.of().formatHex(end.hash()));
    }

    /** Deletes checkpoints and runs that nothing names, and the reserve; both superblocks must name the given checkpoint by then. */
    static void clear(Storage storage, Path directory, Loaded loaded) throws IOException {
        Set<String> named = new HashSet<>();
        named.add(name(loaded.number()));
        loaded.runs().runs().forEach(run -> named.add(Run.name(run.number())));
        for (String name : storage.list(directory)) {
            if (name.matches("(run|checkpoint)-\\d{8,19}|" + Reserve.NAME) && !named.contains(name)) {
                storage.delete(directory.resolve(name));
            }
        }
    }

    /** Returns the number of a run that no run of a set has, nor any before it. */
    static long nextRun(RunSet runs) {
        return runs.runs().stream().mapToLong(Run::number).max().orElse(0) + 1;
    }
}
