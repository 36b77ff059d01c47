/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.simulation.History.Cut;
import dev.gnomon.simulation.History.Member;
import dev.gnomon.simulation.History.Volume;

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

    /** Returns whether an origin was hit at all, so that it may be found changed, and its copies not shown. */
    default boolean origin(Volume volume) {
        return false;
    }

    /**
     * Returns whether a sector of a copy may be: it is of such a piece. When a piece is preserved is not known to clients,
     * and new data that covers a piece in part takes along what is read of the rest.
     */
    default boolean copy(Cut cut, Member member, int sector) {
        return volume(member.volume, sector);
    }
}
