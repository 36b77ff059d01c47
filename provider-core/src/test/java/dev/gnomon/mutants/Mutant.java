/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import java.util.List;

/**
 * A broken engine.
 *
 * @param name short; where the model of the ordering rules has the same mutant, its name there
 * @param rule the invariant that it breaks, I1 to I9, or the part of the design
 * @param text what it does wrong, in one sentence
 * @param search what finds it
 * @param patches what is changed
 */
record Mutant(String name, String rule, String text, Search search, List<Patch> patches) {
    Mutant {
        patches = List.copyOf(patches);
    }
}
