/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.observe;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Keeps the newest events, and hands each once to whoever writes them down. Thread-safe.
 *
 * <p><b>Invariants:</b> at most {@link #CAPACITY} events are held; sequence numbers rise, within one life by one; between a pause and its
 * resume none is handed out; the lock is held over memory operations only.
 */
public final class EventRecorder implements Events {
    /** Newest events that are kept. With the longest messages they take some 10 MB, usually less than one. */
    public static final int CAPACITY = 4_096;

    /** What may repeat is told once in this time. */
    private static final Duration REPEAT_WINDOW = Duration.ofMinutes(1);

    /** Subjects whose repeats are counted; of more, the oldest is told again. */
    private static final int MAX_COUNTED = 256;

    /** How long a pause waits for a write under way; a device that hangs must not hold a cut up. */
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Supplier<Instant> clock;
    private final ArrayDeque<RecordedEvent> history = new ArrayDeque<>();
    private final ArrayDeque<RecordedEvent> unwritten = new ArrayDeque<>();
    private final Map<Subject, Repeats> repeats = new LinkedHashMap<>();
    private final Map<EventId, Long> counts = new EnumMap<>(EventId.class);
    private long lastSequence;
    private int pauses;
    private boolean writing;
    private boolean closed;

    private record Subject(EventId id, String volume, String copy, String set) {}

    private record Repeats(Instant recorded, long suppressed) {}

    /**
     * Creates an empty history.
     *
     * @param clock the wall clock
     */
    public EventRecorder(Supplier<Instant> clock) {
        this.clock = clock;
    }

    /** Puts events of an earlier life, oldest first, before those to come; called before the first is told. */
    public void restore(List<RecordedEvent> earlier) {
        lock.lock();
        try {
            for (RecordedEvent event : earlier) {
                if (event.sequence() > lastSequence) {
                    lastSequence = event.sequence();
                    remember(event);
                }
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void tell(Event event) {
        Instant now = clock.get();
        lock.lock();
        try {
            counts.merge(event.id(), 1L, Long::sum);
            long suppressed = event.id().mayRepeat() ? repeated(event, now) : 0;
            if (suppressed < 0) {
                return;
            }
            RecordedEvent recorded = new RecordedEvent(++lastSequence, now, suppressed, event);
            remember(recorded);
            if (unwritten.size() == CAPACITY) {
                unwritten.removeFirst();
            }
            unwritten.addLast(recorded);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns how many repeats came since the last that was recorded; negative if this is one more of them. */
    private long repeated(Event event, Instant now) {
        Subject subject = new Subject(event.id(), event.volume(), event.copy(), event.set());
        Repeats last = repeats.get(subject);
        if (last != null && now.isBefore(last.recorded().plus(REPEAT_WINDOW))) {
            repeats.put(subject, new Repeats(last.recorded(), last.suppressed() + 1));
            return -1;
        }
        repeats.remove(subject);
        if (repeats.size() == MAX_COUNTED) {
            repeats.remove(repeats.keySet().iterator().next());
        }
        repeats.put(subject, new Repeats(now, 0));
        return last == null ? 0 : last.suppressed();
    }

    private void remember(RecordedEvent event) {
        if (history.size() == CAPACITY) {
            history.removeFirst();
        }
        history.addLast(event);
    }

    /** Returns the events that are kept, oldest first, with a sequence above one and a time not before another. */
    public List<RecordedEvent> list(long afterSequence, Instant since) {
        List<RecordedEvent> found = new ArrayList<>();
        lock.lock();
        try {
            for (RecordedEvent event : history) {
                if (event.sequence() > afterSequence && !event.time().isBefore(since)) {
                    found.add(event);
                }
            }
        } finally {
            lock.unlock();
        }
        return found;
    }

    /** Returns how often each event was told since the start, repeats included. */
    public Map<EventId, Long> counts() {
        lock.lock();
        try {
            return new EnumMap<>(counts);
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void pause() {
        lock.lock();
        try {
            pauses++;
            long left = PAUSE_NANOS;
            while (writing && left > 0) {
                left = awaitChange(left);
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void resume() {
        lock.lock();
        try {
            if (pauses == 0) {
                throw new IllegalStateException("events were resumed without having been paused");
            }
            pauses--;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for events to write down. The caller writes them and then calls {@link #written}, before the next take.
     *
     * @return oldest first; empty once the recorder was closed and everything was handed out
     */
    public List<RecordedEvent> take() {
        lock.lock();
        try {
            while ((unwritten.isEmpty() || pauses > 0) && !closed) {
                awaitChange(Long.MAX_VALUE);
            }
            List<RecordedEvent> taken = List.copyOf(unwritten);
            unwritten.clear();
            writing = !taken.isEmpty();
            return taken;
        } finally {
            lock.unlock();
        }
    }

    /** Says that what was taken last is written. */
    public void written() {
        lock.lock();
        try {
            writing = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits, at most so long, until everything told is written; returns whether it is. For a process about to end. */
    public boolean awaitWritten(Duration most) {
        lock.lock();
        try {
            long left = most.toNanos();
            while ((writing || !unwritten.isEmpty()) && left > 0) {
                left = awaitChange(left);
            }
            return !writing && unwritten.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    /** Ends the writer once it has everything; a pause ends too. What is told later is kept, and not handed out. */
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @SuppressWarnings("WaitNotInLoop") // Every caller loops.
    private long awaitChange(long nanos) {
        try {
            return changed.awaitNanos(nanos);
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts threads here", e);
        }
    }
}
