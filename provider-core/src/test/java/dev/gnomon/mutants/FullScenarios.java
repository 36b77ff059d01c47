/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Scheduler;
import dev.gnomon.mutants.Life.Wrong;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.snapshot.CopyInfo;
import dev.gnomon.snapshot.WhenFull;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs of the engine about a full diff area, each with what must hold in it. Tests call them too. */
public final class FullScenarios {
    private static final int ROUNDS = 8;
    private static final int PIECES = 20;
    private static final long SECOND = 1000 * Life.MILLISECOND;

    private FullScenarios() {}

    private static SimImage first(long seed, WhenFull whenFull, Life.Script script) {
        return Life.on(new SimWorld(seed), Life.SMALL, whenFull, script);
    }

    /** Takes the smallest limit and so many segments more. */
    private static void limit(Life life, int segments) throws Exception {
        life.engine().resizeDiffArea(life.engine().diffArea().leastBytes() + segments * (long) Life.SEGMENT_BYTES);
    }

    /**
     * Copies of which the oldest go one by one, told before they go, as many as the room needs; the others stay whole, and
     * no write fails.
     */
    public static void dropping(long seed) {
        List<String> kept = new ArrayList<>();
        SimImage image = first(seed, WhenFull.DROP_OLDEST, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, PIECES, 1);
            life.set("s1", "a");
            limit(life, 5);
            List<String> early = new ArrayList<>();
            life.told().listen(event -> {
                if (event.id() == EventId.COPY_DROPPED && isThere(life, event.copy())) {
                    early.add(event.copy());
                }
            });
            for (int round = 2; round <= ROUNDS; round++) {
                IoStatus status = life.write("a", 0, PIECES, round);
                Wrong.unless(status == IoStatus.OK, "a write ended with " + status + " though copies could be dropped");
                life.settle();
                life.set("s" + round, "a");
            }
            List<String> dropped = life.told().of(EventId.COPY_DROPPED).stream()
                    .map(Event::copy)
                    .toList();
            Wrong.unless(!dropped.isEmpty(), "nothing was dropped, or nothing told");
            Wrong.unless(early.equals(dropped), "told only when it was gone: " + dropped);
            life.engine().copies().stream().map(CopyInfo::exportName).forEach(kept::add);
            expectTheNewest(dropped, kept);
            expectRight(life, kept);
        });
        Life.next(seed, image.cutKeepingNone(), life -> {
            Wrong.unless(
                    life.engine().copies().stream()
                            .map(CopyInfo::exportName)
                            .toList()
                            .equals(kept),
                    "a power cut changes which copies there are");
            expectRight(life, kept);
        });
    }

    private static boolean isThere(Life life, String copy) {
        return life.engine().copies().stream()
                .anyMatch(info -> info.exportName().equals(copy));
    }

    private static void expectTheNewest(List<String> dropped, List<String> kept) {
        List<String> all = new ArrayList<>(dropped);
        all.addAll(kept);
        for (int round = 1; round <= ROUNDS; round++) {
            Wrong.unless(all.get(round - 1).equals("a@s" + round), "dropped were " + dropped + ", kept " + kept);
        }
        Wrong.unless(kept.size() >= 3, "only " + kept + " were kept, and there was room for more");
    }

    private static void expectRight(Life life, List<String> kept) throws Exception {
        for (String copy : kept) {
            for (int piece = 0; piece < PIECES; piece++) {
                life.expectCopy(copy, piece, Long.parseLong(copy.substring(3)));
            }
        }
        Wrong.unless(life.read("a", 0) == ROUNDS, "the volume lost a write");
    }

    /** Before a copy is dropped, what a delete left is given back. */
    public static void deletedBefore(long seed) {
        first(seed, WhenFull.REFUSE, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 200, 1);
            life.volume("b", Life.MIN_BYTES);
            life.write("b", 0, 1, 1);
            life.set("other", "b");
            life.write("b", 0, 1, 2); // so that there is something left to be merged
            life.set("old", "a");
            limit(life, 1);
            IoStatus status = IoStatus.OK;
            for (int piece = 0; piece < 200 && status == IoStatus.OK; piece++) {
                status = life.write("a", piece, 1, 2);
            }
            Wrong.unless(status == IoStatus.NO_SPACE, "the diff area did not fill");
            life.settle();
            life.engine().setProperties("a", Map.of("when-full", "drop-oldest"));
            life.set("last", "a");
            life.world()
                    .storage()
                    .inject(FaultRule.when(event -> event.kind() == IoKind.WRITE
                                    && String.valueOf(event.path().getFileName())
                                            .startsWith("run-"))
                            .then(new Fault.Stall(10 * SECOND)));
            life.engine().deleteSet("old");
            for (int piece = 0; piece < 5; piece++) {
                Wrong.unless(life.write("a", piece, 1, 3) == IoStatus.OK, "a write was refused though there was room");
            }
            Wrong.unless(isThere(life, "a@last"), "a copy was dropped before the space of deleted ones was given back");
        });
    }

    /** Held writes go on when there is room, or fail after their time; what was acknowledged settles in any case. */
    public static void holding(long seed) {
        first(seed, WhenFull.DROP_OLDEST, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 200, 1);
            life.set("s", "a");
            life.engine().setProperties("a", Map.of("when-full", "hold", "hold-seconds", "5"));
            limit(life, 0);
            long begun = life.world().clock().nanoTime();
            int acknowledged = 0;
            IoStatus status = IoStatus.OK;
            while (status == IoStatus.OK && acknowledged < 200) {
                begun = life.world().clock().nanoTime();
                status = life.write("a", acknowledged, 1, 2);
                acknowledged += status == IoStatus.OK ? 1 : 0;
            }
            long held = life.world().clock().nanoTime() - begun;
            Wrong.unless(status == IoStatus.NO_SPACE, "a full diff area: " + status);
            Wrong.unless(held >= 5 * SECOND && held < 10 * SECOND, "a write was held for " + held + " ns, not for 5 s");
            life.settle();
            long unsettled = life.engine().volume("a").unsettledBytes();
            Wrong.unless(unsettled == 0, unsettled + " acknowledged bytes find no room");
            Wrong.unless(isThere(life, "a@s"), "a copy was dropped though writes are to be held");
            int next = acknowledged;
            IoStatus[] late = new IoStatus[1];
            Scheduler.Task writer = life.start(() -> late[0] = life.write("a", next, 1, 2));
            life.sleep(2 * SECOND);
            Wrong.unless(late[0] == null, "a write did not wait");
            life.engine().deleteSet("s");
            writer.join();
            Wrong.unless(late[0] == IoStatus.OK, "a held write ended with " + late[0] + " though there is room");
            for (int piece = 0; piece <= next; piece++) {
                Wrong.unless(life.read("a", piece) == 2, "piece " + piece + " lost a write");
            }
        });
    }
}
