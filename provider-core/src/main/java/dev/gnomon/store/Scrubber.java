/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Clock;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.observe.EventId;
import dev.gnomon.store.ScrubStatus.Phase;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.ScrubBlock;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Compares everything that shadow copies and volumes need of a store with its checksums, in the background, on a task that
 * exists only meanwhile. Thread-safe.
 *
 * <p><b>Invariants:</b> one scrub at a time; it works through the {@link Throttle}, so it keeps to the rate of all
 * background work and stands still while a set is cut; what it has not written down of its progress, a few seconds of
 * work, is done again after a restart.
 */
public final class Scrubber implements ScrubWalk.Host {
    private static final long SAVE_NANOS = 10_000_000_000L;

    /** Events of one scrub: more would drive everything else out of the event log. The rest is counted. */
    private static final int MAX_TOLD = 1000;

    /** Places that the status lists. */
    private static final int MAX_LISTED = 16;

    private final Store store;
    private final ScrubWalk walk;
    private final ScrubFile file;
    private final Clock clock;
    private final Scheduler scheduler;
    private final Mutex mutex;
    private final List<String> places = new ArrayList<>();
    private ScrubBlock now = new ScrubBlock(0, 0, 0, -1, -1, 0, 0, 0, 0, 0);
    private long told;
    private long savedAt;
    private long wentOnAt;
    private long wentOnBytes;
    private boolean closing;
    private Scheduler.@Nullable Task task;

    Scrubber(Store store, Segments segments, Throttle throttle, ScrubFile file, Clock clock, Scheduler scheduler) {
        this.store = store;
        this.file = file;
        this.clock = clock;
        this.scheduler = scheduler;
        this.mutex = scheduler.newMutex();
        this.walk = new ScrubWalk(store, segments, throttle, this);
    }

