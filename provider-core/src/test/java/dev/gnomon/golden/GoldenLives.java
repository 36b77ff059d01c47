/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.golden;

import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.Engine.Allocation;
import dev.gnomon.snapshot.Overlay;
import dev.gnomon.snapshot.SetRequest;
import dev.gnomon.testkit.CrashPoint;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.Level;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.Survivors;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/** The lives of the processes that leave each {@link GoldenStore}, on a simulated machine, the same each time. */
final class GoldenLives {
    private static final long SEED = 20;
    private static final int SECTOR_BYTES = 512;
    private static final long ODD_BYTES = Life.MIN_BYTES + 3 * 512;

    private GoldenLives() {}

    static SimImage clean() {
        return Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.volume("b", ODD_BYTES);
            life.write("a", 0, 6, 1);
            life.write("b", ODD_BYTES - 512, bytes(512, 2));
            life.engine().createSet(new SetRequest(List.of("a", "b"), "one", Map.of("by", "golden", "why", "Größe")));
            life.write("a", 2, 3, 3);
            life.write("b", ODD_BYTES - 1024, bytes(1024, 4));
            life.engine().createSet(new SetRequest(List.of("b"), "", Map.of()));
            life.write("b", 0, 1, 5);
            life.write("b", ODD_BYTES - 512, bytes(512, 6));
            life.engine().close();
        });
    }

    static SimImage killed() {
        return Life.first(SEED, GoldenLives::untilKilled);
    }

    static SimImage torn() {
        SimImage killed = Life.first(SEED, GoldenLives::untilKilled);
        CrashPoint cut = CrashPoint.of(killed, Level.L1, SECTOR_BYTES);
        List<Survivors> choices = cut.choices(CrashPoint.Budget.SMALL, SEED);
        return cut.image(choices.getLast());
    }

    static SimImage moved() {
        return cleaned(4);
    }

    static SimImage runs() {
        return cleaned(Integer.MAX_VALUE);
    }

    static SimImage deleted() {
        return Life.first(SEED, life -> {
            twoVolumes(life);
            life.write("a", 0, 6, 1);
            life.set("one", "a", "b");
            life.write("a", 3, 40, 2);
            life.set("two", "a", "b");
            life.await(done -> life.live("a").writeZeros(0, 9 * Life.PIECE, false, done));
            life.write("b", 7, 2, 3);
            life.set("three", "a", "b");
            life.write("a", 0, 2, 4);
            life.write("b", 7, 1, 5);
            life.engine().deleteSet("two");
            life.engine().deleteCopy("b@one");
            life.settle();
            life.write("a", 4, 1, 6);
            life.flush("a");
        });
    }

    static SimImage removed() {
        return Life.first(SEED, life -> {
            twoVolumes(life);
            life.write("a", 0, 4, 1);
            life.set("one", "a", "b");
            life.write("a", 1, 2, 2);
            life.write("b", 1, 2, 3);
            life.settle();
            life.engine().deleteSet("one");
            life.engine().removeVolume("a");
            life.engine().addVolume("c", Life.origin("a"));
            life.volume("a2", Life.MIN_BYTES + 4096);
            life.write("a2", 256, 1, 4);
            life.set("two", "a2", "b", "c");
            life.write("a2", 256, 1, 5);
            life.write("b", 100, 1, 6);
            life.settle();
            life.world()
                    .storage()
                    .inject(FaultRule.on(IoKind.FORCE).file("b").then(new Fault.ForceFails(Fault.Pages.SHOWN_NEW, 0)));
            life.write("b", 100, 1, 7);
            life.flush("b");
            life.settle();
        });
    }

    static SimImage revert() {
        return Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 100, 1);
            life.set("one", "a");
            life.write("a", 0, 90, 2);
            life.set("two", "a");
            life.write("a", 10, 90, 3);
            life.settle();
            life.engine().revert("a@one", false);
            life.write("a", 50, 2, 4);
            life.write("a", 89 * Life.PIECE + 512, bytes(512, 5));
        });
    }

    static SimImage bookmarks() {
        return Life.first(SEED, life -> {
            twoVolumes(life);
            life.write("a", 0, 20, 1);
            life.set("one", "a", "b");
            life.write("a", 0, 10, 2);
            life.set("two", "a", "b");
            life.write("a", 5, 10, 3);
            life.set("three", "a");
            life.write("a", 9, 3, 4);
            life.engine().bookmarkCopy("a@one");
            life.engine().bookmarkCopy("a@two");
            life.engine().bookmarkCopy("b@two");
            life.engine().close();
        });
    }

    static SimImage resized() {
        SimImage stopped = Life.first(SEED, life -> {
            life.volume("a", ODD_BYTES);
            life.volume("b", 3 * Life.MIN_BYTES);
            life.write("a", ODD_BYTES - 512, bytes(512, 1));
            life.write("b", 600, 20, 1);
            life.set("one", "a", "b");
            life.write("b", 600, 20, 2);
            life.engine().deleteCopy("b@one");
            life.engine().resizeVolume("a", ODD_BYTES + 1024, Allocation.SPARSE);
            life.engine().resizeVolume("b", Life.MIN_BYTES, Allocation.SPARSE);
            life.write("a", ODD_BYTES, bytes(512, 2));
            life.set("two", "a", "b");
            life.write("a", ODD_BYTES - 512, bytes(1024, 3));
            life.engine().setProperties("b", Map.of("write-through", "on", "when-full", "hold"));
            life.engine().close();
        });
        return Life.next(SEED + 1, stopped, life -> {
            life.engine().resizeVolume("a", 2 * Life.MIN_BYTES, Allocation.SPARSE);
            life.set("three", "a");
            life.write("a", 300, 3, 4);
            life.write("a", ODD_BYTES - 1024, bytes(2048, 5));
            life.write("b", 0, 1, 6);
            life.flush("a");
        });
    }

    static SimImage overlays() {
        return Life.first(SEED, life -> {
            life.volume("a", ODD_BYTES);
            life.write("a", 0, 6, 1);
            life.set("one", "a");
            life.set("two", "a");
            life.write("a", 1, 2, 2);
            for (String copy : List.of("a@one", "a@two")) {
                life.engine().createOverlay(copy);
                overwrite(life, copy, 0, bytes(3 * Life.PIECE, 3));
                overwrite(life, copy, Life.PIECE, bytes(Life.PIECE, 4));
                overwrite(life, copy, ODD_BYTES - 512, bytes(512, 5));
            }
            life.engine().sealOverlay("a@one");
            life.engine().close();
        });
    }

    private static void twoVolumes(Life life) throws Exception {
        life.volume("a", Life.MIN_BYTES);
        life.volume("b", Life.MIN_BYTES);
    }

    /**
     * Returns a store from whose segments most was deleted, so that the cleaner empties them.
     *
     * @param lastRun the process is killed when it begins to write so many runs after the deletes
     */
    private static SimImage cleaned(int lastRun) {
        SimImage full = Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 250, 1);
            life.set("kept", "a");
            for (int piece = 0; piece < 100; piece += 10) {
                life.set("gone" + piece, "a");
                life.write("a", piece, 3, 2);
                life.write("a", 100, 11, 3);
            }
            life.engine().close();
        });
        return Life.next(SEED + 1, full, life -> {
            Set<Path> runs = new HashSet<>();
            life.dieAt(io -> String.valueOf(io.path().getFileName()).startsWith("run-")
                    && runs.add(io.path())
                    && runs.size() == lastRun);
            for (int piece = 0; piece < 100; piece += 10) {
                life.engine().deleteSet("gone" + piece);
            }
            life.sleep(60_000 * Life.MILLISECOND);
            life.set("more", "a");
            life.write("a", 200, 3, 99);
        });
    }

    private static void untilKilled(Life life) throws Exception {
        life.volume("a", Life.MIN_BYTES);
        life.volume("b", ODD_BYTES);
        life.write("a", 0, 20, 1);
        life.set("one", "a", "b");
        life.write("a", 2, 3, 2);
        life.write("b", 0, 1, 3);
        life.settle();
        life.write("a", 3, 4, 4);
        life.set("two", "a", "b");
        life.write("a", 3, 1, 5);
        life.write("a", 3 * 4096 + 512, bytes(1024, 6));
        life.write("b", ODD_BYTES - 512, bytes(512, 7));
        life.set("three", "a", "b");
        life.write("a", 1, 6, 8);
        life.flush("a");
        life.write("a", 40, 3, 9);
        life.write("a", 3 * 4096 + 1024, bytes(512, 10));
        life.write("b", 0, 1, 11);
    }

    private static void overwrite(Life life, String copy, long offset, ByteBuffer bytes) throws Exception {
        Overlay overlay = Objects.requireNonNull(
                life.engine().overlay(life.engine().copy(copy).id()), copy);
        life.await(done -> overlay.write(offset, bytes, false, done));
    }

    private static ByteBuffer bytes(int count, long number) {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            bytes.putLong(number);
        }
        return bytes.flip();
    }
}
