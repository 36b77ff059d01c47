/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.observe.EventId;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.SegmentDirectories;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Moves the segments to another directory while they are in use, one after the other. The superblock names both
 * directories from before the first until after the last, so a move that was cut off goes on when the store is opened
 * again. Thread-safe; the work is done by one task, at the rate of background work.
 *
 * <p><b>Invariants:</b> new segments are made in the second directory alone; a segment has its name there only when all of
 * it is durable there ({@link SegmentCopy}); of one that has its name in both nothing is appended to either.
 */
public final class SegmentMover {
    /** A file that says that there is a store, though no segment lies beside the superblock. Its content is for people. */
    static final String MARK = "segments-elsewhere";

    private static final String MARK_TEXT =
            "Segments of this store are in another directory, which the file superblock names.\n";

    /** How long after a failure it is tried again. */
    private static final long RETRY_NANOS = 10_000_000_000L;

    /** How long it is waited at a time for a segment that is just being made in the first directory. */
    private static final long MAKING_NANOS = 50_000_000L;

    private final Storage storage;
    private final Scheduler scheduler;
    private final Store store;
    private final Segments segments;
    private final Throttle throttle;
    private final Mutex mutex;
    private final Mutex.Condition changed;

    // Guarded by the mutex.
    private Scheduler.@Nullable Task task;
    private boolean halted;
    private boolean closing;
    private long movedBytes;
    private String waiting = "";

    SegmentMover(Storage storage, Scheduler scheduler, Store store, Segments segments, Throttle throttle) {
        this.storage = storage;
        this.scheduler = scheduler;
        this.store = store;
        this.segments = segments;
        this.throttle = throttle;
        this.mutex = scheduler.newMutex();
        this.changed = mutex.newCondition();
    }

    /** Returns whether a store's directory shows that the store ever had a segment. */
    static boolean hasSegments(Storage storage, Path own) throws IOException {
        return storage.exists(own.resolve(MARK))
                || !Segments.names(storage, own).isEmpty();
    }

    /** Goes on with a move that the last stop interrupted; to be called when somebody hears what it tells. */
    public void start() {
        if (segments.places().target() != null && store.writable()) {
            goOn();
        }
    }

    private void goOn() {
        mutex.lock();
        try {
            if (!closing) {
                halted = false;
                movedBytes = 0;
                waiting = "";
                task = scheduler.start("gnomon-move", this::run);
            }
        } finally {
            mutex.unlock();
        }
    }

