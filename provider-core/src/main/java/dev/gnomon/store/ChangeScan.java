/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.format.StoreException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Goes through the pieces of a volume that were written to in the epochs above <i>a</i> and up to <i>b</i>, in order: those
 * with an exception of such an epoch, and those with unsettled new data of one. Made by {@link VolumeExceptions#changes};
 * confined to one task; close it, for it keeps files of the index open.
 *
 * <p><b>Why that is exact</b> while a shadow copy or bookmark of epoch <i>a</i> exists, whatever copies between it and <i>b</i> were
 * deleted meanwhile. Let <i>w</i>, in (<i>a</i>, <i>b</i>], be the epoch of the first write of a piece after the cut of
 * <i>a</i>.
 *
 * <ol>
 *   <li>While that write is not settled it is in the staging chain, and found there. When it is settled the newest copy
 *       <i>c</i> or bookmark below <i>w</i> is looked for, and <i>a</i> is a candidate: <i>a</i> &le; <i>c</i> &lt; <i>w</i>. As no
 *       earlier write came after <i>a</i> and exceptions of a piece come in order of their epochs, none is newer than
 *       <i>c</i>, and one of epoch <i>w</i> is made. A write that goes straight to the origin finds its piece preserved in
 *       an epoch above <i>c</i> and not above its own: there was an earlier one, and this is not the first.
 *   <li>That exception is the lowest of the piece above <i>a</i>. With <i>p</i> the exception before it, <i>p</i> &le;
 *       <i>a</i> &lt; <i>w</i>: it is just the one that copy <i>a</i> reads, and {@link Needs} keeps it as long as
 *       <i>a</i> is there, without its bytes if <i>a</i> is a bookmark and no copy reads them. The deletion of other copies lets only exceptions go that no remaining copy reads. Of later
 *       exceptions in (<i>a</i>, <i>b</i>] some may be gone; the piece is found by this one.
 *   <li>Conversely an exception, or new data, of an epoch in the range was made for a write of that epoch.
 * </ol>
 *
 * <p>So for two copies the answer is the same whenever it is asked for, and for all epochs up to the live one it is that of
 * the moment when the scan was made: what is staged was looked at in the same hold of the mutex in which the tails and
 * runs were taken, so a piece that is settled during the scan is in neither of them less. Pieces that are written first
 * during the scan may be found or not. After a power cut a piece may be found whose write was lost behind its exception:
 * never too few are.
 */
public final class ChangeScan implements AutoCloseable {
    /** No such piece. */
    public static final long NONE = -1;

    private final List<PieceSource> sources = new ArrayList<>();
    private final long[] heads;
    private final @Nullable RunSet pinned;
    private final long end;

    /**
     * Takes sources and runs that it unpins in the end, or null for none.
     *
     * @param staged pieces that are staged, in any order, some perhaps twice
     */
    ChangeScan(
            long[] staged,
            List<TailChanges> tails,
            @Nullable RunSet pinned,
            int volume,
            long first,
            long end,
            long above,
            long through) {
        this.pinned = pinned;
        this.end = end;
        if (staged.length > 0) {
            sources.add(new StagedChanges(staged));
        }
        sources.addAll(tails);
        if (pinned != null) {
            for (Run run : pinned.runs()) {
                if (run.mayHold(volume, above)) {
                    sources.add(new RunChanges(run, volume, first, end, above, through));
                }
            }
        }
        heads = new long[sources.size()];
        Arrays.fill(heads, Long.MIN_VALUE);
    }

    /**
     * Returns the next piece that changed, or {@link #NONE}.
     *
     * @throws StoreException if the index cannot be read; the scan is of no further use then
     */
    public long next() throws StoreException {
        long lowest = NONE;
        for (int i = 0; i < heads.length; i++) {
            if (heads[i] == Long.MIN_VALUE) {
                heads[i] = sources.get(i).next();
            }
            if (heads[i] != NONE && (lowest == NONE || heads[i] < lowest)) {
                lowest = heads[i];
            }
        }
        for (int i = 0; i < heads.length; i++) {
            if (heads[i] == lowest && lowest != NONE) {
                heads[i] = Long.MIN_VALUE;
            }
        }
        return lowest;
    }

    /** Returns the piece that the scan ends before: that of the range, or an earlier one if there was too much to read. */
    public long end() {
        return end;
    }

    /** Returns how many entries of the index were looked at: a measure of the work that was done. */
    public long seen() {
        long seen = 0;
        for (PieceSource source : sources) {
            seen += source.seen();
        }
        return seen;
    }

    @Override
    public void close() {
        if (pinned != null) {
            pinned.unpin();
        }
    }

    /** What was staged when the scan was made. */
    private static final class StagedChanges implements PieceSource {
        private final long[] pieces;
        private int at;

        StagedChanges(long[] pieces) {
            this.pieces = pieces;
        }

        @Override
        public long next() {
            if (at == 0) {
                Arrays.sort(pieces); // not when it is made, for then the mutex is held
            }
            while (at < pieces.length) {
                long piece = pieces[at++];
                if (at == 1 || pieces[at - 2] != piece) {
                    return piece;
                }
            }
            return NONE;
        }

        @Override
        public long seen() {
            return at;
        }
    }
}
