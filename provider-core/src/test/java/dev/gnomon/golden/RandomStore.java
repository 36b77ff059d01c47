/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.golden;

import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.Engine.Allocation;
import dev.gnomon.snapshot.SetInfo;
import dev.gnomon.snapshot.SetRequest;
import dev.gnomon.snapshot.VolumeInfo;
import dev.gnomon.testkit.CrashPoint;
import dev.gnomon.testkit.Level;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import dev.gnomon.testkit.Survivors;
import dev.gnomon.testkit.Xoshiro256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A store after a few lives of the engine in which all was done at random: writes, zeros, flushes, sets, deletes, volumes and
 * their sizes, idleness. Each life ends by a clean stop, a kill or a power cut. The seed decides everything.
 */
public final class RandomStore {
    private static final int SECTOR = 512;
    private static final int SECTORS_PER_PIECE = Life.PIECE / SECTOR;
    private static final int LIVES_MAX = 4;
    private static final int STEPS_MAX = 60;
    private static final int VOLUMES_MAX = 4;

    /** Writes go to the first pieces and the last one, so that they meet. */
    private static final int FIRST_SECTORS = 60 * SECTORS_PER_PIECE;

    private static final int LONGEST_SECTORS = 5 * SECTORS_PER_PIECE;
    private static final int MOST_GAINED_SECTORS = 40 * SECTORS_PER_PIECE;
    private static final int BURST = 8;

    private final Xoshiro256 random;
    private long stamp = 1;
    private int volumes;
    private int sets;

    private RandomStore(long seed) {
        this.random = new Xoshiro256(seed);
    }

    /** Returns what the last process, or the power cut, left. */
    public static StoreImage make(long seed) {
        return StoreImage.of(new RandomStore(seed).live(seed));
    }

    private SimImage live(long seed) {
        SimImage image = SimImage.EMPTY;
        int lives = 1 + random.nextInt(LIVES_MAX);
        for (int i = 0; i < lives; i++) {
            boolean stop = random.percent(35);
            // Another seed for each life: the engine's own numbers come from it, and an id is given only once.
            SimWorld world = new SimWorld(seed * LIVES_MAX + i, image);
            image = Life.on(world, Life.SMALL, life -> play(life, stop));
            if (!stop) {
                image = random.percent(50) ? image.killed() : cut(image, seed);
            }
        }
        return image;
    }

    private SimImage cut(SimImage image, long seed) {
        CrashPoint point = CrashPoint.of(image, Level.L2, SECTOR);
        List<Survivors> choices = point.choices(CrashPoint.Budget.SMALL, seed);
        return point.image(choices.get(random.nextInt(choices.size())));
    }

    private void play(Life life, boolean stop) throws Exception {
        int steps = 10 + random.nextInt(STEPS_MAX);
        for (int i = 0; i < steps; i++) {
            step(life);
        }
        if (stop) {
            life.engine().close();
            return;
        }
        for (int i = random.nextInt(BURST); i > 0; i--) {
            write(life, pick(life), false);
        }
        life.sleep(random.nextInt((int) Life.MILLISECOND));
    }

    private void step(Life life) throws Exception {
        List<VolumeInfo> there = life.engine().volumes();
        int choice = random.nextInt(100);
        if (there.isEmpty() || (choice < 3 && there.size() < VOLUMES_MAX)) {
            life.volume("v" + ++volumes, Life.MIN_BYTES + 3L * SECTOR * random.nextInt(3));
        } else if (choice < 70) {
            write(life, pick(life), true);
        } else if (choice < 76) {
            zeros(life, pick(life));
        } else if (choice < 80) {
            life.flush(pick(life).name());
        } else if (choice < 88) {
            set(life, there);
        } else if (choice < 92) {
            delete(life);
        } else if (choice < 94) {
            remove(life, there);
        } else if (choice < 96) {
            resize(life, pick(life));
        } else {
            life.sleep(random.nextInt(6000) * Life.MILLISECOND);
        }
    }

    private VolumeInfo pick(Life life) {
        List<VolumeInfo> there = life.engine().volumes();
        return there.get(random.nextInt(there.size()));
    }

    /** Returns the first sector and the count of sectors of a request. */
    private int[] range(VolumeInfo volume) {
        int sectors = (int) (volume.sizeBytes() / SECTOR);
        int first =
                random.percent(15) ? sectors - 1 - random.nextInt(SECTORS_PER_PIECE) : random.nextInt(FIRST_SECTORS);
        int count = 1 + random.nextInt(LONGEST_SECTORS);
        if (random.percent(50) && first + LONGEST_SECTORS < FIRST_SECTORS) {
            first -= first % SECTORS_PER_PIECE;
            count += SECTORS_PER_PIECE - 1;
            count -= count % SECTORS_PER_PIECE;
        }
        return new int[] {first, Math.min(count, sectors - first)};
    }

    private void write(Life life, VolumeInfo volume, boolean await) {
        int[] range = range(volume);
        ByteBuffer bytes = ByteBuffer.allocate(range[1] * SECTOR);
        long number = stamp++;
        while (bytes.hasRemaining()) {
            bytes.putLong(number);
        }
        if (await) {
            life.write(volume.name(), range[0] * (long) SECTOR, bytes.flip());
        } else {
            life.live(volume.name()).write(range[0] * (long) SECTOR, bytes.flip(), false, status -> {});
        }
    }

    private void zeros(Life life, VolumeInfo volume) {
        int[] range = range(volume);
        long offset = range[0] * (long) SECTOR;
        life.await(done -> life.live(volume.name()).writeZeros(offset, range[1] * (long) SECTOR, false, done));
    }

    private void set(Life life, List<VolumeInfo> there) throws Exception {
        List<String> names = new ArrayList<>();
        for (VolumeInfo volume : there) {
            if (names.isEmpty() || random.percent(50)) {
                names.add(volume.name());
            }
        }
        life.engine().createSet(new SetRequest(names, "s" + ++sets, Map.of("number", "" + sets)));
    }

    private void delete(Life life) throws Exception {
        List<SetInfo> there = life.engine().sets();
        if (!there.isEmpty()) {
            SetInfo set = there.get(random.nextInt(there.size()));
            CopyInfo copy = set.copies().get(random.nextInt(set.copies().size()));
            if (random.percent(50)) {
                life.engine().deleteSet(set.id().toString());
            } else {
                life.engine().deleteCopy(copy.id().toString());
            }
        }
    }

    private void resize(Life life, VolumeInfo volume) throws Exception {
        long bytes = Life.MIN_BYTES + SECTOR * (long) random.nextInt(MOST_GAINED_SECTORS);
        if (bytes > volume.sizeBytes() || volume.copies() == 0) {
            life.engine().resizeVolume(volume.name(), bytes, Allocation.SPARSE);
        }
    }

    private static void remove(Life life, List<VolumeInfo> there) throws Exception {
        for (VolumeInfo volume : there) {
            if (volume.copies() == 0) {
                life.engine().removeVolume(volume.name());
                return;
            }
        }
    }
}
