/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A moment at which the power may fail, with everything that this may keep or lose. Unchanging; may be used on any
 * thread, also long after the world that it was taken from went on.
 *
 * <pre>{@code
 * CrashPoint point = CrashPoint.of(storage.image(), Level.L2, 4096);
 * for (Survivors choice : point.choices(CrashPoint.Budget.SMALL, seed)) {
 *     SimImage after = point.image(choice);
 *     if (seen.add(after.durableHash())) { new SimWorld(seed, after).run(...recover and check...); }
 * }
 * }</pre>
 */
public final class CrashPoint {
    /** The physical sector of drives that write more than they are told. */
    private static final int PHYSICAL_SECTORS = 4096 / Sector.BYTES;

    private final SimImage image;
    private final Level level;
    private final List<Unforced> unforced;

    private CrashPoint(SimImage image, Level level, List<Unforced> unforced) {
        this.image = image;
        this.level = level;
        this.unforced = unforced;
    }

    /**
     * Returns the crash point of a state.
     *
     * @param atomBytes 512 or 4096: what the device writes whole, at level 1; from level 2 on all tears at 512
     */
    public static CrashPoint of(SimImage image, Level level, int atomBytes) {
        if (atomBytes != Sector.BYTES && atomBytes != Sector.BYTES * PHYSICAL_SECTORS) {
            throw new IllegalArgumentException("atom of " + atomBytes + " bytes, expected 512 or 4096");
        }
        int atom = level == Level.L1 ? atomBytes / Sector.BYTES : 1;
        List<Unforced> found = new ArrayList<>();
        image.pendingNames.forEach(op -> found.add(unforced(op)));
        Map<Integer, String> names = new TreeMap<>();
        image.durableNames.forEach((name, id) -> names.put(id, name));
        image.visibleNames.forEach((name, id) -> names.put(id, name));
        image.files.forEach((id, file) -> {
            String name = names.getOrDefault(id, "deleted file " + id);
            file.pending().forEach(op -> add(found, id, name, op, atom));
        });
        found.sort(Comparator.comparingLong(Unforced::order)); // Stable: the sectors of one write stay in order.
        return new CrashPoint(image, level, found);
    }

    private static Unforced unforced(NameOp op) {
        String text = op.removed() == null ? "+" + op.added() : "-" + op.removed();
        return new Unforced(op.order(), text, Unforced.Kind.NAME, 0, 0, new Unforced.Origin(op.id(), null, op, 0, 0));
    }

    private static void add(List<Unforced> found, int id, String name, PendingOp op, int atom) {
        switch (op) {
            case PendingOp.Size size ->
                found.add(new Unforced(
                        op.order(),
                        name,
                        Unforced.Kind.SIZE,
                        0,
                        size.sizeBytes(),
                        new Unforced.Origin(id, op, null, 0, 0)));
            case PendingOp.Write write -> {
                int from = 0;
                while (from < write.sectors().length) {
                    int untilAtomEnds = atom - (int) ((write.first() + from) % atom);
                    int count = Math.min(untilAtomEnds, write.sectors().length - from);
                    found.add(new Unforced(
                            op.order(),
                            name,
                            Unforced.Kind.SECTORS,
                            (write.first() + from) * Sector.BYTES,
                            (long) count * Sector.BYTES,
                            new Unforced.Origin(id, op, null, from, count)));
                    from += count;
                }
            }
        }
    }

    /** Returns what may be kept or lost, in the order of issue. */
    public List<Unforced> unforced() {
        return unforced;
    }

    /** Returns the level that was asked for. */
    public Level level() {
        return level;
    }

    /** How many choices to try. Counts are per crash point; what exceeds them is sampled by the seed. */
    public record Budget(int exhaustiveUpTo, int alone, int prefixes, int random) {
        /** For tens of thousands of crash points. */
        public static final Budget SMALL = new Budget(3, 8, 8, 8);
        /** For long runs. */
        public static final Budget FULL = new Budget(12, 256, 256, 64);
    }

    /**
     * Returns distinct choices: none, all, each lost alone, each kept alone, each prefix, random ones; every one if there
     * are few units; from level 3 on also each garbled alone, and random mixtures.
     */
    public List<Survivors> choices(Budget budget, long seed) {
        return new SurvivorChoices(unforced.size(), level, budget, seed).list();
    }

