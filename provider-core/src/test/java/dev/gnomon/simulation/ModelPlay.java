/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.Engine;
import dev.gnomon.store.StoreConfig;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Plays steps on the engine and on arrays, which is all that a model of shadow copies needs: a write changes an array, a
 * copy is a clone of it as long as the volume was, a revert takes the clone and zeros behind its end. Deterministic.
 */
final class ModelPlay {
    static final int VOLUMES = 2;

    /** Sectors that are written: at the start of each volume, at the end that it begins with, and in what it gains. */
    static final int SECTORS = 128 + 32;

    private static final int SECTOR = 512;

    /** So many of them there are in the beginning. */
    private static final int FIRST = 128;

    private static final int HALF = FIRST / 2;
    private static final int LONGEST_REVERT_SECONDS = 600;
    private static final long IDLE_NANOS = 20_000_000_000L;
    private static final List<String> NAMES = List.of("a", "b");

    private final long seed;
    private final StoreConfig config;
    private final boolean zerosCount;
    private final long[][] now = new long[VOLUMES][FIRST];
    private final Map<String, long[]> copies = new TreeMap<>();
    private int cuts;

    /** @param zerosCount whether the model knows that zeros overwrite; false plants a defect for the shrinker to find */
    ModelPlay(long seed, boolean zerosCount) {
        this.seed = seed;
        this.zerosCount = zerosCount;
        Area area = seed % 2 == 0 ? Area.REAPER : Area.WRITE_AND_FLUSH;
        this.config = new StoreConfig(Life.STORE, 16 << 10, Life.SEGMENT_BYTES, 16 << 10, area.limits());
    }

    /** Returns what differs first, or null. */
    static @Nullable String violation(long seed, List<ModelStep> steps, boolean zerosCount) {
        try {
            new ModelPlay(seed, zerosCount).play(steps);
            return null;
        } catch (RuntimeException | AssertionError wrong) {
            return wrong.getClass().getSimpleName() + ": " + wrong.getMessage();
        }
    }

    private void play(List<ModelStep> steps) {
        List<List<ModelStep>> lives = new ArrayList<>();
        lives.add(new ArrayList<>());
        for (ModelStep step : steps) {
            lives.getLast().add(step);
            if (step instanceof ModelStep.Restart || step instanceof ModelStep.Kill) {
                lives.add(new ArrayList<>());
            }
        }
        SimImage left = null;
        long lifeSeed = seed << 16; // of its own for each life, or ids would be given twice
        for (List<ModelStep> life : lives) {
            SimWorld world = left == null ? new SimWorld(lifeSeed++) : new SimWorld(lifeSeed++, left);
            boolean first = left == null;
            left = Life.on(world, config, each -> live(each, life, first)).killed();
        }
    }

    private void live(Life life, List<ModelStep> steps, boolean first) throws Exception {
        for (String name : first ? NAMES : List.<String>of()) {
            life.volume(name, Life.MIN_BYTES);
        }
        for (ModelStep step : steps) {
            take(life, step);
        }
    }

    private void take(Life life, ModelStep step) throws Exception {
        switch (step) {
            case ModelStep.Write write -> {
                int end = Math.min(write.end(), now[write.volume()].length);
                for (Part part : parts(write.first(), end)) {
                    ok(
                            life.await(done -> life.live(NAMES.get(write.volume()))
                                    .write(part.offset, part.bytes(write.number()), write.forced(), done)),
                            write);
                }
                if (end > write.first()) {
                    Arrays.fill(now[write.volume()], write.first(), end, write.number());
                }
            }
            case ModelStep.Zeros zeros -> {
                int end = Math.min(zeros.end(), now[zeros.volume()].length);
                for (Part part : parts(zeros.first(), end)) {
                    ok(
                            life.await(done -> life.live(NAMES.get(zeros.volume()))
                                    .writeZeros(part.offset, part.length, false, done)),
                            zeros);
                }
                if (zerosCount && end > zeros.first()) {
                    Arrays.fill(now[zeros.volume()], zeros.first(), end, 0);
                }
            }
            case ModelStep.Flush flush -> ok(life.flush(NAMES.get(flush.volume())), flush);
            case ModelStep.Cut cut -> cut(life, cut);
            case ModelStep.Delete delete -> delete(life, delete);
            case ModelStep.Revert revert -> revert(life, revert);
            case ModelStep.Grow grow -> grow(life, grow);
            case ModelStep.Idle idle -> life.sleep(IDLE_NANOS);
            case ModelStep.Restart restart -> life.engine().close();
            case ModelStep.Kill kill -> {}
            case ModelStep.Compare compare -> compare(life);
        }
    }

