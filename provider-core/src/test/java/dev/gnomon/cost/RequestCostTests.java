/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cost;

import static dev.gnomon.cost.CountedEngine.PIECE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.Scheduler;
import dev.gnomon.snapshot.ShadowCopy;
import dev.gnomon.testkit.CountingStorage.Counts;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How many calls of the system, how many bytes and how many flushes requests cost in the engine, in fixed workloads. */
class RequestCostTests {
    private static final int PLACES = 256;
    private static final int DEPTH = 32;
    private static final int CLIENTS = 16;

    private static Counts written(long count) {
        return new Counts(0, 0, count, count * PIECE, 0, 0);
    }

    private static Counts read(long count) {
        return new Counts(count, count * PIECE, 0, 0, 0, 0);
    }

    @Test
    void aLiveWriteIsOneWriteOfItsBytes() {
        CountedEngine.run(1, PLACES, counted -> {
            Counts before = counted.counts();
            counted.writeAll(PLACES, DEPTH, false, 2);
            assertThat(counted.counts().since(before)).isEqualTo(written(PLACES));
        });
    }

    @Test
    void aLiveReadIsOneReadOfItsBytes() {
        CountedEngine.run(1, PLACES, counted -> {
            Counts before = counted.counts();
            counted.readAll(PLACES);
            assertThat(counted.counts().since(before)).isEqualTo(read(PLACES));
        });
    }

    @Test
    void aWriteToAPreservedPieceCostsWhatALiveOneDoes() {
        CountedEngine.run(1, PLACES, counted -> {
            counted.copy("one");
            counted.writeAll(PLACES, DEPTH, false, 2);
            counted.sleep(CountedEngine.SETTLED_NANOS);
            Counts before = counted.counts();
            counted.writeAll(PLACES, DEPTH, false, 3);
            assertThat(counted.counts().since(before)).isEqualTo(written(PLACES));
        });
    }

    @Test
    void aReadOfACopyIsOneReadWhereverItsBytesAre() {
        CountedEngine.run(1, PLACES, counted -> {
            ShadowCopy copy = counted.copy("one");
            Counts before = counted.counts();
            CountedEngine.readAll(copy, PLACES);
            assertThat(counted.counts().since(before)).as("from the origin").isEqualTo(read(PLACES));
            counted.writeAll(PLACES, DEPTH, false, 2);
            counted.sleep(CountedEngine.SETTLED_NANOS);
            before = counted.counts();
            CountedEngine.readAll(copy, PLACES);
            assertThat(counted.counts().since(before)).as("from the diff area").isEqualTo(read(PLACES));
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void firstOverwritesShareTheirBatchesAndForces(long seed) {
        CountedEngine.run(seed, PLACES, counted -> {
            counted.copy("one");
            Counts before = counted.counts();
            counted.writeAll(PLACES, DEPTH, false, 2);
            counted.sleep(CountedEngine.SETTLED_NANOS); // to the settled mark, and the claims of both chains
            Counts cost = counted.counts().since(before);
            String told = cost + " for " + PLACES + " writes";
            // Old bytes are read and logged, new ones staged and released: four times; heads of batches are the rest.
            assertThat(cost.movedBytes()).as(told).isLessThan(42L * PLACES * PIECE / 10);
            // A read of old bytes and a release each; all else is done for many at once.
            assertThat(cost.calls()).as(told).isLessThan(23L * PLACES / 10);
            assertThat(cost.forces()).as(told).isLessThan(PLACES / 16);
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void flushesAtTheSameTimeShareAForce(long seed) {
        CountedEngine.run(seed, PLACES, counted -> {
            Counts before = counted.counts();
            commitAtOnce(counted);
            Counts cost = counted.counts().since(before);
            assertThat(cost.writes()).isEqualTo(CLIENTS);
            // The first to come is forced for alone; the others come while that goes on.
            assertThat(cost.forces()).as("forces for " + CLIENTS + " clients").isBetween(1L, 3L);
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void flushesOfFirstOverwritesShareForcesOfTheChain(long seed) {
        CountedEngine.run(seed, PLACES, counted -> {
            counted.copy("one");
            counted.writeAll(1, 1, false, 2); // the chain has its files
            counted.sleep(CountedEngine.SETTLED_NANOS);
            Counts before = counted.counts();
            commitAtOnce(counted);
            // What their settling forces meanwhile is in it: a group of old bytes at least.
            assertThat(counted.counts().since(before).forces())
                    .as("forces for " + CLIENTS + " clients")
                    .isBetween(1L, 6L);
        });
    }

    @Test
    void aFlushWithNothingToForceCostsNothing() {
        CountedEngine.run(1, PLACES, counted -> {
            counted.commit(1, 2);
            Counts before = counted.counts();
            for (int i = 0; i < 10; i++) {
                counted.flush();
            }
            assertThat(counted.counts().since(before).calls()).isZero();
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void forcedWritesAtTheSameTimeShareForces(long seed) {
        CountedEngine.run(seed, PLACES, counted -> {
            Counts before = counted.counts();
            counted.writeAll(PLACES, DEPTH, true, 2);
            Counts cost = counted.counts().since(before);
            assertThat(cost.writes()).isEqualTo(PLACES);
            assertThat(cost.forces()).as("forces for " + PLACES + " writes").isBetween(1L, PLACES / DEPTH + 4L);
        });
    }

    private static void commitAtOnce(CountedEngine counted) {
        List<Scheduler.Task> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            int place = 10 + i;
            clients.add(counted.scheduler().start("client " + i, () -> counted.commit(place, 3)));
        }
        clients.forEach(Scheduler.Task::join);
    }
}