    /** Returns how far it is. */
    public MoveStatus status() {
        SegmentPlaces places = segments.places();
        Path target = places.target();
        long left = target == null ? 0 : segments.countIn(places.home()) * segments.segmentBytes();
        mutex.lock();
        try {
            return new MoveStatus(
                    places.home().toString(), target == null ? "" : target.toString(), movedBytes, left, waiting);
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Begins to move the segments; to where they come from means back. One call at a time. On return the move survives power
     * loss; it goes on in the background.
     *
     * @param to an absolute path; the directory is made if there is none
     * @throws IllegalArgumentException if they cannot go there: they are there, something else is, or too little space
     * @throws IllegalStateException if they are being moved to another directory
     * @throws StoreException if the store takes no changes, or that directory cannot be used
     */
    public void begin(Path to) throws StoreException {
        if (!store.writable()) {
            throw new DeviceException(store.refusal());
        }
        Path target = to.normalize();
        SegmentPlaces now = segments.places();
        requireFree(now, target);
        try {
            if (now.target() != null) {
                halt();
                now = segments.places();
            }
            Path came = now.target(); // null too if it has just come to its end
            if (came == null) {
                requireFit(now, target);
                storage.createDirectories(target);
                requireEmpty(now, target);
                requireSpace(target);
                StoreOpener.makeNamesDurable(storage, target);
                mark(now.own());
            }
            SegmentPlaces next = new SegmentPlaces(now.own(), came == null ? now.home() : came, target);
            name(next);
        } catch (IOException e) {
            throw new DeviceException("moving the segments to " + target, e);
        }
        goOn();
    }

    /** Has the superblock name directories, and then everybody else use them. */
    private void name(SegmentPlaces next) throws IOException {
        try {
            store.state().nameSegments(next.named());
        } catch (IOException e) {
            store.fail("naming the directories of segments: " + e.getMessage()); // Nobody knows which it names.
            throw e;
        }
        segments.places(next);
    }

    /**
     * Returns what a move would do now, and changes nothing.
     *
     * @throws IllegalArgumentException if it would be refused, but for want of space
     * @throws IllegalStateException if it would be
     */
    public MovePlan plan(Path to) throws StoreException {
        if (!store.writable()) {
            throw new DeviceException(store.refusal());
        }
        Path target = to.normalize();
        SegmentPlaces now = segments.places();
        requireFree(now, target);
        Path from = now.target() == null ? now.home() : now.target();
        try {
            if (now.target() == null) {
                requireFit(now, target);
                if (storage.exists(target)) {
                    requireEmpty(now, target);
                }
            }
            long count = segments.countIn(from);
            long bytes = count * segments.segmentBytes();
            return new MovePlan(
                    from.toString(),
                    target.toString(),
                    count,
                    bytes,
                    now.target() == null ? neededBytes() : bytes,
                    storage.usableBytes(existing(target)));
        } catch (IOException e) {
            throw new DeviceException("looking at " + target, e);
        }
    }

    /** Returns the nearest directory above that is there, whose file system a new one would be in. */
    private Path existing(Path target) throws IOException {
        Path at = target;
        while (at.getParent() != null && !storage.exists(at)) {
            at = at.getParent();
        }
        return at;
    }

    private static void requireFree(SegmentPlaces now, Path target) {
        if (now.target() != null && !target.equals(now.home())) {
            throw new IllegalStateException("segments are being moved from " + now.home() + " to " + now.target()
                    + "; wait for the end of that, or move them back to " + now.home());
        }
    }

    private static void requireFit(SegmentPlaces now, Path target) {
        if (!target.isAbsolute() || !SegmentDirectories.fits(target.toString())) {
            throw new IllegalArgumentException("directory of the segments: " + target
                    + "; allowed is an absolute path of at most " + SegmentDirectories.MAX_PATH_BYTES + " bytes");
        }
        if (target.equals(now.home())) {
            throw new IllegalArgumentException("segments are in " + target + " already");
        }
    }

    private void requireEmpty(SegmentPlaces now, Path target) throws IOException {
        List<String> there = target.equals(now.own()) ? Segments.names(storage, target) : storage.list(target);
        if (!there.isEmpty()) {
            throw new IllegalArgumentException(
                    "directory " + target + " is not empty: expected a new or empty one, found " + there.getFirst()
                            + (there.size() == 1 ? "" : " and " + (there.size() - 1) + " more"));
        }
    }

    private long neededBytes() {
        return segments.allocatedBytes() + segments.segmentBytes();
    }

    private void requireSpace(Path target) throws IOException {
        long needed = neededBytes();
        long usable = storage.usableBytes(target);
        if (usable < needed) {
            throw new IllegalArgumentException("no space in " + target + ": expected at least " + needed
                    + " bytes for the segments and the next one, found " + usable);
        }
    }

    private void mark(Path own) throws IOException {
        Path mark = own.resolve(MARK);
        if (!storage.exists(mark)) {
            try (StorageFile file = storage.open(mark, Storage.Mode.CREATE_NEW)) {
                file.write(ByteBuffer.wrap(MARK_TEXT.getBytes(StandardCharsets.UTF_8)), 0);
                file.force();
            }
        }
        storage.syncDirectory(own); // It may be left by a process that was killed here.
    }

    private void halt() {
        Scheduler.Task last;
        mutex.lock();
        try {
            halted = true;
            changed.signalAll();
            last = task;
        } finally {
            mutex.unlock();
        }
        if (last != null) {
            last.join();
        }
    }

    private void run() {
        boolean goesOn = true;
        while (goesOn && !stopping() && store.writable()) {
            SegmentPlaces places = segments.places();
            try {
                goesOn = step(places);
                waits("");
            } catch (IOException e) {
                if (store.writable() && !stopping()) {
                    waits(String.valueOf(e.getMessage()));
                    await(RETRY_NANOS);
                }
            }
        }
    }

    /** Moves one segment; returns whether there may be more. */
    private boolean step(SegmentPlaces places) throws IOException {
        Path home = places.home();
        boolean making = segments.maker().isMakingIn(home); // Before it is looked for, or it might come in between.
        int number = segments.firstIn(home);
        if (number >= 0) {
            if (new SegmentCopy(storage, store, segments, throttle, number, places).move(this::stopping)) {
                moved();
            }
        } else if (making) {
            await(MAKING_NANOS);
        } else {
            finish(places);
            return false;
        }
        return true;
    }

    /** Leaves nothing behind, and has the superblock name the second directory alone. */
    private void finish(SegmentPlaces places) throws IOException {
        throttle.begin();
        try {
            segments.maker().deleteSparesIn(places.home());
            for (String name : storage.list(places.home())) {
                if (name.matches("segment-\\d{8}(\\" + SegmentPlaces.COPY + ")?")) {
                    storage.delete(places.home().resolve(name)); // half-made, or a spare of an earlier process
                }
            }
            storage.syncDirectory(places.home());
            name(new SegmentPlaces(places.own(), places.forNew(), null));
            if (places.forNew().equals(places.own())) {
                storage.delete(places.own().resolve(MARK));
            }
        } finally {
            throttle.end(0);
        }
        store.tell(
                EventId.DIFF_AREA_MOVED,
                "the segments of the diff area are in " + places.forNew() + " now, none in " + places.home());
    }

    private void moved() {
        mutex.lock();
        try {
            movedBytes += segments.segmentBytes();
        } finally {
            mutex.unlock();
        }
    }

    /** Notes why it cannot get on, and tells it when it begins. */
    private void waits(String reason) {
        boolean tell;
        mutex.lock();
        try {
            tell = waiting.isEmpty() && !reason.isEmpty();
            waiting = reason;
        } finally {
            mutex.unlock();
        }
        if (tell) {
            store.tell(
                    EventId.DIFF_AREA_MOVE_WAITS,
                    "moving segments to " + segments.places().forNew() + ": " + reason);
        }
    }

    private void await(long nanos) {
        mutex.lock();
        try {
            if (!halted && !closing) {
                changed.await(nanos);
            }
        } finally {
            mutex.unlock();
        }
    }

    private boolean stopping() {
        mutex.lock();
        try {
            return halted || closing;
        } finally {
            mutex.unlock();
        }
    }

    /** Ends the task; the next opening goes on. */
    void close() {
        mutex.lock();
        try {
            closing = true;
        } finally {
            mutex.unlock();
        }
        throttle.hurry();
        halt();
    }
}
