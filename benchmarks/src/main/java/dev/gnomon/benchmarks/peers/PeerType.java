/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import dev.gnomon.benchmarks.sidebyside.BenchFailure;
import dev.gnomon.benchmarks.sidebyside.Machine;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * How a kind of peer is made, and what is known of it.
 *
 * @param id for the command line and JSON
 * @param title for people
 * @param programs that it needs
 * @param root whether only root can set it up
 * @param phases in which it takes part: those without a copy only if it then is another server than its neighbours
 * @param keeps whether it keeps what is written
 * @param again of which other type it is a second one, empty if of none: both must come out alike
 */
record PeerType(
        String id,
        String title,
        List<String> programs,
        boolean root,
        Set<Phase> phases,
        boolean keeps,
        String again,
        Semantics semantics,
        Maker maker) {
    /** Makes a peer whose volume holds the site's content. */
    @FunctionalInterface
    interface Maker {
        Peer make(Site site) throws BenchFailure;
    }

    /** Phases of what has no copies. */
    static final Set<Phase> LIVE_ONLY = Set.of(Phase.LIVE, Phase.READ);
    /** Phases of what is served in another way when it has a copy. */
    static final Set<Phase> COPIES_ONLY = Set.of(Phase.FIRST, Phase.REWRITE, Phase.COPY_READ);
    /** Phases of what is served in the same way with and without a copy. */
    static final Set<Phase> ALL_PHASES = Set.of(Phase.LIVE, Phase.READ, Phase.FIRST, Phase.REWRITE, Phase.COPY_READ);
    /** Phases of what is only to be read. */
    static final Set<Phase> READS_ONLY = Set.of(Phase.READ, Phase.COPY_READ);
    /** Phases of what always has copies. */
    static final Set<Phase> ALL_BUT_LIVE = Set.of(Phase.READ, Phase.FIRST, Phase.REWRITE, Phase.COPY_READ);

    /** Copies list and set. */
    PeerType {
        programs = List.copyOf(programs);
        phases = Set.copyOf(phases);
    }

    /** Returns whether it takes part in a phase of a kind of load. Variants of Gnomon are only compared with Gnomon. */
    boolean has(Workload workload, Phase phase) {
        boolean variant = PeerTypes.VARIANTS.contains(id);
        boolean own = variant || id.equals(PeerTypes.GNOMON) || PeerTypes.isPaired(this);
        return workload.phases().contains(phase)
                && phases.contains(phase)
                && (workload.equals(Workload.VARIANTS) ? own : !variant);
    }

    /** Returns whether it is served before a copy is taken. */
    boolean live() {
        return phases.contains(Phase.READ);
    }

    /** Returns whether it has copies. */
    boolean copies() {
        return phases.contains(Phase.COPY_READ);
    }

    /** Returns why it cannot take part here, empty if it can. */
    Optional<String> absent() {
        List<String> missing =
                programs.stream().filter(program -> !Machine.present(program)).toList();
        if (!missing.isEmpty()) {
            return Optional.of("there is no " + String.join(", ", missing));
        }
        if (root && !"root".equals(System.getProperty("user.name"))) {
            return Optional.of("only root can mount its file system");
        }
        return Optional.empty();
    }

    /** Returns a second one of this type. */
    PeerType twice(boolean second) {
        return second
                ? new PeerType(id + "-again", title + ", again", programs, root, phases, keeps, id, semantics, maker)
                : this;
    }
}