    /** Goes on with a scrub that the last stop interrupted; to be called when somebody hears what it tells. */
    public void start() {
        ScrubBlock last = file.read();
        if (last == null) {
            return;
        }
        mutex.lock();
        try {
            now = last;
            if (last.phase() == ScrubBlock.RUNNING && store.writable()) {
                goOn();
            }
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Begins to compare all that shadow copies and volumes need of the store with its checksums, in the background.
     *
     * @return false if that is going on already
     * @throws StoreException if the store takes no changes, or the state of the scrub cannot be written down
     */
    public boolean begin() throws StoreException {
        if (!store.writable()) {
            throw new DeviceException(store.refusal());
        }
        Scheduler.Task last;
        mutex.lock();
        try {
            if (now.phase() == ScrubBlock.RUNNING || closing) {
                return false;
            }
            last = task;
        } finally {
            mutex.unlock();
        }
        if (last != null) {
            last.join(); // It was told to stop, or has just ended.
        }
        long total = walk.totalBytes();
        mutex.lock();
        try {
            if (now.phase() == ScrubBlock.RUNNING || closing) {
                return false;
            }
            ScrubBlock first = new ScrubBlock(
                    now.generation() + 1,
                    ScrubBlock.RUNNING,
                    0,
                    -1,
                    -1,
                    clock.now().toEpochMilli(),
                    0,
                    0,
                    total,
                    0);
            require(first);
            now = first;
            places.clear();
            told = 0;
            goOn();
        } finally {
            mutex.unlock();
        }
        store.tell(EventId.SCRUB_STARTED, "a scrub of " + total + " bytes began");
        return true;
    }

    private void require(ScrubBlock state) throws StoreException {
        try {
            file.write(state);
        } catch (IOException e) {
            throw new DeviceException("writing down the state of the scrub", e);
        }
    }

    private void goOn() {
        wentOnAt = clock.nanoTime();
        wentOnBytes = now.checkedBytes();
        savedAt = wentOnAt;
        ScrubBlock from = now;
        task = scheduler.start("gnomon-scrub", () -> run(from));
    }

    /** Ends a scrub that goes on; returns false if none does. Does not wait for the part that is being read. */
    public boolean halt() throws StoreException {
        ScrubStatus ended;
        mutex.lock();
        try {
            if (now.phase() != ScrubBlock.RUNNING) {
                return false;
            }
            now = ended(ScrubBlock.STOPPED);
            require(now);
            ended = statusLocked();
        } finally {
            mutex.unlock();
        }
        store.tell(EventId.SCRUB_ENDED, "a scrub was stopped: " + outcome(ended));
        return true;
    }

    private ScrubBlock ended(int phase) {
        return new ScrubBlock(
                now.generation() + 1,
                phase,
                now.volume(),
                now.piece(),
                now.epoch(),
                now.begunMillis(),
                clock.now().toEpochMilli(),
                now.checkedBytes(),
                now.totalBytes(),
                now.damaged());
    }

    private void run(ScrubBlock from) {
        boolean all = walk.run(from.volume(), from.piece(), from.epoch());
        ScrubStatus done;
        mutex.lock();
        try {
            if (!all || now.phase() != ScrubBlock.RUNNING) {
                return;
            }
            now = ended(ScrubBlock.DONE);
            save();
            done = statusLocked();
        } finally {
            mutex.unlock();
        }
        store.tell(EventId.SCRUB_ENDED, "a scrub has compared everything: " + outcome(done));
    }

    private static String outcome(ScrubStatus status) {
        return status.checkedBytes() + " bytes compared, " + status.damaged() + " damaged places";
    }

    /** Returns how far the last scrub has come, and what it found. */
    public ScrubStatus status() {
        mutex.lock();
        try {
            return statusLocked();
        } finally {
            mutex.unlock();
        }
    }

    private ScrubStatus statusLocked() {
        Phase phase = switch (now.phase()) {
            case ScrubBlock.RUNNING -> Phase.RUNNING;
            case ScrubBlock.STOPPED -> Phase.STOPPED;
            case ScrubBlock.DONE -> Phase.DONE;
            default -> Phase.NEVER;
        };
        long nanos = clock.nanoTime() - wentOnAt;
        double rate = phase == Phase.RUNNING && nanos > 0 ? (now.checkedBytes() - wentOnBytes) * 1e9 / nanos : 0;
        return new ScrubStatus(
                phase,
                now.begunMillis(),
                now.endedMillis(),
                now.checkedBytes(),
                now.totalBytes(),
                (long) rate,
                now.damaged(),
                places);
    }

    // ---- what the walk tells

    @Override
    public boolean goesOn() {
        mutex.lock();
        try {
            return now.phase() == ScrubBlock.RUNNING && !closing;
        } finally {
            mutex.unlock();
        }
    }

    @Override
    public void checked(long bytes) {
        mutex.lock();
        try {
            now = with(now.generation(), now.volume(), now.piece(), now.epoch(), bytes, 0);
        } finally {
            mutex.unlock();
        }
    }

    @Override
    public void at(int volume, long piece, long epoch) {
        mutex.lock();
        try {
            now = with(now.generation(), volume, piece, epoch, 0, 0);
            if (now.phase() == ScrubBlock.RUNNING && clock.nanoTime() - savedAt >= SAVE_NANOS) {
                now = with(now.generation() + 1, volume, piece, epoch, 0, 0);
                savedAt = clock.nanoTime();
                save();
            }
        } finally {
            mutex.unlock();
        }
    }

    private ScrubBlock with(long generation, int volume, long piece, long epoch, long moreBytes, int moreDamage) {
        return new ScrubBlock(
                generation,
                now.phase(),
                volume,
                piece,
                epoch,
                now.begunMillis(),
                now.endedMillis(),
                now.checkedBytes() + moreBytes,
                now.totalBytes(),
                now.damaged() + moreDamage);
    }

    @Override
    public void damaged(String place) {
        boolean tell;
        boolean last;
        mutex.lock();
        try {
            now = with(now.generation(), now.volume(), now.piece(), now.epoch(), 0, 1);
            if (places.size() < MAX_LISTED) {
                places.add(place);
            }
            told++;
            tell = told <= MAX_TOLD;
            last = told == MAX_TOLD;
        } finally {
            mutex.unlock();
        }
        if (tell) {
            store.tell(EventId.SCRUB_DAMAGE, place + (last ? "; further places are only counted" : ""));
        }
    }

    /** Writes the progress down. If that fails it is only done again after a restart. */
    private void save() {
        try {
            file.write(now);
        } catch (IOException e) {
            savedAt = clock.nanoTime();
        }
    }

    // ---- the end

    /** Lets the task end soon, to be gone on with after the next start. */
    void closing() {
        mutex.lock();
        try {
            closing = true;
        } finally {
            mutex.unlock();
        }
    }

    /** Waits for the task, and writes down where it stands. */
    void close() {
        Scheduler.Task last;
        mutex.lock();
        try {
            last = task;
        } finally {
            mutex.unlock();
        }
        if (last != null) {
            last.join();
        }
        if (store.writable() && now.phase() == ScrubBlock.RUNNING) {
            now = with(now.generation() + 1, now.volume(), now.piece(), now.epoch(), 0, 0);
            save();
        }
        file.close();
    }
}
