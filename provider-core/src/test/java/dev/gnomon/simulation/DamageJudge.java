/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.CopyOnWriteEngine;
import dev.gnomon.snapshot.Engine;
import dev.gnomon.snapshot.EngineConfig;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.LiveVolume;
import dev.gnomon.snapshot.ShadowCopy;
import dev.gnomon.snapshot.VolumeInfo;
import dev.gnomon.snapshot.WhenFull;
import dev.gnomon.store.StoreChecker;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Checks and opens a store after some damage, reads everything, and judges it by what the store must hold. */
final class DamageJudge {
    private final SmallStore store;
    private final ByteBuffer piece = ByteBuffer.allocate(SmallStore.BLOCK_BYTES);

    /** How often what happened. */
    private final Map<Outcome, Long> counts = new EnumMap<>(Outcome.class);

    private long readErrors;
    private long found;

    /** What became of the store. */
    enum Outcome {
        /** It was not opened. */
        REFUSED,
        /** It was opened, damage was told, nothing may be written. */
        READ_ONLY,
        /** It was opened for writing, but a volume takes no writes, for what they owe cannot be looked up. */
        DEGRADED,
        /** It was opened for writing, and had to hold everything. */
        WRITABLE
    }

    DamageJudge(SmallStore store) {
        this.store = store;
    }

    /**
     * Judges the store on a machine where it was damaged.
     *
     * @param mustBeFound whether the checker must report it
     * @param mustBeWhole whether not even a read may fail
     */
    void judge(SimWorld world, String damage, boolean mustBeFound, boolean mustBeWhole) {
        try {
            world.run(() -> {
                boolean told = isFound(world);
                if (mustBeFound && !told) {
                    throw new Violation("the checker finds nothing");
                }
                found += told ? 1 : 0;
                Outcome outcome = open(world, mustBeWhole);
                if (outcome == Outcome.DEGRADED && !told) {
                    throw new Violation("a volume takes no writes, and the checker finds nothing");
                }
                if (mustBeWhole && (told || outcome != Outcome.WRITABLE)) {
                    throw new Violation("a healthy store is told to be damaged, or is not opened for writing");
                }
                counts.merge(outcome, 1L, Long::sum);
                world.scheduler().halt();
            });
        } catch (Violation e) {
            throw new Violation(damage + ": " + e.getMessage());
        } catch (RuntimeException e) {
            throw new AssertionError(damage + ": " + e, e);
        }
    }

    private static boolean isFound(SimWorld world) {
        try {
            return !new StoreChecker(world.storage(), world.clock(), world.scheduler(), Life.STORE)
                    .check()
                    .findings()
                    .isEmpty();
        } catch (StoreException e) {
            return true;
        }
    }

    private Outcome open(SimWorld world, boolean mustBeWhole) {
        CopyOnWriteEngine engine;
        try {
            engine = CopyOnWriteEngine.open(
                    new EngineConfig(Life.SMALL, WhenFull.REFUSE),
                    world.storage(),
                    world.clock(),
                    world.scheduler(),
                    world.random());
        } catch (StoreException e) {
            return Outcome.REFUSED;
        }
        Set<String> online = new TreeSet<>();
        boolean writable = true;
        boolean degraded = false;
        for (VolumeInfo volume : engine.volumes()) {
            LiveVolume live = engine.liveVolume(volume.name());
            degraded |= volume.state() == VolumeInfo.State.DEGRADED;
            writable &= volume.state() == VolumeInfo.State.ONLINE || volume.state() == VolumeInfo.State.DEGRADED;
            if (live != null) {
                online.add(volume.name());
                requireContent(volume.name(), live::read, mustBeWhole);
            }
        }
        Set<String> copies = new TreeSet<>();
        for (CopyInfo info : engine.copies()) {
            ShadowCopy copy = engine.shadowCopy(info.id());
            copies.add(info.volume() + "@" + info.name());
            requireContent(info.volume() + "@" + info.name(), copy == null ? null : copy::read, mustBeWhole);
        }
        if (writable && !online.isEmpty()) {
            requireComplete(online, copies, engine.stats().exceptions());
            return degraded ? Outcome.DEGRADED : Outcome.WRITABLE;
        }
        requireReadOnly(engine);
        return Outcome.READ_ONLY;
    }

    private static void requireReadOnly(CopyOnWriteEngine engine) {
        try {
            engine.createVolume("new", Life.origin("new"), Life.MIN_BYTES, Engine.Allocation.SPARSE);
            throw new Violation("a store with damage takes a new volume");
        } catch (EngineException e) {
            if (e.kind() != EngineException.Kind.DAMAGED) {
                throw new Violation("a new volume is refused, but not because of damage: " + e.getMessage());
            }
        }
    }

    private void requireComplete(Set<String> volumes, Set<String> copies, long exceptions) {
        if (!volumes.equals(Set.of("a", "b"))) {
            throw new Violation("opened for writing, but of the volumes there are only " + volumes);
        }
        if (!copies.equals(store.copies)) {
            throw new Violation("opened for writing with the copies " + copies + " instead of " + store.copies);
        }
        if (exceptions < store.fewestExceptions || exceptions > store.mostExceptions) {
            throw new Violation("opened for writing with " + exceptions + " preserved pieces instead of "
                    + store.fewestExceptions + " to " + store.mostExceptions);
        }
    }

    private void requireContent(String what, Life.@Nullable Source source, boolean mustBeWhole) {
        byte[][] expected = store.contents.get(what);
        if (expected == null) {
            throw new Violation(what + " is there, which never was");
        }
        for (int i = 0; i < expected.length && source != null; i++) {
            IoStatus status = source.read(SmallStore.PIECES[i] * (long) SmallStore.BLOCK_BYTES, piece.clear());
            if (status != IoStatus.OK) {
                readErrors++;
            }
            if (status != IoStatus.OK && mustBeWhole) {
                throw new Violation("piece " + SmallStore.PIECES[i] + " of " + what + " reads with " + status);
            }
            if (status == IoStatus.OK && !Arrays.equals(piece.array(), expected[i])) {
                throw new Violation("piece " + SmallStore.PIECES[i] + " of " + what + " reads other bytes");
            }
        }
    }

    private long count(Outcome outcome) {
        return counts.getOrDefault(outcome, 0L);
    }

    /** Returns the counts in words. */
    String figures() {
        return count(Outcome.REFUSED) + " refused, " + count(Outcome.READ_ONLY) + " read-only, "
                + count(Outcome.DEGRADED) + " degraded, " + count(Outcome.WRITABLE) + " writable and complete, " + found
                + " found by the checker, " + readErrors
                + " reads ended in an error";
    }
}