    /** Returns the storage after the cut and the next boot: settled, with nothing unforced. */
    public SimImage image(Survivors choice) {
        TreeMap<String, Integer> names = new TreeMap<>(image.durableNames);
        TreeMap<Integer, Cut> cuts = new TreeMap<>();
        for (int i = 0; i < unforced.size(); i++) {
            Unforced unit = unforced.get(i);
            byte fate = choice.fate(i);
            NameOp change = unit.origin().names;
            if (change != null) {
                if (fate == Survivors.KEPT) {
                    change.applyTo(names);
                }
            } else if (fate != Survivors.LOST) {
                int id = unit.origin().file;
                cuts.computeIfAbsent(id, key -> new Cut(java.util.Objects.requireNonNull(image.files.get(key))))
                        .apply(unit.origin(), fate);
            }
        }
        dropOrphans(names);
        Xoshiro256 random = new Xoshiro256(choice.seed());
        SortedMap<Integer, FileImage> files = new TreeMap<>();
        for (int id : names.values()) {
            FileImage file = image.files.get(id);
            Cut cut = cuts.get(id);
            if (cut != null) {
                files.put(id, cut.settle(random, level));
            } else if (file != null) {
                files.put(id, FileImage.settled(file.durable(), file.durableSize()));
            }
        }
        return new SimImage(names, names, List.of(), files, image.boot + 1);
    }

    /** Removes names whose directory was lost. A directory sorts before what it holds. */
    private static void dropOrphans(SortedMap<String, Integer> names) {
        names.keySet().removeIf(name -> {
            String parent = SimImage.parent(name);
            return !parent.equals("/") && !names.containsKey(parent);
        });
    }

    /** One file that changes by the cut. */
    private static final class Cut {
        private SectorMap content;
        private long size;
        private final List<Unforced.Origin> garbled = new ArrayList<>();

        Cut(FileImage file) {
            content = file.durable();
            size = file.durableSize();
        }

        void apply(Unforced.Origin origin, byte fate) {
            switch (java.util.Objects.requireNonNull(origin.op)) {
                case PendingOp.Write write -> {
                    if (fate == Survivors.GARBAGE) {
                        garbled.add(origin);
                    } else {
                        content = content.with(write.first() + origin.from, write.sectors(), origin.from, origin.count);
                    }
                }
                case PendingOp.Size change -> {
                    if (fate == Survivors.KEPT) {
                        size = change.grows() ? Math.max(size, change.sizeBytes()) : change.sizeBytes();
                        content = change.grows() ? content : FileImage.clip(content, size);
                    }
                }
            }
        }

        FileImage settle(Xoshiro256 random, Level level) {
            for (Unforced.Origin origin : garbled) {
                PendingOp.Write write = (PendingOp.Write) java.util.Objects.requireNonNull(origin.op);
                for (int i = origin.from; i < origin.from + origin.count; i++) {
                    long number = write.first() + i;
                    content = content.with(number, garbage(content.get(number), write.sectors()[i], random));
                    if (level == Level.L4) {
                        garbleNeighbours(number, random);
                    }
                }
            }
            return FileImage.settled(FileImage.clip(content, size), size);
        }

        private void garbleNeighbours(long number, Xoshiro256 random) {
            long first = number - number % PHYSICAL_SECTORS;
            for (long at = first; at < first + PHYSICAL_SECTORS; at++) {
                if (at != number && random.percent(50)) {
                    Sector old = content.get(at);
                    content = content.with(at, garbage(old, old, random));
                }
            }
        }

        /** Returns garbage: in the whole sector, or behind or before a torn half. */
        private static Sector garbage(Sector old, Sector fresh, Xoshiro256 random) {
            byte[] bytes = new byte[Sector.BYTES];
            random.fill(bytes);
            int shape = random.nextInt(3);
            int split = 1 + random.nextInt(Sector.BYTES - 1);
            if (shape == 1) {
                System.arraycopy(fresh.bytes(), 0, bytes, 0, split);
            } else if (shape == 2) {
                System.arraycopy(old.bytes(), split, bytes, split, Sector.BYTES - split);
            }
            return Sector.of(bytes);
        }
    }
}
