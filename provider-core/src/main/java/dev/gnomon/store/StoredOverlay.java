/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.BatchWriter;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.NewData;
import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.Prologue;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What was written to a shadow copy: an append-only file and the map of what in it counts. Thread-safe, but that writes
 * of the same pieces come one after the other, and forces too, and nobody compacts while another forces.
 *
 * <p><b>Invariants:</b> the map names only pieces whose batch was written whole; a piece is read only from the file that
 * the map means, and its checksum is compared. A turn, held across one append, keeps the chain in order; the mutex is
 * held over memory operations only.
 */
public final class StoredOverlay {
    private static final int PIECE = Preserve.PIECE_BYTES;

    /** Most pieces of one write. */
    public static final int MAX_PIECES = NewData.MAX_PIECES;

    /** Most pieces of zeros in one batch: 128 entries, so that its head stays small. */
    private static final int MAX_ZERO_PIECES = 128 * NewData.MAX_PIECES;

    private static final int HEAD_BYTES = 16 << 10;

    private final int volume;
    private final long epoch;
    private final OverlayMap.Memory memory;
    private final OverlayFiles.Bytes allocated;
    private final long compactAboveBytes;
    private final Mutex mutex;
    private final Mutex.Condition changed;

    // Guarded by the mutex; chain and map change only together.
    private OverlayChain chain;
    private OverlayMap map;
    private boolean turnTaken;
    private long retryAboveBytes;
    private boolean nameInDoubt;
    private boolean closed;

    // The appender's: whoever holds the turn. None if nothing may be written.
    private final @Nullable BatchWriter batch;

    /** Where pieces are, as {@link #find} saw it. Reusable; confined to one task. */
    public static final class Found {
        private @Nullable StorageFile file;
        private long place;
        private int crc;
        private int count;

        /** Returns whether the overlay holds nothing of the pieces. */
        public boolean absent() {
            return place == OverlayMap.NONE;
        }

        /** Returns whether they are zeros. */
        public boolean zeros() {
            return place == OverlayMap.ZEROS;
        }

        /** Returns how many pieces in a row are alike; 1 if it has a payload. */
        public int count() {
            return count;
        }
    }

    StoredOverlay(
            Mutex mutex,
            int volume,
            long epoch,
            OverlayChain chain,
            OverlayMap map,
            OverlayMap.Memory memory,
            OverlayFiles.Bytes allocated,
            long compactAboveBytes,
            boolean writable) {
        this.mutex = mutex;
        this.changed = mutex.newCondition();
        this.volume = volume;
        this.epoch = epoch;
        this.chain = chain;
        this.map = map;
        this.memory = memory;
        this.allocated = allocated;
        this.compactAboveBytes = compactAboveBytes;
        this.batch = writable ? new BatchWriter(1, HEAD_BYTES, MAX_PIECES * PIECE) : null;
        allocated.set(chain.position());
    }

    /** Returns the bytes of its file. */
    public long fileBytes() {
        return chain().position();
    }

    /** Returns the sequence of the last batch of its file. */
    public long lastSequence() {
        return chain().lastSequence();
    }

    /** Returns whether everything that was written is durable, and so is the name of the file that it is in. */
    public boolean isDurable() {
        mutex.lock();
        try {
            return !nameInDoubt && chain.durableThrough() >= chain.lastSequence();
        } finally {
            mutex.unlock();
        }
    }

