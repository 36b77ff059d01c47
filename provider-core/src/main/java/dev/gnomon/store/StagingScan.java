/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.BatchReader;
import dev.gnomon.store.format.StagingTable;
import dev.gnomon.store.format.StagingTable.FileState;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * Walks the staging chain through the files that the table names, hands every batch that counts to a {@link Visitor},
 * and finds the end. Confined to one task.
 *
 * <p>A batch counts if head and payload are intact, its sequence is the next and it carries the hash of the one before.
 * Where this stops is the torn tail, unless the table or an intact batch claims that the missing one was durable.
 */
final class StagingScan {
    private final UUID store;
    private final StagingTable table;
    private final StagingFiles files;
    private final int piecesPerChunk;
    private final SegmentReader reader;
    private final Visitor visitor;
    private final PayloadCheck payload;
    private final List<Integer> order = new ArrayList<>();
    private final List<LogScan.Damage> damage = new ArrayList<>();
    private long claim;
    private long batches;
    private int current;
    private long position;
    private long sequence;
    private byte[] hash;
    private boolean complete;

    /** Receives what counts. */
    interface Visitor {
        /** Takes a batch of the staging file of that number. */
        void batch(ByteBuffer head, int start, int headBytes, int file, long offsetBytes) throws StoreException;
    }

    StagingScan(
            UUID store,
            StagingTable table,
            long logClaim,
            StagingFiles files,
            int piecesPerChunk,
            boolean aroundCache,
            Visitor visitor) {
        this.store = store;
        this.table = table;
        this.files = files;
        this.piecesPerChunk = piecesPerChunk;
        this.payload = new PayloadCheck(piecesPerChunk, aroundCache);
        this.visitor = visitor;
        for (int i = 0; i < table.files().size(); i++) {
            if (table.files().get(i).ordinal() > 0) {
                order.add(i);
            }
        }
        order.sort(Comparator.comparingLong(i -> table.files().get(i).ordinal()));
        this.reader = new SegmentReader(store, table.fileBytes(), files.file(order.getFirst()), aroundCache);
        this.hash = table.files().get(order.getFirst()).previousHash().clone();
        this.sequence = table.files().get(order.getFirst()).firstSequence();
        this.claim = Math.max(logClaim, table.durableThrough());
    }

    /** Returns whether the table names a file that counts; without one there is nothing to scan. */
    static boolean hasFiles(StagingTable table) {
        return table.files().stream().anyMatch(file -> file.ordinal() > 0);
    }

    /** Runs the scan. */
    void run() throws StoreException, IOException {
        complete = true;
        for (int i = 0; i < order.size() && complete; i++) {
            FileState state = table.files().get(order.get(i));
            boolean follows = i == 0
                    || state.ordinal() > table.files().get(order.get(i - 1)).ordinal() + 1;
            if (follows) { // the files between hold nothing that counts any more
                sequence = state.firstSequence();
                hash = state.previousHash().clone();
            } else if (state.firstSequence() != sequence || !Arrays.equals(state.previousHash(), hash)) {
                complete = false;
                break;
            }
            current = order.get(i);
            walk(state);
        }
        seekClaims();
        if (claim >= sequence) {
            StorageFile file = files.file(current);
            damage.add(new LogScan.Damage(file.path().toString(), position, sequence, 0));
        }
    }

    private void walk(FileState state) throws StoreException, IOException {
        reader.open(files.file(current));
        position = 0;
        while (true) {
            int headBytes = matching();
            if (headBytes == 0) {
                break;
            }
            ByteBuffer head = reader.buffer();
            int start = reader.start(position);
            claim = Math.max(claim, BatchHeader.durableThrough(head, start));
            visitor.batch(head, start, headBytes, current, position);
            batches++;
            hash = BatchReader.hash(head, start, headBytes);
            position += headBytes + BatchHeader.payloadBytes(head, start);
            sequence++;
        }
        complete = state.endSequence() == 0 || sequence >= state.endSequence();
    }

    /** Returns the bytes of the head at the position if the batch there counts, else 0. */
    private int matching() throws IOException, StoreException {
        int headBytes = reader.batch(position);
        if (headBytes == 0) {
            return 0;
        }
        ByteBuffer head = reader.buffer();
        int start = reader.start(position);
        if (BatchHeader.sequence(head, start) != sequence || !BatchHeader.continues(head, start, hash)) {
            return 0;
        }
        String file = files.file(current).path().toString();
        BatchHeader.requireReadable(head, start, file, position);
        return payload.damagedBehind(files.file(current), head, start, headBytes, position) == 0 ? headBytes : 0;
    }

    /** Looks behind the end for intact heads that claim more to have been durable. */
    private void seekClaims() throws IOException {
        for (int i = order.indexOf(current); i < order.size(); i++) {
            int number = order.get(i);
            reader.open(files.file(number));
            long from = number == current ? position : 0;
            for (long at = from; at < table.fileBytes(); at += BatchHeader.ALIGNMENT_BYTES) {
                if (reader.head(at) > 0) {
                    claim = Math.max(claim, BatchHeader.durableThrough(reader.buffer(), reader.start(at)));
                }
            }
        }
    }

    /**
     * Returns whether the chain goes on in the system's cache where the device has nothing: since the system was not
     * booted again, a force must have failed there and dropped what was acknowledged (I7).
     */
    boolean goesOnInCache() throws StoreException, IOException {
        SegmentReader cached = new SegmentReader(store, table.fileBytes(), files.file(current), false);
        int headBytes = cached.head(position);
        if (headBytes == 0) {
            return false;
        }
        ByteBuffer head = cached.buffer();
        int start = cached.start(position);
        if (BatchHeader.sequence(head, start) != sequence || !BatchHeader.continues(head, start, hash)) {
            return false;
        }
        PayloadCheck inCache = new PayloadCheck(piecesPerChunk, false);
        return inCache.damaged(files.file(current), head, start, headBytes, position) == 0;
    }

    /** Returns what was lost of what had been durable. */
    List<LogScan.Damage> damage() {
        return damage;
    }

    long batches() {
        return batches;
    }

    int current() {
        return current;
    }

    long position() {
        return position;
    }

    /** Returns the sequence of the next batch. */
    long nextSequence() {
        return sequence;
    }

    byte[] previousHash() {
        return hash.clone();
    }

    /** Returns the states of the files as they count from now on: none behind the end. */
    List<FileState> states() {
        List<FileState> states = new ArrayList<>();
        FileState last = table.files().get(current);
        for (int i = 0; i < table.files().size(); i++) {
            FileState state = table.files().get(i);
            if (i == current) {
                states.add(new FileState(last.ordinal(), last.firstSequence(), 0, last.previousHash()));
            } else {
                states.add(state.ordinal() < last.ordinal() ? state : FileState.unused());
            }
        }
        return states;
    }
}
