/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.cost;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.snapshot.CopyOnWriteEngine;
import dev.gnomon.snapshot.Engine.Allocation;
import dev.gnomon.snapshot.EngineConfig;
import dev.gnomon.snapshot.LiveVolume;
import dev.gnomon.snapshot.SetRequest;
import dev.gnomon.snapshot.ShadowCopy;
import dev.gnomon.store.StoreConfig;
import dev.gnomon.testkit.CountingStorage;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimWorld;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The real engine with one volume on a simulated machine that counts: one task runs at a time and the seed chooses which, so a
 * count is the same each time.
 */
final class CountedEngine {
    static final int PIECE = 4096;

    /** Longer than released data waits for the force that lets it be written straight. */
    static final long SETTLED_NANOS = 7_000_000_000L;

    /** What a force takes, and a read or write: so long that who submits meanwhile has submitted all that he may. */
    private static final long FORCE_NANOS = 1_000_000;

    private static final long TRANSFER_NANOS = 20_000;

    /** One write in each 64 KiB, so that no two share a chunk. */
    private static final long STRIDE = 64 << 10;

    private static final StoreConfig STORE = new StoreConfig(Path.of("/store"), 16 << 10, 4 << 20, 1 << 20);

    private final SimWorld world;
    private final CountingStorage storage;
    private final CopyOnWriteEngine engine;

    /** What a test does with it. */
    interface Script {
        void run(CountedEngine counted) throws Exception;
    }

    private CountedEngine(SimWorld world, CountingStorage storage, CopyOnWriteEngine engine) {
        this.world = world;
        this.storage = storage;
        this.engine = engine;
    }

    /** Runs a script on a fresh machine, whose volume {@code v} has place for so many strided writes, all written to. */
    static void run(long seed, int places, Script script) {
        SimWorld world = new SimWorld(seed);
        world.run(() -> {
            try {
                CountingStorage storage = new CountingStorage(world.storage());
                storage.pace(kind -> world.scheduler().sleep(kind == IoKind.FORCE ? FORCE_NANOS : TRANSFER_NANOS));
                try (CopyOnWriteEngine engine = CopyOnWriteEngine.open(
                        new EngineConfig(STORE), storage, world.clock(), world.scheduler(), world.random())) {
                    CountedEngine counted = new CountedEngine(world, storage, engine);
                    engine.createVolume("v", Path.of("/v"), places * STRIDE, Allocation.SPARSE);
                    counted.writeAll(places, 1, false, 1);
                    script.run(counted);
                }
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
    }

    LiveVolume volume() {
        return Objects.requireNonNull(engine.liveVolume("v"));
    }

    Scheduler scheduler() {
        return world.scheduler();
    }

    CountingStorage.Counts counts() {
        return storage.counts();
    }

    /** Takes a copy, whose own cost is over when this returns. */
    ShadowCopy copy(String name) throws Exception {
        engine.createSet(new SetRequest(List.of("v"), name, Map.of()));
        sleep(SETTLED_NANOS);
        return Objects.requireNonNull(engine.shadowCopy(engine.copy("v@" + name).id()));
    }

    void sleep(long nanos) {
        world.scheduler().sleep(nanos);
    }

    /** Writes to so many places, at most {@code depth} at a time, and returns when all are acknowledged. */
    void writeAll(int places, int depth, boolean forced, long number) {
        Window window = new Window(depth);
        for (int place = 0; place < places; place++) {
            window.begin();
            volume().write(place * STRIDE, piece(number), forced, window);
        }
        window.awaitEmpty();
    }

    void readAll(int places) {
        for (int place = 0; place < places; place++) {
            require(volume().read(place * STRIDE, ByteBuffer.allocate(PIECE)));
        }
    }

    static void readAll(ShadowCopy copy, int places) {
        for (int place = 0; place < places; place++) {
            require(copy.read(place * STRIDE, ByteBuffer.allocate(PIECE)));
        }
    }

    /** Writes one piece and has everything forced, as a client that commits does. */
    void commit(int place, long number) {
        Window window = new Window(1);
        window.begin();
        volume().write(place * STRIDE, piece(number), false, window);
        window.awaitEmpty();
        flush();
    }

    void flush() {
        Window window = new Window(1);
        window.begin();
        volume().flush(window);
        window.awaitEmpty();
    }

    private static ByteBuffer piece(long number) {
        ByteBuffer bytes = ByteBuffer.allocate(PIECE);
        while (bytes.hasRemaining()) {
            bytes.putLong(number);
        }
        return bytes.flip();
    }

    private static void require(IoStatus status) {
        if (status != IoStatus.OK) {
            throw new IllegalStateException("expected OK, got " + status);
        }
    }

    /** Bounds how many requests are under way. */
    private final class Window implements Completion {
        private final Mutex mutex = world.scheduler().newMutex();
        private final Mutex.Condition changed = mutex.newCondition();
        private final int depth;
        private int underWay;

        Window(int depth) {
            this.depth = depth;
        }

        void begin() {
            await(depth - 1);
            mutex.lock();
            underWay++;
            mutex.unlock();
        }

        void awaitEmpty() {
            await(0);
        }

        private void await(int most) {
            mutex.lock();
            try {
                while (underWay > most) {
                    changed.await();
                }
            } finally {
                mutex.unlock();
            }
        }

        @Override
        public void complete(IoStatus status) {
            require(status);
            mutex.lock();
            try {
                underWay--;
                changed.signalAll();
            } finally {
                mutex.unlock();
            }
        }
    }
}
