/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** A part of the table of mutants: which rule each breaks, how, and what finds it. */
abstract sealed class Mutants
        permits CopyTable,
                ChainTable,
                FaultTable,
                FullTable,
                IndexTable,
                MoveTable,
                OverlayTable,
                RevertTable,
                VolumeTable {
    private final List<Mutant> table = new ArrayList<>();

    /** Returns the whole table. */
    static List<Mutant> all() {
        return Stream.of(
                        new CopyTable(),
                        new ChainTable(),
                        new FaultTable(),
                        new FullTable(),
                        new IndexTable(),
                        new MoveTable(),
                        new OverlayTable(),
                        new RevertTable(),
                        new VolumeTable())
                .flatMap(part -> part.table.stream())
                .toList();
    }

    /** Adds a mutant; see {@link Mutant}. */
    final void add(String name, String rule, String text, Search search, Patch... patches) {
        table.add(new Mutant(name, rule, text, search, List.of(patches)));
    }
}
