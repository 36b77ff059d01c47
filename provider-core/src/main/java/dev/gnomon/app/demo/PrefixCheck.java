/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app.demo;

import java.util.ArrayList;
import java.util.List;

/**
 * Judges an image: every chain must be a prefix over both volumes, hold what it must and not what it cannot.
 *
 * <p>The last record n that a chain has anywhere decides what every slot of the chain must hold: the youngest record
 * that is not younger than n and belongs there.
 */
final class PrefixCheck {
    private final Image image;
    private final Layout layout;
    private final List<Violation> violations = new ArrayList<>();

    private PrefixCheck(Image image) {
        this.image = image;
        this.layout = image.layout();
    }

    /**
     * Returns everything that is wrong.
     *
     * @param least number of the last record, by chain, that must be there
     * @param most number of the last record, by chain, that may be there
     */
    static List<Violation> check(Image image, long[] least, long[] most) {
        PrefixCheck check = new PrefixCheck(image);
        for (int chain = 0; chain < check.layout.chains(); chain++) {
            long last = image.last(chain);
            check.slots(chain, last, least[chain]);
            check.bounds(chain, last, least[chain], most[chain]);
        }
        for (String stray : image.strays()) {
            check.violations.add(new Violation(Violation.Kind.STRAY, -1, stray));
        }
        return List.copyOf(check.violations);
    }

    private void slots(int chain, long last, long least) {
        for (long k = last; k > last - layout.lap(); k--) {
            // The records before the first are the empty slots of a chain that is not once round.
            long expected = Math.max(k, Stamp.NONE);
            long place = Math.floorMod(k, layout.lap());
            long found = image.at(chain, place);
            if (found == Stamp.BROKEN) {
                add(
                        Violation.Kind.TORN,
                        chain,
                        "holds bytes that are no whole record where " + name(expected) + " belongs, at "
                                + place(chain, place));
            } else if (found != expected) {
                String owed = k <= least ? ", which was acknowledged in time" : "";
                add(
                        Violation.Kind.GAP,
                        chain,
                        "has " + name(last) + " but not " + name(expected) + owed + ": " + name(found) + " is at "
                                + place(chain, place));
            }
        }
    }

    private void bounds(int chain, long last, long least, long most) {
        if (last < least) {
            add(Violation.Kind.LOST, chain, "ends with " + name(last) + ", acknowledged in time was " + name(least));
        }
        if (last > most) {
            add(Violation.Kind.TOO_LATE, chain, "has " + name(last) + ", sent in time was " + name(most) + " at most");
        }
    }

    private void add(Violation.Kind kind, int chain, String text) {
        violations.add(new Violation(kind, chain, "chain " + chain + " " + text));
    }

    private String place(int chain, long k) {
        return layout.offset(chain, k) + " of " + Names.VOLUMES.get(layout.volume(chain, k));
    }

    private static String name(long k) {
        return k == Stamp.NONE ? "no record" : "record " + k;
    }
}
