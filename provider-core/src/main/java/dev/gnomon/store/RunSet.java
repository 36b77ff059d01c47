/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The runs of one moment, oldest first. Immutable. Whoever looks something up pins the set that its volume points to,
 * under the volume's mutex; the files stay open until the last pin of a set that was replaced is gone.
 */
final class RunSet {
    /** Most runs that a look-up goes through, unless damage keeps them from being merged. */
    static final int MAX_RUNS = 4;

    private final List<Run> runs;
    private final long fileBytes;
    private final AtomicInteger pins = new AtomicInteger(1);

    RunSet(List<Run> runs) {
        this.runs = List.copyOf(runs);
        this.runs.forEach(Run::hold);
        this.fileBytes = this.runs.stream().mapToLong(Run::fileBytes).sum();
    }

    List<Run> runs() {
        return runs;
    }

    void pin() {
        pins.incrementAndGet();
    }

    /** Gives a pin back; the one that a new set begins with is for its being the current one. */
    void unpin() {
        if (pins.decrementAndGet() == 0) {
            runs.forEach(Run::letGo);
        }
    }

    long entries(int volume) {
        return runs.stream().mapToLong(run -> run.entries(volume)).sum();
    }

    long payloadBytes(int volume) {
        long bytes = 0;
        for (int i = 0; i < runs.size(); i++) { // for each first touch of a volume with a share: no garbage
            bytes += runs.get(i).payloadBytes(volume);
        }
        return bytes;
    }

    /** Returns how many pieces entries name in each segment below a number. */
    int[] pieces(int below) {
        int[] bySegment = new int[below];
        runs.forEach(run -> run.addPieces(bySegment));
        return bySegment;
    }

    long fileBytes() {
        return fileBytes;
    }

    /** Returns whether a look-up for a copy of that epoch has to read any run. */
    boolean mayHold(int volume, long epoch) {
        for (int i = 0; i < runs.size(); i++) {
            if (runs.get(i).mayHold(volume, epoch)) {
                return true;
            }
        }
        return false;
    }

    /** Returns where to end a range, behind its first piece, so that no run that matters has more blocks of it. */
    long endOf(int volume, long firstPiece, long endPiece, long aboveEpoch, int mostBlocks) {
        long end = endPiece;
        for (int i = 0; i < runs.size(); i++) {
            Run run = runs.get(i);
            if (run.mayHold(volume, aboveEpoch)) {
                int block = run.blockFor(volume, firstPiece);
                if (run.endBlock(volume) - block > mostBlocks) {
                    end = Math.min(end, Math.max(firstPiece + 1, run.firstPiece(block + mostBlocks)));
                }
            }
        }
        return end;
    }
}
