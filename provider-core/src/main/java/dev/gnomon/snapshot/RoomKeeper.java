/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import dev.gnomon.io.Clock;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Turn;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.DiffAreaUsage;
import dev.gnomon.store.Store;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes room in the diff area: keeps first overwrites that found none, has the space of deleted copies given back, and
 * then does what the volume's {@link WhenFull} says. One task.
 *
 * <p>A write that waits here has left its gate, so no cut waits for it, and is not acknowledged. What is acknowledged and
 * staged finds its room promised by {@link dev.gnomon.store.Room}; only where a file system has less than it seemed to
 * does a volume's settling task come here too.
 *
 * <p><b>Invariants:</b> a copy is dropped only when all that deletes left was given back and there is still no room, the
 * volume's own oldest that is not held, one before there is another look; each is told before it goes; it is a delete like
 * any other: hidden at once, preserved for until its record is durable.
 */
final class RoomKeeper {
    /** How long after a look that found no room there is another one, if nobody comes before. */
    private static final long LOOK_NANOS = 1_000_000_000L;

    /** How long it is waited for promised room that may not be needed, a step at a time, before a copy goes. */
    private static final long SETTLING_NANOS = 2_000_000_000L;

    private static final long SETTLING_STEP_NANOS = 20_000_000L;

    private final Store store;
    private final Clock clock;
    private final Turn turn;
    private final Copies copies;
    private final WhenFull otherwise;
    private final Events events;
    private final Mutex mutex;
    private final Mutex.Condition changed;
    private final Scheduler.Task task;

    // Guarded by the mutex.
    private final Map<Integer, Need> needs = new TreeMap<>();
    private boolean closing;

    /** What one volume waits for. Its lists are guarded by the mutex, the rest is the task's. */
    private static final class Need {
        private final LiveVolume volume;
        private List<Parked> parked = new ArrayList<>();
        private boolean settling;
        private boolean told;

        Need(LiveVolume volume) {
            this.volume = volume;
        }
    }

    private record Parked(WriteRequest request, long since) {}

    RoomKeeper(
            Store store,
            Clock clock,
            Scheduler scheduler,
            Turn turn,
            Copies copies,
            WhenFull otherwise,
            Events events) {
        this.store = store;
        this.clock = clock;
        this.turn = turn;
        this.copies = copies;
        this.otherwise = otherwise;
        this.events = events;
        this.mutex = scheduler.newMutex();
        this.changed = mutex.newCondition();
        this.task = scheduler.start("gnomon-room", this::run);
    }

    /** Keeps a first overwrite that found no room and has left its gate; it is dispatched again, or refused. */
    void park(WriteRequest request) {
        mutex.lock();
        try {
            if (!closing) {
                need(request.volume()).parked.add(new Parked(request, clock.nanoTime()));
                changed.signalAll();
                return;
            }
        } finally {
            mutex.unlock();
        }
        request.completion().complete(IoStatus.GONE);
    }

