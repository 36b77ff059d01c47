/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Merges sources, oldest first, into one run, and leaves out what nobody reads any more. Confined to one task.
 *
 * <p><b>Invariants:</b> of two exceptions of one key the oldest counts (I4), but for its place, which is that of the newest
 * one that says it was moved; an exception is left out, or only its bytes are, only if no shadow copy and no open cut reads
 * it; it is left out whole only if it is not the first after a bookmark either.
 */
final class RunMerge {
    private final List<ExceptionSource> sources = new ArrayList<>();
    private final Needs needs;
    private int volume = -1;
    private long piece;
    private long epochBefore;

    /** Takes sources, oldest first. */
    RunMerge(List<? extends ExceptionSource> oldestFirst, Needs needs) throws StoreException {
        this.needs = needs;
        for (ExceptionSource source : oldestFirst) {
            if (source.next()) {
                sources.add(source);
            }
        }
    }

    /** Receives entries in order. */
    interface Target {
        void add(int volume, long piece, long epoch, long location, int crc, boolean moved) throws IOException;
    }

    /** Merges everything; returns how many entries were left out. */
    long into(Target target) throws StoreException, IOException {
        long dropped = 0;
        while (!sources.isEmpty()) {
            ExceptionSource first = sources.getFirst();
            for (int i = 1; i < sources.size(); i++) {
                if (compare(sources.get(i), first) < 0) {
                    first = sources.get(i);
                }
            }
            if (!take(first, target)) {
                dropped++;
            }
        }
        return dropped;
    }

    /** Takes the lowest key: from the oldest source that has it, and its place perhaps from a newer one. */
    private boolean take(ExceptionSource oldest, Target target) throws StoreException, IOException {
        int ofVolume = oldest.volume();
        long ofPiece = oldest.piece();
        long epoch = oldest.epoch();
        long location = oldest.location();
        int crc = oldest.crc();
        boolean moved = oldest.moved();
        for (int i = sources.indexOf(oldest) + 1; i < sources.size(); ) {
            ExceptionSource newer = sources.get(i);
            if (compare(newer, ofVolume, ofPiece, epoch) == 0) {
                if (newer.moved()) {
                    location = newer.location();
                    crc = newer.crc();
                    moved = true;
                }
                i += advance(newer) ? 1 : 0;
            } else {
                i++;
            }
        }
        boolean samePiece = ofVolume == volume && ofPiece == piece;
        long before = samePiece ? epochBefore : 0;
        boolean needed = needs.needs(ofVolume, before, epoch);
        boolean marks = !needed && needs.marks(ofVolume, before, epoch);
        volume = ofVolume;
        piece = ofPiece;
        epochBefore = epoch;
        if (needed) {
            target.add(ofVolume, ofPiece, epoch, location, crc, moved);
        } else if (marks) {
            target.add(ofVolume, ofPiece, epoch, VolumeExceptions.NOT_KEPT, 0, moved);
        }
        advance(oldest);
        return needed || marks;
    }

    private boolean advance(ExceptionSource source) throws StoreException {
        if (source.next()) {
            return true;
        }
        sources.remove(source);
        return false;
    }

    private static int compare(ExceptionSource one, ExceptionSource other) {
        return compare(one, other.volume(), other.piece(), other.epoch());
    }

    private static int compare(ExceptionSource one, int volume, long piece, long epoch) {
        int byVolume = Integer.compare(one.volume(), volume);
        if (byVolume != 0) {
            return byVolume;
        }
        int byPiece = Long.compare(one.piece(), piece);
        return byPiece != 0 ? byPiece : Long.compare(one.epoch(), epoch);
    }
}
