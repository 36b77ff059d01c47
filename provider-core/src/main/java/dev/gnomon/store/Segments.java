/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.Mutex;
import dev.gnomon.io.NoSpaceException;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.BatchHeader;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.SegmentHeader;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The segment files of the log. Each is written full of zeros and forced, its name made durable, before a batch goes
 * into it: appending then never grows a file. A task prepares the next one ahead of need, and has the superblock name it
 * before it is used, so that a file that is lost later is missed. A segment that is dead, since nothing names anything in
 * it, is deleted, or becomes the next one under a new number without being written again.
 *
 * <p>While there are shadow copies one more segment than the log uses is always there, ahead of it or spare: space to
 * empty others into, and for the catalog, when the file system or the limit gives no more.
 *
 * <p>Thread-safe. <b>Invariants:</b> the files of {@link #file} have headers that are durable and theirs; numbers only
 * rise, so that no place in the log means two things; a segment stops to be there before anything happens to its file
 * (I5).
 */
final class Segments implements AutoCloseable {
    private static final int ZEROS_BYTES = 1 << 20;

    /** Dead segments that are kept for the log to go on in; the others give their space back. */
    private static final int MAX_SPARES = 1;

    private final Storage storage;
    private volatile SegmentPlaces places;
    private final UUID store;
    private final long segmentBytes;
    private final Mutex mutex;
    private final Mutex.Condition changed;
    private volatile @Nullable StorageFile[] files = new StorageFile[0];
    private final List<Path> dead = new ArrayList<>();
    private final List<Path> spares = new ArrayList<>();
    private long freedBytes;

    /** How many files there are, spares and one that is changing its number among them. */
    private final AtomicInteger taken = new AtomicInteger();

    private final Map<Integer, PunchedSegment> punched = new ConcurrentHashMap<>();
    private final AtomicLong punchedBytes = new AtomicLong();

    /** How many of {@link #files} are there; under the mutex. */
    private int there;

    /** How many spares there are, for who does not take the mutex. */
    private volatile int spare;

    private long readOnlyFeatures;
    private int wanted;

    /** The first segment that this process makes. */
    private int madeFrom;

    /** So many segments are to be there besides those that are wanted, ahead or spare. */
    private int reserved;

    private boolean starved;

    /** The file system had no space at the last try, and no segment was deleted since. Asking again does not change it. */
    private volatile boolean refused;

    private @Nullable IOException failure;

    /** The superblock may name the segment that was being made, or not: nothing may be tried again. */
    private boolean doubtful;

    private boolean closing;

    /** Where a segment is just being made. */
    private @Nullable Path makingIn;

    private boolean making;
    private int waiting;
    private int still;

    private Scheduler.@Nullable Task preparer;

    /** Says whether the limit of the store admits more files. */
    interface Limit {
        /** Returns whether so many more bytes may be taken. */
        boolean admits(long bytes);
    }

    /** Takes the count of segments that are ready, before the newest is used. */
    interface Registrar {
        /** Writes it down; on return it is durable. */
        void ready(int count) throws IOException;
    }

    Segments(Storage storage, Scheduler scheduler, SegmentPlaces places, UUID store, long segmentBytes) {
        this.storage = storage;
        this.places = places;
        this.store = store;
        this.segmentBytes = segmentBytes;
        this.mutex = scheduler.newMutex();
        this.changed = mutex.newCondition();
    }

    static String name(int number) {
        return String.format(Locale.ROOT, "segment-%08d", number);
    }

    /** Returns the names of segment files in a directory, in order. */
    static List<String> names(Storage storage, Path directory) throws IOException {
        List<String> names = new ArrayList<>();
        for (String name : storage.list(directory)) {
            if (name.matches("segment-\\d{8}")) {
                names.add(name);
            }
        }
        return names;
    }

    /**
     * Opens the segments that count, forces them and checks their headers and sizes: those that runs name and those from
     * the start of the log on. A last file that the superblock does not name yet, that has not the header of its number and
     * holds no batch from the start on, was being prepared when the machine stopped; it is left out.
     *
     * @param named one more than the highest number that the superblock names
     * @throws CorruptionException if one of these is missing, or the header or size of one that counts is wrong
     */
    void openAll(boolean writable, Checkpoints.Loaded loaded, long named) throws StoreException {
        int start = loaded.start().segment();
        int[] pieces = loaded.runs().pieces(start);
        try {
            if (writable) {
                syncDirectories(); // A process killed while it prepared a segment left a name in doubt.
            }
            SegmentPlaces.Found found = places.find(storage);
            dead.addAll(found.leftOver());
            int end = found.end();
            for (int number = 0; number < Math.max(end, named); number++) {
                Path path = found.files().get(number);
                if (number < start && pieces[number] == 0) {
                    if (path != null) {
                        dead.add(path);
                    }
                    continue;
                }
                if (path == null) {
                    throw new CorruptionException(
                            places.all().getLast().resolve(name(number)).toString(),
                            0,
                            "segment of the log",
                            "a file" + (places.target() == null ? "" : ", there or in " + places.home()),
                            "none");
                }
                StorageFile file = storage.open(path, writable ? Storage.Mode.READ_WRITE : Storage.Mode.READ_ONLY);
                if (writable) {
                    file.force();
                }
                boolean unnamed = number >= named && number == end - 1;
                if (unnamed && isHalfMade(file, number, loaded.start().nextSequence())) {
                    file.close();
                } else {
                    addTaken(number, file);
                    requireHeader(file, number);
                }
            }
        } catch (IOException e) {
            throw new DeviceException("opening the segments in " + places.forNew(), e);
        }
        wanted = count();
        madeFrom = count();
    }

    private void syncDirectories() throws IOException {
        for (Path directory : places.all()) {
            storage.syncDirectory(directory);
        }
    }

    /** Returns whether the header was never completed: it is not that of the number, and no batch lies behind it. */
    private boolean isHalfMade(StorageFile file, int number, long firstSequence) throws IOException {
        ByteBuffer header = headerOf(file);
        if (SegmentHeader.intact(header) && SegmentHeader.number(header) == number) {
            return false;
        }
        SegmentReader reader = new SegmentReader(store, segmentBytes, file, true);
        for (long at = SegmentHeader.BYTES; at < segmentBytes; at += BatchHeader.ALIGNMENT_BYTES) {
            if (reader.head(at) > 0 && BatchHeader.sequence(reader.buffer(), reader.start(at)) >= firstSequence) {
                return false; // Older ones are from an earlier life of the file.
            }
        }
        return true;
    }

    private void requireHeader(StorageFile file, int number) throws IOException, StoreException {
        String name = file.path().toString();
        ByteBuffer header = headerOf(file);
        SegmentHeader.require(header, name, store, number, segmentBytes);
        readOnlyFeatures |= SegmentHeader.readOnlyFeatures(header);
        if (file.sizeBytes() != segmentBytes) {
            throw new CorruptionException(name, 0, "size of the segment file", segmentBytes, file.sizeBytes());
        }
    }

    private static ByteBuffer headerOf(StorageFile file) throws IOException {
        ByteBuffer block = Arena.ofAuto().allocate(SegmentHeader.BYTES, 4096).asByteBuffer();
        file.readAroundCache(block, 0);
        return block.clear();
    }

    /** Starts the task that prepares segments ahead. */
    void start(Scheduler scheduler, Registrar registrar, Limit limit) {
        preparer = scheduler.start("gnomon-segments", () -> prepareAhead(registrar, limit));
    }

    /** Returns the read-only compatible features of the headers that {@link #openAll} read. */
    long readOnlyFeatures() {
        return readOnlyFeatures;
    }

    /** Returns one more than the number of the last segment that is ready. */
    int count() {
        return files.length;
    }

    /** Returns a segment that is there. */
    StorageFile file(int number) {
        StorageFile file = fileOrNull(number);
        if (file == null) {
            throw new IllegalStateException(name(number) + " is not there");
        }
        return file;
    }

    /** Returns a segment, or null if it is not there, perhaps not any more. */
    @Nullable
    StorageFile fileOrNull(int number) {
        @Nullable StorageFile[] now = files;
        return number < now.length ? now[number] : null;
    }

    long segmentBytes() {
        return segmentBytes;
    }

    /** Returns the bytes of all segments, spare ones too. */
    long allocatedBytes() {
        return taken.get() * segmentBytes - punchedBytes.get();
    }

    /** Returns the bytes of the segments below the one where the log ends: from there on all are there. */
    long usedBytes(int end) {
        mutex.lock();
        try {
            return (there - Math.max(0L, files.length - end)) * segmentBytes;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns how many bytes batches can still go into without a new file, from a place in the log on. */
    long freeBytes(int segment, long position) {
        int count = count();
        long ahead = Math.max(0L, count - 1L - segment) + spare;
        return (segment < count ? segmentBytes - position : 0) + ahead * (segmentBytes - SegmentHeader.BYTES);
    }

    /** Returns whether the file system had no space for a segment when it was last asked. */
    boolean starved() {
        return refused;
    }

    /** Tries once more to have a segment ahead, and waits for the outcome: {@link #starved} says it. */
    void tryAgain() {
        try {
            boolean _ = await(Math.max(0, count() - 1), 1);
        } catch (IOException e) {
            // Whoever needs the segment is told.
        }
    }

    private void gainedSpace() {
        mutex.lock();
        try {
            refused = false;
        } finally {
            mutex.unlock();
        }
        retry();
    }

    /** Says that there may be space again; does not wait. */
    void retry() {
        mutex.lock();
        try {
            starved = false;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /** Returns the bytes of segments that were given up since the opening. */
    long freedBytes() {
        mutex.lock();
        try {
            return freedBytes;
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Gives up a segment: a durable checkpoint says that nothing names anything in it, nor does the log begin there. From
     * here on readers that hold a place in it look again.
     */
    void retire(int number) throws IOException {
        StorageFile gone;
        boolean keep;
        mutex.lock();
        try {
            gone = file(number);
            @Nullable StorageFile[] next = files.clone();
            next[number] = null;
            files = next;
            there--;
            freedBytes += segmentBytes;
            keep = spares.size() < MAX_SPARES
                    && number >= madeFrom // others may have holes of an earlier process
                    && !punched.containsKey(number)
                    && SegmentPlaces.isIn(gone.path(), places.forNew());
        } finally {
            mutex.unlock();
        }
        forgetPunched(number);
        gone.close();
        if (!keep) {
            taken.decrementAndGet();
            storage.delete(gone.path());
            gainedSpace();
            return;
        }
        mutex.lock();
        try {
            spares.add(gone.path());
            spare = spares.size();
            starved = false;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Deletes what {@link #openAll} found dead; the checkpoint that says so must be the one of both superblocks. Of a segment
     * that is there twice one is gone, durably, before the other is written to.
     */
    void deleteDead() throws IOException {
        for (Path path : dead) {
            storage.delete(path);
        }
        if (!dead.isEmpty()) {
            syncDirectories();
        }
        dead.clear();
    }

    // ---- holes

    /** Returns which blocks of a segment's file were given up by this process. */
    @SuppressWarnings("ReferenceEquality") // Another file has no holes.
    BitSet punched(int number, StorageFile file) {
        PunchedSegment known = punched.get(number);
        return known == null || known.file() != file ? new BitSet() : known.blocks();
    }

    /** Notes blocks that nobody may reach any more; from here on who finds other bytes there looks again. */
    void punching(int number, StorageFile file, BitSet more) {
        PunchedSegment known = punched.get(number);
        BitSet blocks = (BitSet) more.clone();
        if (known != null) {
            blocks.or(known.blocks());
        }
        punched.put(number, new PunchedSegment(file, blocks, givenBy(known, file)));
    }

    @SuppressWarnings("ReferenceEquality") // Another file has no holes.
    private static long givenBy(@Nullable PunchedSegment known, StorageFile file) {
        return known == null || known.file() != file ? 0 : known.bytes();
    }

    /** Counts space that came back inside a segment. */
    void punched(int number, long bytes) {
        PunchedSegment known = punched.get(number);
        if (known != null && bytes > 0) {
            punched.put(number, new PunchedSegment(known.file(), known.blocks(), known.bytes() + bytes));
            punchedBytes.addAndGet(bytes);
            gainedSpace();
        }
    }

    /** Returns whether a block was given up, so that nobody may take its bytes for those of a piece. */
    boolean isPunched(int number, long offsetBytes) {
        PunchedSegment known = punched.get(number);
        return known != null && known.holds(offsetBytes, BatchHeader.ALIGNMENT_BYTES);
    }

    /** Returns the bytes that came back inside segments that are there. */
    long punchedBytes() {
        return punchedBytes.get();
    }

    private void forgetPunched(int number) {
        PunchedSegment known = punched.remove(number);
        if (known != null) {
            punchedBytes.addAndGet(-known.bytes());
        }
    }

    // ---- for their move to another directory, by its task

    /** Returns where segments are. */
    SegmentPlaces places() {
        return places;
    }

    /** Has new segments made elsewhere from now on; the superblock says so already. */
    void places(SegmentPlaces now) {
        mutex.lock();
        try {
            places = now;
        } finally {
            mutex.unlock();
        }
    }

    /** Returns how many segments are in a directory. */
    long countIn(Path directory) {
        long count = 0;
        for (StorageFile file : files) {
            count += file != null && SegmentPlaces.isIn(file.path(), directory) ? 1 : 0;
        }
        return count;
    }

    /** Returns the lowest number of a segment in a directory, -1 if there is none. */
    int firstIn(Path directory) {
        @Nullable StorageFile[] now = files;
        for (int number = 0; number < now.length; number++) {
            StorageFile file = now[number];
            if (file != null && SegmentPlaces.isIn(file.path(), directory)) {
                return number;
            }
        }
        return -1;
    }

    /** Deletes spares in a directory. */
    void deleteSparesIn(Path directory) throws IOException {
        List<Path> gone = new ArrayList<>();
        mutex.lock();
        try {
            for (Path path : spares) {
                if (SegmentPlaces.isIn(path, directory)) {
                    gone.add(path);
                }
            }
            spares.removeAll(gone);
            spare = spares.size();
        } finally {
            mutex.unlock();
        }
        for (Path path : gone) {
            storage.delete(path);
            taken.decrementAndGet();
        }
        if (!gone.isEmpty()) {
            gainedSpace();
        }
    }

    /** Returns whether a segment is just being made in a directory. */
    boolean isMakingIn(Path directory) {
        mutex.lock();
        try {
            return directory.equals(makingIn);
        } finally {
            mutex.unlock();
        }
    }

    /** Puts a file with the same content in the place of one; readers of that look again. */
    void replace(int number, StorageFile file) {
        mutex.lock();
        try {
            @Nullable StorageFile[] next = files.clone();
            next[number] = file;
            files = next;
        } finally {
            mutex.unlock();
        }
        PunchedSegment known = punched.get(number);
        if (known != null) {
            punchedBytes.addAndGet(-known.bytes()); // The copy is whole; who looks into it late still looks again.
            punched.put(number, new PunchedSegment(null, known.blocks(), 0));
        }
    }

    /** Asks for a segment of that number to be prepared; does not wait. */
    void want(int number) {
        mutex.lock();
        try {
            if (number >= wanted) {
                wanted = number + 1;
                starved = false;
                changed.signalAll();
            }
        } finally {
            mutex.unlock();
        }
    }

    /** Asks for one segment more than the log uses, from now on; does not wait. */
    void reserve() {
        mutex.lock();
        try {
            reserved = 1;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Waits until a segment is ready, and {@code more} besides, ahead or spare. What failed before is tried again.
     *
     * @return false if there is no space for it; the next call tries again
     * @throws IOException if preparing failed otherwise, just now
     */
    boolean await(int number, int more) throws IOException {
        mutex.lock();
        try {
            if (isThere(number, more)) {
                return true;
            }
            wanted = Math.max(wanted, number + 1);
            reserved = Math.max(reserved, more);
            starved = false;
            failure = doubtful ? failure : null; // of an earlier try: nothing was lost with it
            changed.signalAll();
            waiting++;
            while (!isThere(number, more) && !starved && failure == null && !closing) {
                changed.await();
            }
            waiting--;
            if (failure != null) {
                throw failure;
            }
            return isThere(number, more);
        } finally {
            mutex.unlock();
        }
    }

    private boolean isThere(int number, int more) {
        int ahead = count() - 1 - number;
        return ahead >= 0 && ahead + spares.size() >= more;
    }

    private void prepareAhead(Registrar registrar, Limit limit) {
        while (awaitWork()) {
            boolean full = false;
            boolean noSpace = false;
            boolean inDoubt = false;
            IOException failed = null;
            try {
                full = !prepare(beginMaking(), count(), registrar, limit);
            } catch (NoSpaceException e) {
                full = true;
                noSpace = true;
            } catch (NotRegisteredException e) {
                failed = e;
                inDoubt = true;
            } catch (IOException e) {
                failed = e;
            }
            mutex.lock();
            try {
                making = false;
                makingIn = null;
                starved = full;
                refused = noSpace;
                failure = failed;
                doubtful |= inDoubt;
                changed.signalAll();
            } finally {
                mutex.unlock();
            }
        }
    }

    private boolean awaitWork() {
        mutex.lock();
        try {
            while (!closing
                    && (isThere(wanted - 1, reserved) || starved || failure != null || (still > 0 && waiting == 0))) {
                changed.await();
            }
            making = !closing;
            return making;
        } finally {
            mutex.unlock();
        }
    }

    /** Makes none that nobody waits for, until {@link #goOn}; waits for one that is being made. */
    void standStill() {
        mutex.lock();
        try {
            still++;
            while (making && waiting == 0 && !closing) {
                changed.await();
            }
        } finally {
            mutex.unlock();
        }
    }

    /** Ends one {@link #standStill}. */
    void goOn() {
        mutex.lock();
        try {
            still--;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
    }

    private Path beginMaking() {
        mutex.lock();
        try {
            makingIn = places.forNew();
            return makingIn;
        } finally {
            mutex.unlock();
        }
    }

    /** Deletes files of a number that is to be given; in the other directory durably, or there might be two of it. */
    private void deleteHalfMade(int number) throws IOException {
        for (Path directory : places.all()) {
            Path path = directory.resolve(name(number));
            if (storage.exists(path)) {
                storage.delete(path);
                if (places.target() != null) {
                    storage.syncDirectory(directory);
                }
            }
        }
    }

    /**
     * Makes a segment: zeros, force, then the header, force, then the name, then the superblock. A half-made one is
     * replaced. Returns whether the limit admits it.
     */
    private boolean prepare(Path directory, int number, Registrar registrar, Limit limit) throws IOException {
        Path path = directory.resolve(name(number));
        deleteHalfMade(number);
        Path spare = takeSpare(directory);
        if (spare != null) {
            recycle(spare, path, directory, number, registrar);
            return true;
        }
        if (!limit.admits(segmentBytes)) {
            return false;
        }
        StorageFile file = storage.open(path, Storage.Mode.CREATE_NEW);
        try {
            file.allocate(0, segmentBytes);
            int block = (int) Math.min(ZEROS_BYTES, segmentBytes);
            ByteBuffer zeros = Arena.ofAuto().allocate(block, 4096).asByteBuffer();
            for (long at = 0; at < segmentBytes; at += block) {
                zeros.limit((int) Math.min(block, segmentBytes - at)).position(0);
                file.write(zeros, at);
            }
            file.force();
            SegmentHeader.encode(zeros.clear(), store, number, segmentBytes);
            file.write(zeros.limit(SegmentHeader.BYTES).position(0), 0);
            file.force();
            storage.syncDirectory(directory);
            register(registrar, number);
            addTaken(number, file);
            return true;
        } catch (IOException e) {
            file.close();
            if (e instanceof NoSpaceException) {
                storage.delete(path);
            }
            throw e;
        }
    }

    /** A segment that the superblock could not be made to name, so that nobody knows whether it does. */
    private static final class NotRegisteredException extends IOException {
        private static final long serialVersionUID = 1L;

        NotRegisteredException(int number, IOException cause) {
            super("naming " + name(number) + " in the superblock: " + cause.getMessage(), cause);
        }
    }

    private static void register(Registrar registrar, int number) throws NotRegisteredException {
        try {
            registrar.ready(number + 1);
        } catch (IOException e) {
            throw new NotRegisteredException(number, e);
        }
    }

    private @Nullable Path takeSpare(Path directory) {
        mutex.lock();
        try {
            for (Path path : spares) {
                if (SegmentPlaces.isIn(path, directory)) {
                    spares.remove(path);
                    spare = spares.size();
                    return path;
                }
            }
            return null;
        } finally {
            mutex.unlock();
        }
    }

    /**
     * Gives a dead segment another number. Its old batches stay where they are: none has a sequence that the log, or
     * anything that claims batches of it, will ever ask for again.
     */
    private void recycle(Path spare, Path path, Path directory, int number, Registrar registrar) throws IOException {
        storage.rename(spare, path);
        StorageFile file = storage.open(path, Storage.Mode.READ_WRITE);
        try {
            ByteBuffer header =
                    Arena.ofAuto().allocate(SegmentHeader.BYTES, 4096).asByteBuffer();
            SegmentHeader.encode(header, store, number, segmentBytes);
            file.write(header.clear(), 0);
            file.force();
            storage.syncDirectory(directory);
            register(registrar, number);
            add(number, file);
        } catch (IOException e) {
            file.close();
            taken.decrementAndGet(); // The next try deletes the file.
            throw e;
        }
    }

    private void addTaken(int number, StorageFile file) {
        taken.incrementAndGet();
        add(number, file);
    }

    private void add(int number, StorageFile file) {
        mutex.lock();
        try {
            @Nullable StorageFile[] next = Arrays.copyOf(files, Math.max(files.length, number + 1));
            next[number] = file;
            files = next;
            there++;
        } finally {
            mutex.unlock();
        }
    }

    /** Ends the task and closes the files; nothing may be appended any more. */
    @Override
    public void close() throws IOException {
        mutex.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            mutex.unlock();
        }
        if (preparer != null) {
            preparer.join();
        }
        for (StorageFile file : files) {
            if (file != null) {
                file.close();
            }
        }
    }
}
