/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import dev.gnomon.testkit.Xoshiro256;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random lives of a volume that is written to, copied and reverted, against an array for the volume and one for each copy.
 * The process is killed between lives, at times in the middle of a revert. The volume ends in the middle of a piece.
 */
class RevertModelTests {
    private static final long BASE = Long.getLong("gnomon.seed", 1);
    private static final int SECTORS = 2049;
    private static final int LIVES = 8;
    private static final int STEPS = 25;

    private final long[] volume = new long[SECTORS];
    private final Map<String, long[]> copies = new TreeMap<>();
    private long last;
    private int sets;

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5})
    void volumeAndCopiesAreWhatTheArraysSay(int offset) {
        long seed = BASE + offset;
        System.out.println("seed " + seed);
        Xoshiro256 random = new Xoshiro256(seed);
        SimImage image = Life.on(new SimWorld(seed), Life.SLOW, life -> life.volume("a", SECTORS * 512L));
        for (int n = 0; n < LIVES; n++) {
            image = Life.on(new SimWorld(seed + n, image.killed()), Life.SLOW, life -> {
                compare(life);
                for (int step = 0; step < STEPS; step++) {
                    step(life, random);
                }
                compare(life);
            });
        }
        Life.on(new SimWorld(seed, image.killed()), Life.SLOW, life -> {
            for (int i = 0; i < 1000 && !life.engine().reverts().isEmpty(); i++) {
                life.sleep(1000 * Life.MILLISECOND);
            }
            assertThat(life.engine().reverts()).isEmpty();
            compare(life);
        });
    }

    private void step(Life life, Xoshiro256 random) throws Exception {
        switch (random.nextInt(10)) {
            case 0 -> life.sleep(random.nextInt(4000) * Life.MILLISECOND);
            case 1 -> set(life);
            case 2 -> revert(life, random);
            case 3 -> delete(life, random);
            default -> write(life, random);
        }
    }

    private void write(Life life, Xoshiro256 random) {
        int first = random.nextInt(SECTORS);
        int count = Math.min(SECTORS - first, 1 + random.nextInt(random.percent(50) ? 8 : 200));
        long value = random.percent(20) ? 0 : ++last;
        ByteBuffer bytes = ByteBuffer.allocate(count * 512);
        while (bytes.hasRemaining()) {
            bytes.putLong(value);
        }
        assertThat(life.write("a", first * 512L, bytes.flip())).isEqualTo(IoStatus.OK);
        Arrays.fill(volume, first, first + count, value);
    }

    private void set(Life life) throws Exception {
        if (life.engine().reverts().isEmpty() && copies.size() < 6) {
            String name = "s" + sets++;
            life.set(name, "a");
            copies.put(name, volume.clone());
        }
    }

    private void revert(Life life, Xoshiro256 random) throws Exception {
        if (life.engine().reverts().isEmpty() && !copies.isEmpty()) {
            String name = pick(random);
            life.engine().revert("a@" + name, false);
            System.arraycopy(copies.get(name), 0, volume, 0, SECTORS);
        }
    }

    private void delete(Life life, Xoshiro256 random) throws Exception {
        if (copies.size() > 2) {
            String name = pick(random);
            List<RevertProgress> reverts = life.engine().reverts();
            if (reverts.isEmpty() || !reverts.getFirst().copy().equals("a@" + name)) {
                life.engine().deleteCopy("a@" + name);
                copies.remove(name);
            }
        }
    }

    private String pick(Xoshiro256 random) {
        return new ArrayList<>(copies.keySet()).get(random.nextInt(copies.size()));
    }

    private void compare(Life life) throws Exception {
        assertThat(read(life.live("a")::read)).as("volume").isEqualTo(volume);
        for (Map.Entry<String, long[]> copy : copies.entrySet()) {
            assertThat(read(life.copy("a@" + copy.getKey())::read))
                    .as("copy " + copy.getKey())
                    .isEqualTo(copy.getValue());
        }
    }

    private static long[] read(Life.Source source) {
        ByteBuffer bytes = ByteBuffer.allocate(SECTORS * 512);
        assertThat(source.read(0, bytes)).isEqualTo(IoStatus.OK);
        long[] values = new long[SECTORS];
        for (int sector = 0; sector < SECTORS; sector++) {
            values[sector] = bytes.getLong(sector * 512);
            for (int at = sector * 512; at < (sector + 1) * 512; at += 8) {
                assertThat(bytes.getLong(at)).as("torn sector " + sector).isEqualTo(values[sector]);
            }
        }
        return values;
    }
}
