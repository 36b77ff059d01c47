/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.format.Preserve;
import dev.gnomon.store.format.StoreException;
import java.util.List;

/**
 * Finds out which pieces of a volume a revert to one of its copies has to write, and which of them are done. Costs what
 * changed since the copy, however large the volume is.
 *
 * <p>A piece differs from the copy if it has an exception, or is staged, of an epoch above the copy's; any other is the
 * same in both, for the first write behind the cut had to preserve it. Behind the copy's end everything differs that is
 * not a hole. A piece is done if it has either of an epoch from the revert's own on: new data of the revert is durable
 * before there is a record for its piece, and is there until there is one.
 */
public final class RevertWork {
    private final PieceSet differing;
    private final PieceSet done;
    private final int volume;
    private final long copyEpoch;
    private final long revertEpoch;

    /**
     * Looks for the work of one revert.
     *
     * @param revertEpoch the first epoch of the revert
     */
    RevertWork(int volume, long sizeBytes, long copyEpoch, long revertEpoch) {
        long pieces = (sizeBytes + Preserve.PIECE_BYTES - 1) / Preserve.PIECE_BYTES;
        this.differing = new PieceSet(pieces);
        this.done = new PieceSet(pieces);
        this.volume = volume;
        this.copyEpoch = copyEpoch;
        this.revertEpoch = revertEpoch;
    }

    private void take(long piece, long epoch) {
        if (epoch >= revertEpoch) {
            done.add(piece);
        } else if (epoch > copyEpoch) {
            differing.add(piece);
        }
    }

    void take(StagedPieces staged) {
        for (long id = staged.first(); id < staged.end(); id++) {
            take(staged.piece(id), staged.epoch(id));
        }
    }

    void take(ExceptionIndex tail) {
        for (int node = 0; node < tail.count(); node++) {
            take(tail.piece(node), tail.epoch(node));
        }
    }

    void take(List<Run> runs, Throttle throttle) throws StoreException {
        for (Run run : runs) {
            if (run.mayHold(volume, copyEpoch)) {
                RunSource source = RunSource.ofVolume(run, volume, throttle);
                while (source.next()) {
                    take(source.piece(), source.epoch());
                }
            }
        }
    }

    /** Takes a piece behind the end of a copy that is shorter than the volume, where there is not a hole. */
    public void takeBehind(long piece) {
        differing.add(piece);
    }

    /** Returns how many pieces differ, or did when the revert began. */
    public long pieces() {
        return differing.count();
    }

    /** Returns the pieces that are still to be written. */
    public PieceSet remaining() {
        for (long piece = done.next(0); piece != PieceSet.NONE; piece = done.next(piece + 1)) {
            differing.remove(piece);
        }
        return differing;
    }
}
