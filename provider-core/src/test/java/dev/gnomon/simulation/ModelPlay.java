/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
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
 * copy is a clone of it. Deterministic.
 */
final class ModelPlay {
    static final int VOLUMES = 2;

    /** Sectors that are written, at the start and at the end of each volume. */
    static final int SECTORS = 128;

    private static final int SECTOR = 512;
    private static final int HALF = SECTORS / 2;
    private static final long IDLE_NANOS = 20_000_000_000L;
    private static final List<String> NAMES = List.of("a", "b");

    private final long seed;
    private final StoreConfig config;
    private final boolean zerosCount;
    private final long[][] now = new long[VOLUMES][SECTORS];
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
                for (Part part : parts(write.first(), write.end())) {
                    ok(
                            life.await(done -> life.live(NAMES.get(write.volume()))
                                    .write(part.offset, part.bytes(write.number()), write.forced(), done)),
                            write);
                }
                Arrays.fill(now[write.volume()], write.first(), write.end(), write.number());
            }
            case ModelStep.Zeros zeros -> {
                for (Part part : parts(zeros.first(), zeros.end())) {
                    ok(
                            life.await(done -> life.live(NAMES.get(zeros.volume()))
                                    .writeZeros(part.offset, part.length, false, done)),
                            zeros);
                }
                if (zerosCount) {
                    Arrays.fill(now[zeros.volume()], zeros.first(), zeros.end(), 0);
                }
            }
            case ModelStep.Flush flush -> ok(life.flush(NAMES.get(flush.volume())), flush);
            case ModelStep.Cut cut -> cut(life, cut);
            case ModelStep.Delete delete -> delete(life, delete);
            case ModelStep.Idle idle -> life.sleep(IDLE_NANOS);
            case ModelStep.Restart restart -> life.engine().close();
            case ModelStep.Kill kill -> {}
            case ModelStep.Compare compare -> compare(life);
        }
    }

    private void cut(Life life, ModelStep.Cut cut) throws Exception {
        String name = "s" + cuts++;
        List<String> volumes = cut.all() ? NAMES : List.of(NAMES.get(cut.volume()));
        life.set(name, volumes.toArray(String[]::new));
        for (String volume : volumes) {
            copies.put(volume + "@" + name, now[NAMES.indexOf(volume)].clone());
        }
    }

    private void delete(Life life, ModelStep.Delete delete) throws Exception {
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
        for (Part part : parts(0, SECTORS)) {
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
        if (first < HALF) {
            parts.add(new Part(first, first * (long) SECTOR, (Math.min(end, HALF) - first) * SECTOR));
        }
        if (end > HALF) {
            int from = Math.max(first, HALF);
            long offset = Life.MIN_BYTES - (SECTORS - from) * (long) SECTOR;
            parts.add(new Part(from, offset, (end - from) * SECTOR));
        }
        return parts;
    }
}
