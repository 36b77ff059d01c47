/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.simulation.History.Cut;
import dev.gnomon.simulation.History.Member;
import dev.gnomon.simulation.History.Volume;
import dev.gnomon.simulation.History.Write;

/**
 * What a damaged origin excuses: a plain raw file cannot tell wrong bytes from right ones, so the sectors that were hit
 * may hold anything, and copies too where they still read them from the origin. Nothing else is excused: damage must not
 * spread to other volumes, other pieces, or pieces preserved before.
 */
interface Excuse {
    /** Nothing is excused. */
    Excuse NONE = new Excuse() {
        @Override
        public boolean volume(Volume volume, int sector) {
            return false;
        }

        @Override
        public long since() {
            return History.NEVER;
        }
    };

    /** Returns whether a sector of an origin may be damaged. */
    boolean volume(Volume volume, int sector);

    /** Returns when the damage was done. */
    long since();

    /** Returns whether a sector of a copy may be: it is of such a piece, and not known to have been preserved before. */
    default boolean copy(Cut cut, Member member, int sector) {
        return volume(member.volume, sector) && !isPreserved(cut, member.volume, sector);
    }

    private boolean isPreserved(Cut cut, Volume volume, int sector) {
        int first = Ground.pieceStart(sector);
        for (Write write : volume.writes) {
            boolean touches = write.first < first + Ground.SECTORS_PER_PIECE && write.end > first;
            if (touches && write.issued > cut.acked && write.acked < since()) {
                return true; // acknowledged, so what it overwrote was durable in the log
            }
        }
        return false;
    }
}