    /** Notes that what a volume has staged found no room. */
    void starved(LiveVolume volume) {
        mutex.lock();
        try {
            need(volume).settling = true;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    private Need need(LiveVolume volume) {
        Need known = needs.get(volume.number());
        if (known == null || known.volume != volume) {
            known = new Need(volume);
            needs.put(volume.number(), known);
        }
        return known;
    }

    /** Returns what the volume does when there is no room. */
    WhenFull whenFull(LiveVolume volume) {
        return VolumeProperties.whenFull(properties(volume), otherwise);
    }

    private Map<String, String> properties(LiveVolume volume) {
        Catalog.VolumeEntry entry = store.catalog().volume(volume.number());
        return entry == null ? Map.of() : entry.properties();
    }

    /** Refuses what waits and ends the task; nothing is kept any more. Must not be called under the {@link Turn}. */
    void close() {
        mutex.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
        store.diffArea().lookAgain();
        task.join();
        for (Need need : needs.values()) {
            refuse(need, IoStatus.GONE, Long.MAX_VALUE);
        }
    }

    private void run() {
        boolean short_ = false;
        while (awaitNeeds(short_)) {
            short_ = look();
        }
    }

    private boolean awaitNeeds(boolean stillShort) {
        mutex.lock();
        try {
            if (stillShort && !closing) {
                changed.await(LOOK_NANOS);
            }
            while (!closing && waiting().isEmpty()) {
                changed.await();
            }
            return !closing;
        } finally {
            mutex.unlock();
        }
    }

    private List<Need> waiting() {
        return needs.values().stream()
                .filter(need -> need.settling || !need.parked.isEmpty())
                .toList();
    }

    /** Looks after all who wait; returns whether there is nothing to do for some of them but wait. */
    private boolean look() {
        List<Need> all;
        mutex.lock();
        try {
            all = waiting();
        } finally {
            mutex.unlock();
        }
        boolean waits = false;
        for (Need need : all) {
            store.diffArea().askForSpace(); // or a volume would be told that it is full by an answer of long ago
            if (!helped(need)) {
                store.diffArea().awaitReclaimed(() -> isClosing() || hasRoom(need));
                awaitSettled(need);
                if (!helped(need) && !isClosing()) {
                    waits |= !decide(need);
                }
            }
        }
        return waits;
    }

    /** Lets what is staged settle: it was promised more than it will take, or none any more. */
    private void awaitSettled(Need need) {
        long begun = clock.nanoTime();
        while (!hasRoom(need) && mayBeEnough(need) && clock.nanoTime() - begun < SETTLING_NANOS) {
            mutex.lock();
            try {
                if (closing) {
                    return;
                }
                changed.await(SETTLING_STEP_NANOS);
            } finally {
                mutex.unlock();
            }
        }
    }

    private boolean mayBeEnough(Need need) {
        int pieces;
        mutex.lock();
        try {
            if (need.settling || need.parked.isEmpty()) {
                return false;
            }
            pieces = need.parked.getFirst().request.pieces();
        } finally {
            mutex.unlock();
        }
        return need.volume.share().isRoomWithoutPromises(pieces);
    }

    /** Returns how full the diff area is, for people. */
    String fill() {
        DiffAreaUsage usage = store.diffArea().usage();
        return usage.limitBytes() == 0
                ? "its file system gives no more than the " + usage.allocatedBytes() + " bytes that it takes"
                : usage.countedBytes() + " bytes count towards its limit of " + usage.limitBytes();
    }

    /** Returns what is full for one who waits, its volume's share or all of it. */
    private String fill(Need need) {
        long pieces;
        mutex.lock();
        try {
            pieces = need.parked.isEmpty() ? 0 : need.parked.getFirst().request.pieces();
        } finally {
            mutex.unlock();
        }
        String share = need.volume.share().fill(pieces);
        return share.isEmpty() ? fill() : share;
    }

    private boolean isClosing() {
        mutex.lock();
        try {
            return closing;
        } finally {
            mutex.unlock();
        }
    }

    private boolean helped(Need need) {
        if (!hasRoom(need)) {
            return false;
        }
        List<Parked> parked;
        boolean settling;
        mutex.lock();
        try {
            parked = need.parked;
            need.parked = new ArrayList<>();
            settling = need.settling;
            need.settling = false;
        } finally {
            mutex.unlock();
        }
        if (settling) {
            need.volume.settler().retry(); // and comes again if that was not enough
        }
        for (Parked each : parked) {
            need.volume.writes().dispatch(each.request);
        }
        if (need.told) {
            need.told = false;
            events.tell(Event.ofVolume(
                    EventId.VOLUME_SETTLES, need.volume.name(), "the diff area has room for first overwrites again"));
        }
        return true;
    }

    /** Returns whether the first who waits would find room, or needs none any more. */
    private boolean hasRoom(Need need) {
        WriteRequest first;
        boolean settling;
        mutex.lock();
        try {
            first = need.parked.isEmpty() ? null : need.parked.getFirst().request;
            settling = need.settling;
        } finally {
            mutex.unlock();
        }
        if (!store.writable() || !need.volume.gate().owesToCopies()) {
            return true;
        }
        return (!settling
                        || store.diffArea().room().availableBytes()
                                >= store.diffArea().settlingBytes())
                && (first == null || need.volume.share().isRoomFor(first.pieces()));
    }

    /** Does what the volume's policy says; returns whether there is reason to look again at once. */
    private boolean decide(Need need) {
        WhenFull policy = whenFull(need.volume);
        if (!need.told) {
            need.told = true;
            events.tell(Event.ofVolume(
                    EventId.DIFF_AREA_FULL,
                    need.volume.name(),
                    "no room for first overwrites (" + fill(need) + "); " + policy.word()));
        }
        switch (policy) {
            case DROP_OLDEST -> {
                if (!store.diffArea().reclaims()) {
                    hold(need); // To drop any would give nothing back now.
                    return false;
                }
                if (drop(need.volume, fill(need))) {
                    return true;
                }
                refuse(need, IoStatus.NO_SPACE, Long.MAX_VALUE);
            }
            case HOLD -> hold(need);
            case REFUSE -> refuse(need, IoStatus.NO_SPACE, Long.MAX_VALUE);
        }
        return false;
    }

    private void hold(Need need) {
        long held = VolumeProperties.holdSeconds(properties(need.volume)) * 1_000_000_000L;
        refuse(need, IoStatus.NO_SPACE, clock.nanoTime() - held);
    }

    /** Drops the oldest copy that may be; returns whether there was one and it is gone. */
    private boolean drop(LiveVolume volume, String fill) {
        turn.take();
        try {
            Catalog catalog = store.catalog();
            Catalog.CopyEntry oldest = oldest(catalog, volume.number());
            if (oldest == null) {
                return false;
            }
            CopyInfo info = copies.find(oldest.id().toString());
            events.tell(new Event(
                    EventId.COPY_DROPPED,
                    volume.name(),
                    info.exportName(),
                    "",
                    "dropped for want of room (DIFF_AREA_FULL): " + fill));
            copies.delete(List.of(info));
            return true;
        } catch (EngineException e) {
            events.tell(Event.ofVolume(
                    EventId.COPY_NOT_DROPPED, volume.name(), "the oldest shadow copy stays: " + e.getMessage()));
            return false;
        } finally {
            turn.release();
        }
    }

    private static Catalog.@Nullable CopyEntry oldest(Catalog catalog, int volume) {
        Catalog.VolumeEntry entry = catalog.volume(volume);
        if (entry != null) {
            for (Catalog.CopyEntry copy : entry.copies()) {
                if (!catalog.isHeld(copy.id()) && !catalog.isRevertSource(copy.id())) {
                    return copy;
                }
            }
        }
        return null;
    }

    /** Ends those that wait since that time or longer. */
    private void refuse(Need need, IoStatus status, long since) {
        List<Parked> refused = new ArrayList<>();
        mutex.lock();
        try {
            List<Parked> kept = new ArrayList<>();
            for (Parked each : need.parked) {
                (each.since - since <= 0 || since == Long.MAX_VALUE ? refused : kept).add(each);
            }
            need.parked = kept;
        } finally {
            mutex.unlock();
        }
        refused.forEach(each -> each.request.completion().complete(status));
    }
}
