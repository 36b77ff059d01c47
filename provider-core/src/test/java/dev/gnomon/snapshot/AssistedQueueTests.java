/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.io.Scheduler;
import dev.gnomon.testkit.SimWorld;
import dev.gnomon.testkit.Xoshiro256;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AssistedQueueTests {
    private static final int SEEDS = 300;
    private static final int SOURCES = 4;
    private static final int ITEMS = 40;

    /** An item of a source. */
    private record Item(int source, int number) {}

    /** Notes what it works off, waits in between, and refuses some that may not be waited for. */
    private static final class Recorder implements AssistedQueue.Worker<Item> {
        private final SimWorld world;
        private final Xoshiro256 random;
        private final int refusePercent;
        private final List<Item> done = new ArrayList<>();
        private final List<Boolean> byTask = new ArrayList<>();
        private boolean inside;

        Recorder(SimWorld world, long seed, int refusePercent) {
            this.world = world;
            this.random = new Xoshiro256(seed);
            this.refusePercent = refusePercent;
        }

        @Override
        public int work(List<Item> items, boolean mayWait) {
            assertThat(inside).as("two at once").isFalse();
            inside = true;
            int count = 0;
            for (Item item : List.copyOf(items)) {
                if (!mayWait && random.percent(refusePercent)) {
                    break;
                }
                world.scheduler().sleep(1); // others run meanwhile
                done.add(item);
                byTask.add(mayWait);
                count++;
            }
            inside = false;
            return count;
        }

        void expectAll(String where) {
            assertThat(done).as(where).hasSize(SOURCES * ITEMS).doesNotHaveDuplicates();
            for (int source = 0; source < SOURCES; source++) {
                int of = source;
                assertThat(done.stream().filter(item -> item.source == of).map(Item::number))
                        .as(where + ", source " + source)
                        .isSorted();
            }
        }
    }

    @Test
    void whoeverWorksAllItemsAreDoneOnceInTheOrderOfTheirSource() {
        boolean task = false;
        boolean others = false;
        for (int next = 1; next <= SEEDS; next++) {
            long seed = next;
            SimWorld world = new SimWorld(seed);
            Recorder recorder = new Recorder(world, seed, (int) (seed % 3) * 30);
            world.run(() -> {
                AssistedQueue<Item> queue =
                        new AssistedQueue<>(world.scheduler(), "queue", 1 + (int) (seed % 4), recorder);
                List<Scheduler.Task> sources = new ArrayList<>();
                for (int source = 0; source < SOURCES; source++) {
                    Xoshiro256 own = new Xoshiro256(recorder.random.nextLong());
                    int number = source;
                    sources.add(world.scheduler().start("source " + source, () -> bring(queue, number, own)));
                }
                sources.forEach(Scheduler.Task::join);
                world.scheduler().sleep(1_000_000);
                recorder.expectAll("seed " + seed + ", before it is closed");
                queue.close();
                assertThat(queue.offer(new Item(0, 0))).isFalse();
            });
            recorder.expectAll("seed " + seed);
            task |= recorder.byTask.contains(true);
            others |= recorder.byTask.contains(false);
        }
        assertThat(task && others).as("both ways were gone").isTrue();
    }

    private static void bring(AssistedQueue<Item> queue, int source, Xoshiro256 random) {
        int number = 0;
        while (number < ITEMS) {
            int count = Math.min(ITEMS - number, 1 + random.nextInt(5));
            boolean gathers = random.percent(70);
            if (gathers) {
                queue.gather();
            }
            for (int i = 0; i < count; i++) {
                assertThat(queue.offer(new Item(source, number++))).isTrue();
            }
            if (gathers) {
                queue.assist(source);
            }
        }
    }

    @Test
    void whoGathersDoesAllAtOnceInItsTask() {
        SimWorld world = new SimWorld(1);
        Recorder recorder = new Recorder(world, 1, 0);
        world.run(() -> {
            AssistedQueue<Item> queue = new AssistedQueue<>(world.scheduler(), "queue", 1, recorder);
            queue.gather();
            for (int i = 0; i < 3; i++) {
                assertThat(queue.offer(new Item(0, i))).isTrue();
                world.scheduler().sleep(1_000_000);
                assertThat(recorder.done).as("nobody else was told").isEmpty();
            }
            queue.assist(0);
            assertThat(recorder.byTask).containsExactly(false, false, false);
            queue.close();
        });
    }

    /** Two items are too few; a third and a fourth make them worth while. */
    @Test
    void fewItemsAreLeftToTheTask() {
        SimWorld world = new SimWorld(1);
        Recorder recorder = new Recorder(world, 1, 0);
        world.run(() -> {
            AssistedQueue<Item> queue = new AssistedQueue<>(world.scheduler(), "queue", 4, recorder);
            bringTwo(queue, 0);
            world.scheduler().sleep(1_000_000);
            assertThat(recorder.byTask).containsExactly(true, true);
            queue.gather();
            assertThat(queue.offer(new Item(1, 0))).isTrue();
            assertThat(queue.offer(new Item(1, 1))).isTrue();
            bringTwo(queue, 2);
            assertThat(recorder.byTask).containsExactly(true, true, false, false, false, false);
            queue.assist(0);
            queue.close();
        });
    }

    @Test
    void whoGoesOnGatheringDoesNotHoldUpFewItemsOfOthers() {
        SimWorld world = new SimWorld(1);
        Recorder recorder = new Recorder(world, 1, 0);
        world.run(() -> {
            AssistedQueue<Item> queue = new AssistedQueue<>(world.scheduler(), "queue", 4, recorder);
            queue.gather();
            bringTwo(queue, 0);
            world.scheduler().sleep(1_000_000);
            assertThat(recorder.byTask).containsExactly(true, true);
            queue.assist(0);
            queue.close();
        });
    }

    private static void bringTwo(AssistedQueue<Item> queue, int source) {
        queue.gather();
        assertThat(queue.offer(new Item(source, 0))).isTrue();
        assertThat(queue.offer(new Item(source, 1))).isTrue();
        queue.assist(source);
    }

    /** To leave little to the task costs a wake-up, and gains nothing where nobody else brings anything. */
    @Test
    void whoIsAloneForLongDoesFewItemsToo() {
        SimWorld world = new SimWorld(1);
        Recorder recorder = new Recorder(world, 1, 0);
        world.run(() -> {
            AssistedQueue<Item> queue = new AssistedQueue<>(world.scheduler(), "queue", 4, recorder);
            for (int time = 1; time <= 8; time++) {
                assertThat(recorder.byTask).doesNotContain(false);
                bringTwo(queue, 0);
                world.scheduler().sleep(1_000_000);
            }
            assertThat(recorder.byTask).hasSize(16).endsWith(true, false, false);
            queue.gather();
            queue.assist(1); // brings nothing, and is nobody to wait for
            bringTwo(queue, 0);
            assertThat(recorder.byTask).hasSize(18).endsWith(false, false);
            bringTwo(queue, 1);
            world.scheduler().sleep(1_000_000);
            bringTwo(queue, 0);
            world.scheduler().sleep(1_000_000);
            assertThat(recorder.byTask).hasSize(22).endsWith(true, true, true, true);
            queue.close();
        });
    }

    @Test
    void whatMeansToWaitIsLeftToTheTask() {
        SimWorld world = new SimWorld(1);
        Recorder recorder = new Recorder(world, 1, 100);
        world.run(() -> {
            AssistedQueue<Item> queue = new AssistedQueue<>(world.scheduler(), "queue", 1, recorder);
            queue.gather();
            assertThat(queue.offer(new Item(0, 0))).isTrue();
            queue.assist(0);
            world.scheduler().sleep(1_000_000);
            assertThat(recorder.byTask).containsExactly(true);
            queue.close();
        });
    }

    @Test
    void aWorkerThatFailsDoesNotStopTheOthers() {
        SimWorld world = new SimWorld(1);
        List<String> done = new ArrayList<>();
        world.run(() -> {
            AssistedQueue<String> queue = new AssistedQueue<>(world.scheduler(), "queue", 1, (items, _) -> {
                if (items.contains("bad")) {
                    throw new IllegalStateException("bad");
                }
                done.addAll(items);
                return items.size();
            });
            queue.gather();
            assertThat(queue.offer("bad")).isTrue();
            assertThatThrownBy(() -> queue.assist(0)).hasMessage("bad");
            assertThat(queue.offer("good")).isTrue();
            queue.close();
        });
        assertThat(done).containsExactly("good");
    }
}
