/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.store.format.StagingTable;
import dev.gnomon.store.format.StagingTable.FileState;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What the staging table says, and says next: which files of the chain count, each from which batch to which, and up to
 * where each volume is settled. All of it is written at once, whenever the chain goes on in another file.
 *
 * <p>All but marks, {@link #isThere} and {@link #claimedThrough} is for whoever has the chain's turn.
 */
final class StagingTableState {
    private final Storage storage;
    private final Path directory;
    private final UUID store;
    private final long fileBytes;
    private final StagingFiles files;
    private final StagingRoom room;
    private final FileState[] states = new FileState[StagingTable.MAX_FILES];
    private long generation;
    private long nextOrdinal = 1;
    private volatile @Nullable StagingTableFile file;
    private volatile long claimedThrough;
    private final Mutex mutex;
    /** Guarded by the mutex. */
    private final SortedMap<Integer, Long> marks = new TreeMap<>();

    /**
     * Begins with what recovery found.
     *
     * @param end null if there is no table yet
     */
    StagingTableState(
            Storage storage,
            Scheduler scheduler,
            Path directory,
            UUID store,
            long fileBytes,
            StagingFiles files,
            StagingRoom room,
            Staging.@Nullable End end) {
        this.storage = storage;
        this.directory = directory;
        this.store = store;
        this.fileBytes = fileBytes;
        this.files = files;
        this.room = room;
        this.mutex = scheduler.newMutex();
        Arrays.fill(states, FileState.unused());
        if (end != null) {
            file = end.tableFile();
            generation = end.table().generation();
            for (int i = 0; i < end.table().files().size(); i++) {
                states[i] = end.table().files().get(i);
                nextOrdinal = Math.max(nextOrdinal, states[i].ordinal() + 1);
            }
            marks.putAll(end.table().marks());
        }
    }

    boolean isThere() {
        return file != null;
    }

    /** Makes the table, if there is none, with no file in it; durable on return. */
    void create() throws IOException {
        if (file == null) {
            file = StagingTableFile.create(
                    storage,
                    directory,
                    new StagingTable(store, ++generation, 0, fileBytes, List.of(), new TreeMap<>()));
        }
    }

    /** Notes that the chain leaves a file; the next batch would have had that sequence. */
    void leave(int left, long nextSequence) {
        FileState state = states[left];
        states[left] = new FileState(state.ordinal(), state.firstSequence(), nextSequence, state.previousHash());
    }

    /** Notes that the chain goes on in a file, with the batch of that sequence. */
    void begin(int next, long sequence, byte[] previousHash) {
        states[next] = new FileState(nextOrdinal++, sequence, 0, previousHash.clone());
    }

    /** Notes that what was staged of a volume up to a batch is settled. */
    void mark(int volume, long through) {
        mutex.lock();
        try {
            marks.put(volume, through);
        } finally {
            mutex.unlock();
        }
    }

    /** Takes a volume that was removed out of the marks. */
    void forget(int volume) {
        mutex.lock();
        try {
            marks.remove(volume);
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Writes everything down; durable on return. A file with no slot held counts no more.
     *
     * @param durable sequence of the chain's last batch that is known durable
     */
    void write(long durable) throws IOException {
        List<FileState> named = new ArrayList<>();
        for (int i = 0; i < files.count(); i++) {
            if (room.isFree(i)) {
                states[i] = FileState.unused();
            }
            named.add(states[i]);
        }
        SortedMap<Integer, Long> settled;
        mutex.lock();
        try {
            settled = new TreeMap<>(marks);
        } finally {
            mutex.unlock();
        }
        StagingTableFile target = file;
        if (target == null) {
            throw new IllegalStateException("a staging file was used before there is a table");
        }
        target.write(new StagingTable(store, ++generation, durable, fileBytes, named, settled));
        claimedThrough = durable;
    }

    /** Returns the sequence that the table on the disk, as this process wrote it, says is durable; 0 at first. */
    long claimedThrough() {
        return claimedThrough;
    }

    void close() {
        StagingTableFile closed = file;
        if (closed != null) {
            closed.close();
        }
    }
}
