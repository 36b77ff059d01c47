/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import dev.gnomon.export.Baselines;
import dev.gnomon.export.Changes;
import dev.gnomon.export.Exports;
import dev.gnomon.protocol.nbd.OptionPayload.Malformed;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The metadata contexts that clients may list and choose (NBD protocol, "Metadata querying"): {@code base:allocation} of
 * every export, and as {@code qemu:dirty-bitmap:COPY} what changed in it since an older shadow copy of the same volume.
 * Flags of the latter are those of QEMU's dirty bitmaps: 1 for what changed, 0 for what did not.
 */
final class MetaContexts {
    /** Most that a client may choose; the answers for all of them fit the reply buffer at once. */
    static final int MAX_CHOSEN = 8;

    private static final String BASE = "base:";
    private static final String QEMU = "qemu:";
    private static final String DIRTY_BITMAP = "qemu:dirty-bitmap:";

    /** Number of {@code base:allocation} on the wire; any would do. */
    private static final int BASE_ALLOCATION_ID = 1;

    private final Exports exports;

    MetaContexts(Exports exports) {
        this.exports = exports;
    }

    /** A context that was chosen; its number is what block status is answered with. */
    sealed interface Context {
        int id();

        /** What takes space. */
        record Allocation(int id) implements Context {}

        /** What changed. */
        record Dirty(int id, Changes changes) implements Context {}
    }

    /** Returns the names that queries mean, all if there are none; each query a name, or the begin of one up to a colon. */
    Set<String> list(String export, List<String> queries) {
        Set<String> names = new LinkedHashSet<>();
        @Nullable Baselines baselines = null;
        for (String query : queries.isEmpty() ? List.of(BASE, QEMU) : queries) {
            if (query.equals(BASE) || query.equals(NbdProtocol.BASE_ALLOCATION)) {
                names.add(NbdProtocol.BASE_ALLOCATION);
            } else if (query.startsWith(QEMU)) {
                baselines = baselines == null ? exports.baselines(export) : baselines;
                if (query.equals(QEMU) || query.equals(DIRTY_BITMAP)) {
                    baselines.names().forEach(name -> names.add(DIRTY_BITMAP + name));
                } else if (since(baselines, query) != null) {
                    names.add(query);
                }
            }
        }
        return names;
    }

    /**
     * Returns the contexts that queries name, by their names; queries that name none count for nothing.
     *
     * @throws Malformed if they are too many
     */
    Map<String, Context> choose(String export, List<String> queries) throws Malformed {
        Map<String, Context> chosen = new LinkedHashMap<>();
        @Nullable Baselines baselines = null;
        int id = BASE_ALLOCATION_ID;
        for (String query : queries) {
            if (query.equals(NbdProtocol.BASE_ALLOCATION)) {
                chosen.put(query, new Context.Allocation(BASE_ALLOCATION_ID));
            } else if (query.startsWith(DIRTY_BITMAP) && !chosen.containsKey(query)) {
                baselines = baselines == null ? exports.baselines(export) : baselines;
                Changes changes = since(baselines, query);
                if (changes != null) {
                    chosen.put(query, new Context.Dirty(++id, changes));
                }
            }
        }
        if (chosen.size() > MAX_CHOSEN) {
            throw new Malformed(
                    NbdProtocol.REP_ERR_TOO_BIG, chosen.size() + " metadata contexts, allowed are " + MAX_CHOSEN);
        }
        return chosen;
    }

    private static @Nullable Changes since(Baselines baselines, String query) {
        return query.startsWith(DIRTY_BITMAP) ? baselines.since(query.substring(DIRTY_BITMAP.length())) : null;
    }
}
