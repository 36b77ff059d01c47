/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.mutants.Life;
import dev.gnomon.simulation.SmallStore.Block;
import dev.gnomon.simulation.SmallStore.Kind;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import dev.gnomon.testkit.Xoshiro256;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/**
 * Damages a small store in every way of a kind, one at a time. Whatever is read is right or an error, what opens for
 * writing is complete, and the checker finds all that counts.
 */
@Tag("simulation")
class DamageTests {
    private static final int SECTOR = 512;

    /** Flips in bytes of metadata that hold nothing, of each block; all of them in the long run. */
    private static final int SAMPLED_FLIPS = Size.of(12, SmallStore.BLOCK_BYTES * 8);

    /** Flips in each block of payload. */
    private static final int SAMPLED_PAYLOAD_FLIPS = Size.of(12, 1024);

    private static final Logger LOG = (Logger) LoggerFactory.getLogger("dev.gnomon");

    private final Xoshiro256 random = new Xoshiro256(Size.seed());

    /** Tens of thousands of lines about damage would say nothing. */
    @BeforeAll
    static void beQuiet() {
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void speakAgain() {
        LOG.setLevel(null);
    }

    @ParameterizedTest(name = "stopped clean: {0}")
    @ValueSource(booleans = {true, false})
    void flippedBits(boolean clean) {
        SmallStore store = SmallStore.make(clean);
        DamageJudge judge = new DamageJudge(store);
        judge.judge(store.world(), "no damage", false, true);
        long flips = 0;
        for (Block block : store.blocks) {
            boolean payload = block.kind() == Kind.PAYLOAD || block.kind() == Kind.PASSED;
            int used = payload ? 0 : block.usedBytes() * 8;
            for (int bit = 0; bit < used; bit++) {
                flip(judge, store, block, bit);
            }
            int rest = SmallStore.BLOCK_BYTES * 8 - used;
            int sampled = Math.min(rest, payload ? SAMPLED_PAYLOAD_FLIPS : SAMPLED_FLIPS);
            for (int i = 0; i < sampled; i++) {
                flip(judge, store, block, used + (sampled == rest ? i : random.nextInt(rest)));
            }
            flips += used + sampled;
        }
        print(clean, flips + " flipped bits", judge);
    }

    private static void flip(DamageJudge judge, SmallStore store, Block block, int bit) {
        SimWorld world = store.world();
        world.storage().flipBit(block.file(), block.offsetBytes() * 8 + bit);
        judge.judge(world, "bit " + bit + " flipped of " + block, store.counts(block), false);
    }

    @ParameterizedTest(name = "stopped clean: {0}")
    @ValueSource(booleans = {true, false})
    void lostSectors(boolean clean) {
        SmallStore store = SmallStore.make(clean);
        DamageJudge judge = new DamageJudge(store);
        long lost = 0;
        for (Block block : store.blocks) {
            put(judge, store, block, 0, new byte[SmallStore.BLOCK_BYTES], "zeros from");
            lost++;
            for (int at = 0; at < SmallStore.BLOCK_BYTES; at += SECTOR) {
                byte[] garbage = new byte[SECTOR];
                boolean held = !Arrays.equals(block.bytes(), at, at + SECTOR, garbage, 0, SECTOR);
                if (held) {
                    put(judge, store, block, at, garbage, "zeros");
                    lost++;
                }
                for (int i = 0; i < SECTOR; i++) {
                    garbage[i] = (byte) random.nextInt(256);
                }
                put(judge, store, block, at, garbage, "noise");
                lost++;
            }
        }
        print(clean, lost + " sectors and blocks lost", judge);
    }

    private static void put(DamageJudge judge, SmallStore store, Block block, int at, byte[] bytes, String what) {
        SimWorld world = store.world();
        world.storage().damage(block.file(), block.offsetBytes() + at, bytes);
        judge.judge(world, what + " sector " + at / SECTOR + " of " + block, store.counts(block), false);
    }

    @ParameterizedTest(name = "stopped clean: {0}")
    @ValueSource(booleans = {true, false})
    void swappedBlocks(boolean clean) {
        SmallStore store = SmallStore.make(clean);
        DamageJudge judge = new DamageJudge(store);
        long swaps = 0;
        List<Block> blocks = store.blocks;
        for (int i = 0; i < blocks.size(); i++) {
            for (int j = i + 1; j < blocks.size(); j++) {
                Block one = blocks.get(i);
                Block other = blocks.get(j);
                if (Arrays.equals(one.bytes(), other.bytes())) {
                    continue;
                }
                SimWorld world = store.world();
                world.storage().damage(one.file(), one.offsetBytes(), other.bytes());
                world.storage().damage(other.file(), other.offsetBytes(), one.bytes());
                judge.judge(world, one + " swapped with " + other, store.counts(one, other), false);
                overwrite(judge, store, one, other);
                overwrite(judge, store, other, one);
                swaps++;
            }
        }
        print(clean, swaps + " pairs of blocks swapped or one over the other", judge);
    }

    /** A write that went astray: it is missing nowhere, but something else is gone. */
    private static void overwrite(DamageJudge judge, SmallStore store, Block from, Block over) {
        SimWorld world = store.world();
        world.storage().damage(over.file(), over.offsetBytes(), from.bytes());
        judge.judge(world, from + " over " + over, store.counts(over), false);
    }

    @ParameterizedTest(name = "stopped clean: {0}")
    @ValueSource(booleans = {true, false})
    void truncatedAndDeletedFiles(boolean clean) {
        SmallStore store = SmallStore.make(clean);
        DamageJudge judge = new DamageJudge(store);
        long cuts = 0;
        for (Path file : store.files()) {
            int size = Life.bytes(store.image, file).length;
            for (int end = 0; end < size; end += SmallStore.BLOCK_BYTES) {
                boolean counts = !file.equals(Life.SUPERBLOCK) || end == 0;
                judge.judge(
                        new SimWorld(1, truncated(store.image, file, end)), file + " cut off at " + end, counts, false);
                cuts++;
            }
            judge.judge(new SimWorld(1, deleted(store.image, file)), file + " deleted", true, false);
            cuts++;
        }
        print(clean, cuts + " files cut off or deleted", judge);
    }

    private static SimImage truncated(SimImage image, Path path, int size) {
        return changed(image, storage -> {
            try (StorageFile file = storage.open(path, Storage.Mode.READ_WRITE)) {
                file.setSize(size);
                file.force();
            }
        });
    }

    private static SimImage deleted(SimImage image, Path path) {
        return changed(image, storage -> {
            storage.delete(path);
            storage.syncDirectory(Objects.requireNonNull(path.getParent()));
        });
    }

    private interface Change {
        void make(Storage storage) throws IOException;
    }

    private static SimImage changed(SimImage image, Change change) {
        SimWorld world = new SimWorld(1, image);
        world.run(() -> {
            try {
                change.make(world.storage());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        return world.storage().image();
    }

    private static void print(boolean clean, String what, DamageJudge judge) {
        System.out.println("FIGURE damage: store stopped " + (clean ? "clean" : "unclean") + ", " + what + ": "
                + judge.figures() + "  seed " + Size.seed());
    }
}