    /** What goes on keeps volumes from being cut, reverted and resized, and its copy from being deleted. */
    private static void awaitReverts(Life life) {
        for (int i = 0; i < LONGEST_REVERT_SECONDS && !life.engine().reverts().isEmpty(); i++) {
            life.sleep(1000 * Life.MILLISECOND);
        }
    }

    private void revert(Life life, ModelStep.Revert revert) throws Exception {
        awaitReverts(life);
        if (!copies.isEmpty()) {
            String copy = List.copyOf(copies.keySet()).get(revert.copy() % copies.size());
            life.engine().revert(copy, false);
            int volume = NAMES.indexOf(copy.substring(0, copy.indexOf('@')));
            now[volume] = Arrays.copyOf(copies.getOrDefault(copy, now[volume]), now[volume].length);
        }
    }

    private void grow(Life life, ModelStep.Grow grow) throws Exception {
        awaitReverts(life);
        int sectors = Math.min(SECTORS, now[grow.volume()].length + grow.sectors());
        long bytes = Life.MIN_BYTES + (sectors - FIRST) * (long) SECTOR;
        life.engine().resizeVolume(NAMES.get(grow.volume()), bytes, Engine.Allocation.SPARSE);
        now[grow.volume()] = Arrays.copyOf(now[grow.volume()], sectors);
    }

    private void cut(Life life, ModelStep.Cut cut) throws Exception {
        awaitReverts(life);
        String name = "s" + cuts++;
        List<String> volumes = cut.all() ? NAMES : List.of(NAMES.get(cut.volume()));
        life.set(name, volumes.toArray(String[]::new));
        for (String volume : volumes) {
            copies.put(volume + "@" + name, now[NAMES.indexOf(volume)].clone());
        }
    }

    private void delete(Life life, ModelStep.Delete delete) throws Exception {
        awaitReverts(life);
        if (!copies.isEmpty()) {
            String copy = List.copyOf(copies.keySet()).get(delete.copy() % copies.size());
            life.engine().deleteCopy(copy);
            copies.remove(copy);
        }
    }

    private void compare(Life life) throws Exception {
        for (int volume = 0; volume < VOLUMES; volume++) {
            compare(NAMES.get(volume), life.live(NAMES.get(volume))::read, now[volume]);
        }
        for (Map.Entry<String, long[]> copy : copies.entrySet()) {
            compare(copy.getKey(), life.copy(copy.getKey())::read, copy.getValue());
        }
    }

    private static void compare(String name, Life.Source source, long[] expected) {
        for (Part part : parts(0, expected.length)) {
            ByteBuffer bytes = ByteBuffer.allocate(part.length);
            ok(source.read(part.offset, bytes), name);
            bytes.flip();
            for (int sector = part.first; bytes.hasRemaining(); sector++) {
                for (int at = 0; at < SECTOR; at += Long.BYTES) {
                    long found = bytes.getLong();
                    Life.Wrong.unless(
                            found == expected[sector],
                            "sector " + sector + " of " + name + " holds " + found + ", expected " + expected[sector]);
                }
            }
        }
    }

    private static void ok(IoStatus status, Object what) {
        Life.Wrong.unless(status == IoStatus.OK, what + " ended with " + status);
    }

    /** Sectors that lie together on the volume. */
    private record Part(int first, long offset, int length) {
        ByteBuffer bytes(long number) {
            ByteBuffer bytes = ByteBuffer.allocate(length);
            while (bytes.hasRemaining()) {
                bytes.putLong(number);
            }
            return bytes.flip();
        }
    }

    private static List<Part> parts(int first, int end) {
        List<Part> parts = new ArrayList<>();
        addPart(parts, first, Math.min(end, HALF), 0);
        addPart(parts, Math.max(first, HALF), end, Life.MIN_BYTES - FIRST * (long) SECTOR);
        return parts;
    }

    /** Adds sectors that lie in a row, if there are any; {@code shift} is where sector 0 would be. */
    private static void addPart(List<Part> parts, int first, int end, long shift) {
        if (first < end) {
            parts.add(new Part(first, shift + first * (long) SECTOR, (end - first) * SECTOR));
        }
    }
}
