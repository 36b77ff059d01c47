/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.export;

import dev.gnomon.io.IoStatus;
import dev.gnomon.snapshot.ChangeSink;
import dev.gnomon.snapshot.CopyDiff;
import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.CopyOnWriteEngine;
import dev.gnomon.snapshot.EngineException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The baselines of a volume, all its copies and bookmarks, or of a copy, those that are older. A newer one is none: what a client wants
 * to know is what it must read of the export to bring an older image up to date.
 */
final class EngineBaselines implements Baselines {
    /** Entries of the index that one question looks at, but for a last part of it: some 25 MiB of runs. */
    private static final long MAX_ENTRIES = 1 << 20;

    private final CopyOnWriteEngine engine;
    private final Optional<CopyInfo> newer;
    private final List<CopyInfo> older;

    private EngineBaselines(CopyOnWriteEngine engine, Optional<CopyInfo> newer, List<CopyInfo> older) {
        this.engine = engine;
        this.newer = newer;
        this.older = older;
    }

    static Baselines of(CopyOnWriteEngine engine, String export) {
        int at = export.indexOf('@');
        String volume = at < 0 ? export : export.substring(0, at);
        String suffix = export.substring(at + 1);
        List<CopyInfo> copies = new ArrayList<>();
        for (CopyInfo copy : engine.copies()) {
            if (copy.volume().equals(volume) && engine.shadowCopy(copy.id()) != null) {
                copies.add(copy);
            }
        }
        List<CopyInfo> all = new ArrayList<>(copies);
        engine.bookmarks().stream()
                .filter(bookmark -> bookmark.volume().equals(volume))
                .forEach(all::add);
        all.sort(Comparator.comparingLong(CopyInfo::epoch));
        if (at < 0) {
            return new EngineBaselines(engine, Optional.empty(), all);
        }
        Optional<CopyInfo> itself =
                copies.stream().filter(copy -> isCalled(copy, suffix)).findFirst();
        return itself.isEmpty() ? NONE : new EngineBaselines(engine, itself, all.subList(0, all.indexOf(itself.get())));
    }

    private static boolean isCalled(CopyInfo copy, String nameOrId) {
        return copy.id().toString().equalsIgnoreCase(nameOrId)
                || (!copy.name().isEmpty() && copy.name().equals(nameOrId));
    }

    @Override
    public List<String> names() {
        return older.stream()
                .map(copy -> copy.name().isEmpty() ? copy.id().toString() : copy.name())
                .toList();
    }

    @Override
    public @Nullable Changes since(String copy) {
        Optional<CopyInfo> baseline =
                older.stream().filter(each -> isCalled(each, copy)).findFirst();
        if (baseline.isEmpty()) {
            return null;
        }
        try {
            CopyDiff diff =
                    newer.isPresent() ? engine.diff(baseline.get(), newer.get()) : engine.diffSince(baseline.get());
            return (offset, length, maxExtents, sink) -> changes(diff, offset, length, maxExtents, sink);
        } catch (EngineException e) {
            return null; // It went a moment ago.
        }
    }

    private static IoStatus changes(CopyDiff diff, long offset, long length, int maxExtents, Changes.Sink sink) {
        return diff.changes(offset, length, MAX_ENTRIES, new ChangeSink() {
            private int count;

            @Override
            public boolean extent(long lengthBytes, boolean changed) {
                sink.extent(lengthBytes, changed);
                return ++count < maxExtents;
            }
        });
    }
}