    /** Returns the bytes that are to be compared with checksums: those of pieces that count and are not zeros. */
    long payloadBytes() {
        mutex.lock();
        try {
            return map.dataCount() * PIECE;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns whether it was closed. */
    boolean isClosed() {
        mutex.lock();
        try {
            return closed;
        } finally {
            mutex.unlock();
        }
    }

    OverlayChain chain() {
        mutex.lock();
        try {
            return chain;
        } finally {
            mutex.unlock();
        }
    }

    OverlayMap.Memory memory() {
        return memory;
    }

    // ---- reading

    /** Looks where a piece is, and how many behind it are alike; of at least 1 and at most {@code most} pieces. */
    public void find(long piece, int most, Found into) {
        int bound = Math.min(most, MAX_PIECES);
        mutex.lock();
        try {
            long place = place(piece, into);
            int count = 1;
            while (place < 0 && count < bound && place(piece + count, into) == place) {
                count++;
            }
            into.place = place;
            into.count = count;
            into.file = chain.file();
        } finally {
            mutex.unlock();
        }
    }

    private long place(long piece, Found into) {
        long slot = map.slot(piece);
        if (slot == OverlayMap.NONE) {
            return OverlayMap.NONE;
        }
        long place = map.place(slot);
        if (place >= 0) {
            into.crc = map.crc(slot);
        }
        return place;
    }

    /**
     * Reads a piece that has a payload and checks it.
     *
     * @param target 4096 bytes remaining; its content is undefined on an exception
     * @return false if it is elsewhere since it was looked up: nothing was read, look again
     * @throws CorruptionException if the bytes are not those that were written; they must not be used
     */
    public boolean read(Found found, ByteBuffer target) throws IOException, CorruptionException {
        StorageFile file = found.file;
        if (file == null || found.place < 0) {
            throw new IllegalStateException("no piece with a payload was found");
        }
        int start = target.position();
        long offset = found.place * PIECE;
        try {
            int read = file.read(target, offset);
            if (read == PIECE && Prologue.crc(target, start, PIECE) == found.crc) {
                return true;
            }
        } catch (IOException e) {
            if (!isReplaced(file)) {
                throw e;
            }
        }
        target.position(start);
        if (isReplaced(file)) {
            return false;
        }
        throw new CorruptionException(
                file.path().toString(),
                offset,
                "checksum of a piece of the overlay",
                Integer.toHexString(found.crc),
                "another");
    }

    @SuppressWarnings("ReferenceEquality") // Another file of the same name is what this is about.
    private boolean isReplaced(StorageFile file) {
        return chain().file() != file;
    }

    // ---- writing

    /**
     * Appends the content of whole pieces; it survives a kill of the process on return, a power cut after {@link #force}.
     *
     * @param content of at most {@link #MAX_PIECES} pieces, the last cut off only by the end of the volume
     * @return false if the map has no memory for them; nothing was changed
     * @throws dev.gnomon.io.NoSpaceException if the file system is full; nothing was changed
     * @throws IOException if it could not be written; what the file holds behind its end is not known
     */
    public boolean write(long firstPiece, ByteBuffer content) throws IOException {
        int count = (content.remaining() + PIECE - 1) / PIECE;
        BatchWriter to = takeTurn();
        try {
            if (!reserve(count)) {
                return false;
            }
            to.clear();
            int handle = to.addNewData(volume, firstPiece, epoch, content);
            long place = append(to);
            mutex.lock();
            try {
                for (int rank = 0; rank < count; rank++) {
                    map.put(firstPiece + rank, place + rank, to.newDataCrc(handle, rank));
                }
            } finally {
                mutex.unlock();
            }
            return true;
        } finally {
            releaseTurn();
        }
    }

    /** Makes pieces in a row read as zeros, without a payload; otherwise as {@link #write}, in parts. */
    public boolean zero(long firstPiece, long count) throws IOException {
        for (long done = 0; done < count; done += MAX_ZERO_PIECES) {
            if (!zeroPart(firstPiece + done, (int) Math.min(MAX_ZERO_PIECES, count - done))) {
                return false;
            }
        }
        return true;
    }

    private boolean zeroPart(long firstPiece, int count) throws IOException {
        BatchWriter to = takeTurn();
        try {
            if (!reserve(count)) {
                return false;
            }
            to.clear();
            for (int done = 0; done < count; done += MAX_PIECES) {
                to.addNewZeros(volume, firstPiece + done, Math.min(MAX_PIECES, count - done), epoch, false);
            }
            append(to);
            mutex.lock();
            try {
                for (int i = 0; i < count; i++) {
                    map.put(firstPiece + i, OverlayMap.ZEROS, 0);
                }
            } finally {
                mutex.unlock();
            }
            return true;
        } finally {
            releaseTurn();
        }
    }

    private long append(BatchWriter of) throws IOException {
        OverlayChain to = chain();
        long place = to.append(of);
        allocated.set(to.position());
        return place;
    }

    private boolean reserve(int pieces) {
        mutex.lock();
        try {
            return map.reserve(pieces);
        } finally {
            mutex.unlock();
        }
    }

    /** Makes everything durable that was written before this call. */
    public void force() throws IOException {
        chain().force();
    }

    /** States that everything so far was forced, for whoever reads the file next; not durable itself. */
    public void claim() throws IOException {
        BatchWriter to = takeTurn();
        try {
            if (isDurable() && lastSequence() > 0) {
                to.clear();
                append(to);
            }
        } finally {
            releaseTurn();
        }
    }

    private BatchWriter takeTurn() {
        BatchWriter own = batch;
        if (own == null) {
            throw new IllegalStateException("the overlay was opened for reading");
        }
        mutex.lock();
        try {
            while (turnTaken) {
                changed.await();
            }
            turnTaken = true;
        } finally {
            mutex.unlock();
        }
        return own;
    }

    private void releaseTurn() {
        mutex.lock();
        try {
            turnTaken = false;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    // ---- compaction

    /** Returns whether more than half of the file is dead, and the file large enough to bother. */
    public boolean isWorthCompacting() {
        mutex.lock();
        try {
            long bytes = chain.position();
            return bytes > Math.max(compactAboveBytes, retryAboveBytes) && map.dataCount() * PIECE < bytes / 2;
        } finally {
            mutex.unlock();
        }
    }

    /** Lets the next attempt wait until the file is twice as large. */
    void compactionFailed() {
        mutex.lock();
        retryAboveBytes = 2 * chain.position();
        mutex.unlock();
    }

    /** Returns whether what lies at a place of the present file, or zeros, is still what counts for a piece. */
    boolean counts(long piece, long place) {
        mutex.lock();
        try {
            long slot = map.slot(piece);
            return slot != OverlayMap.NONE && map.place(slot) == place;
        } finally {
            mutex.unlock();
        }
    }

    /** What takes place while nobody appends. */
    interface Exclusive {
        /** Does it. */
        void run() throws IOException, StoreException;
    }

    /** Lets nobody append meanwhile. */
    void withoutAppends(Exclusive what) throws IOException, StoreException {
        takeTurn();
        try {
            what.run();
        } finally {
            releaseTurn();
        }
    }

    /**
     * Goes on in another file that holds the same, and that was renamed over the one before; called while nobody appends.
     * Nothing is durable until {@link #named}. Returns the file before.
     */
    StorageFile replace(OverlayChain by, OverlayMap places) {
        mutex.lock();
        try {
            StorageFile before = chain.file();
            map.release();
            chain = by;
            map = places;
            retryAboveBytes = 0;
            nameInDoubt = true;
            allocated.set(by.position());
            return before;
        } finally {
            mutex.unlock();
        }
    }

    /** Is told that the name of the file is durable. */
    void named() {
        mutex.lock();
        nameInDoubt = false;
        mutex.unlock();
    }

    /** Closes the file and gives the memory back; nobody reads or writes any more. */
    public void close() {
        mutex.lock();
        closed = true;
        map.release();
        mutex.unlock();
        OverlayFiles.closeQuietly(chain().file());
    }
}
