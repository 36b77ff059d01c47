/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

/**
 * A simulated machine while one process runs on it: ports that share a seed and a scheduler. Cheap; make one per run.
 *
 * <pre>{@code
 * SimWorld world = new SimWorld(seed);
 * world.storage().listen(event -> points.add(CrashPoint.of(world.storage().image(), Level.L1, 512)));
 * world.run(() -> { ... the real engine on world.storage(), world.scheduler(), ... });
 * SimWorld next = new SimWorld(seed + 1, world.storage().image().cutKeepingNone());
 * }</pre>
 */
public final class SimWorld {
    private final SimScheduler scheduler;
    private final SimClock clock;
    private final SimRandom random;
    private final SimStorage storage;

    /** Starts a process on a fresh machine. */
    public SimWorld(long seed) {
        this(seed, SimImage.EMPTY);
    }

    /** Starts a process on what an earlier one left. */
    public SimWorld(long seed, SimImage image) {
        Xoshiro256 seeds = new Xoshiro256(seed);
        scheduler = new SimScheduler(seeds.nextLong());
        clock = new SimClock(scheduler);
        random = new SimRandom(seeds.nextLong());
        storage = new SimStorage(scheduler, image, seeds.nextLong());
    }

    /** Runs main and all that it starts; see {@link SimScheduler#run}. */
    public SimScheduler.Outcome run(Runnable main) {
        return scheduler.run(main);
    }

    /** Returns the port for tasks and waits. */
    public SimScheduler scheduler() {
        return scheduler;
    }

    /** Returns the port for time. */
    public SimClock clock() {
        return clock;
    }

    /** Returns the port for randomness. */
    public SimRandom random() {
        return random;
    }

    /** Returns the port for files. */
    public SimStorage storage() {
        return storage;
    }
}
