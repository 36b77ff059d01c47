/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import dev.gnomon.io.NoSpaceException;
import dev.gnomon.io.RandomSource;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.store.format.BatchReader;
import dev.gnomon.store.format.CorruptionException;
import dev.gnomon.store.format.DeviceException;
import dev.gnomon.store.format.DiffAreaFullException;
import dev.gnomon.store.format.NewData;
import dev.gnomon.store.format.OverlayHeader;
import dev.gnomon.store.format.StoreException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The files of overlays in the directory of a store: made, opened and recovered, deleted. Thread-safe as far as each
 * overlay is the business of one task at a time.
 *
 * <p><b>Invariants:</b> a file that the catalog names is there, whole and durable, before the entry that names it; one that
 * it does not name is deleted at the next opening.
 */
public final class OverlayFiles {
    private static final String NEW = ".new";
    private static final int BLOCK_BYTES = OverlayHeader.BYTES;

    private final Storage storage;
    private final Scheduler scheduler;
    private final Path directory;
    private final UUID store;
    private final RandomSource random;
    private final long opening;
    private final boolean sameBoot;
    private final Throttle throttle;
    private final long compactAboveBytes;
    private final OverlayMap.Memory memory;
    private final Map<Long, Bytes> allocated = new ConcurrentSkipListMap<>();
    private final AtomicLong allocatedBytes = new AtomicLong();
    private final Map<Long, StoredOverlay> served = new ConcurrentSkipListMap<>();

    /** The bytes of one file, counted among those of all; thread-safe. */
    static final class Bytes {
        private final AtomicLong own = new AtomicLong();
        private final AtomicLong all;

        Bytes(AtomicLong all) {
            this.all = all;
        }

        /** Notes the size of the file. */
        void set(long bytes) {
            all.addAndGet(bytes - own.getAndSet(bytes));
        }
    }

    /**
     * An overlay as it was found.
     *
     * @param lostForce whether a force failed before the process ended, so that acknowledged writes may be missing
     */
    public record Opened(StoredOverlay overlay, boolean lostForce) {}

    OverlayFiles(
            Storage storage,
            Scheduler scheduler,
            Path directory,
            UUID store,
            RandomSource random,
            long opening,
            boolean sameBoot,
            Throttle throttle,
            long compactAboveBytes,
            long mapBytes) {
        this.storage = storage;
        this.scheduler = scheduler;
        this.directory = directory;
        this.store = store;
        this.random = random;
        this.opening = opening;
        this.sameBoot = sameBoot;
        this.throttle = throttle;
        this.compactAboveBytes = compactAboveBytes;
        this.memory = new OverlayMap.Memory(mapBytes);
    }

    static String name(long number) {
        return String.format(Locale.ROOT, "overlay-%08d", number);
    }

    /** Deletes files of overlays that the catalog does not name, and those of compactions that were cut off. */
    static void clear(Storage storage, Path directory, Catalog catalog) throws IOException {
        Set<String> named = new HashSet<>();
        catalog.overlays().forEach(overlay -> named.add(name(overlay.number())));
        for (String name : storage.list(directory)) {
            if (name.matches("overlay-\\d{8,19}(\\.new)?") && !named.contains(name)) {
                storage.delete(directory.resolve(name));
            }
        }
    }

    /** Counts the space of the files that the catalog names. */
    void measure(Catalog catalog) {
        for (Catalog.OverlayEntry overlay : catalog.overlays()) {
            try (StorageFile file = storage.open(path(overlay.number()), Storage.Mode.READ_ONLY)) {
                bytes(overlay.number()).set(file.sizeBytes());
            } catch (IOException e) {
                // Whoever opens it will say what is wrong with it.
            }
        }
    }

    /** Returns the bytes that all files of overlays take. */
    public long allocatedBytes() {
        return allocatedBytes.get();
    }

    /** Returns the memory that the maps of all overlays take, in bytes. */
    public long mapBytes() {
        return memory.usedBytes();
    }

    /** Returns the bytes of the file of an overlay, open or not; 0 if there is none. */
    public long bytesOf(long number) {
        Bytes bytes = allocated.get(number);
        return bytes == null ? 0 : bytes.own.get();
    }

    private Bytes bytes(long number) {
        return allocated.computeIfAbsent(number, _ -> new Bytes(allocatedBytes));
    }

    private Path path(long number) {
        return directory.resolve(name(number));
    }

    /**
     * Makes the empty file of an overlay, durable with its name.
     *
     * @param number that the catalog does not name
     */
    public StoredOverlay create(long number, Catalog.CopyEntry copy) throws StoreException {
        OverlayHeader header = new OverlayHeader(store, number, copy.id(), random.nextLong(), copy.sizeBytes());
        try {
            OverlayChain chain = begin(path(number), header);
            try {
                storage.syncDirectory(directory);
            } catch (IOException e) {
                closeQuietly(chain.file());
                throw e;
            }
            return stored(chain, new OverlayMap(memory), copy, true);
        } catch (NoSpaceException e) {
            throw new DiffAreaFullException(directory.toString(), OverlayHeader.BYTES, 0);
        } catch (IOException e) {
            throw new DeviceException("making the file of an overlay in " + directory, e);
        }
    }

    /** Makes a file with that header alone, and forces it. */
    private OverlayChain begin(Path path, OverlayHeader header) throws IOException {
        if (storage.exists(path)) {
            storage.delete(path); // left by an overlay that nothing names any more
        }
        ByteBuffer block = block();
        header.encode(block);
        StorageFile file = storage.open(path, Storage.Mode.CREATE_NEW);
        boolean written = false;
        try {
            file.write(block.clear(), 0);
            file.force();
            written = true;
        } finally {
            if (!written) {
                closeQuietly(file);
                deleteQuietly(storage, path);
            }
        }
        byte[] hash = BatchReader.hash(block, 0, OverlayHeader.BYTES);
        return new OverlayChain(file, header, opening, new OverlayChain.End(OverlayHeader.BYTES, 1, hash));
    }

    private static ByteBuffer block() {
        return Arena.ofAuto().allocate(BLOCK_BYTES, BLOCK_BYTES).asByteBuffer();
    }

    private StoredOverlay stored(OverlayChain chain, OverlayMap map, Catalog.CopyEntry copy, boolean writable) {
        StoredOverlay stored = new StoredOverlay(
                scheduler.newMutex(),
                copy.volume(),
                copy.epoch(),
                chain,
                map,
                memory,
                bytes(chain.header().number()),
                compactAboveBytes,
                writable);
        served.put(chain.header().number(), stored);
        return stored;
    }

    /** Returns the id of the store, which the files carry. */
    UUID store() {
        return store;
    }

    /** Opens the file of an overlay; the caller closes it. */
    StorageFile openForReading(long number) throws IOException {
        return storage.open(path(number), Storage.Mode.READ_ONLY);
    }

    /** Returns the overlay of a copy that was made or opened and is not closed yet, or null if there is none. */
    @Nullable
    StoredOverlay served(Catalog.OverlayEntry entry) {
        StoredOverlay stored = served.get(entry.number());
        boolean ofCopy = stored != null
                && !stored.isClosed()
                && stored.chain().header().copy().equals(entry.copy()); // Numbers are given again.
        return ofCopy ? stored : null;
    }

    /**
     * Opens the overlay of a copy and recovers it: forces its file, reads it around the system's cache, and cuts off a torn
     * tail. One that is sealed, or that must not be written to, is only read.
     *
     * @throws CorruptionException if something is missing or damaged that had been durable
     */
    public Opened open(Catalog.OverlayEntry overlay, Catalog.CopyEntry copy, boolean writable) throws StoreException {
        Path path = path(overlay.number());
        boolean forWriting = writable && !overlay.isSealed();
        OverlayMap map = new OverlayMap(memory);
        StorageFile file = null;
        boolean opened = false;
        try {
            if (!storage.exists(path)) {
                throw new CorruptionException(path.toString(), 0, "file of an overlay", "one", "none");
            }
            file = storage.open(path, forWriting ? Storage.Mode.READ_WRITE : Storage.Mode.READ_ONLY);
            Opened result = recover(file, overlay, copy, forWriting, map);
            opened = true;
            return result;
        } catch (IOException e) {
            throw new DeviceException("opening " + path, e);
        } finally {
            if (!opened) {
                map.release();
                closeQuietly(file);
            }
        }
    }

    private Opened recover(
            StorageFile file, Catalog.OverlayEntry overlay, Catalog.CopyEntry copy, boolean writable, OverlayMap map)
            throws StoreException, IOException {
        boolean lost = writable && !forced(file);
        ByteBuffer block = block();
        OverlayHeader header = header(file, block);
        header.require(
                store,
                overlay.number(),
                copy.id(),
                copy.sizeBytes(),
                file.path().toString());
        byte[] hash = BatchReader.hash(block, 0, OverlayHeader.BYTES);
        OverlayScan scan = new OverlayScan(file, header, hash, true);
        OverlayChain.End end = scan.run(overlay.sealedThrough(), places(map, copy, file));
        if (writable) {
            lost |= sameBoot && scan.goesOnInCache();
            if (!lost && file.sizeBytes() > end.position()) {
                file.setSize(end.position());
                file.force(); // Or parts of two torn batches could make a whole one.
            }
        }
        return new Opened(stored(new OverlayChain(file, header, opening, end), map, copy, writable), lost);
    }

    /** Forces what an earlier life wrote; if that fails, some of it may be gone. */
    private static boolean forced(StorageFile file) {
        try {
            file.force();
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    static OverlayHeader header(StorageFile file, ByteBuffer block) throws StoreException, IOException {
        file.readAroundCache(block, 0);
        while (block.hasRemaining()) {
            block.put((byte) 0);
        }
        return OverlayHeader.decode(block.clear(), file.path().toString());
    }

    private static OverlayScan.Visitor places(OverlayMap map, Catalog.CopyEntry copy, StorageFile file) {
        long pieces = (copy.sizeBytes() + BLOCK_BYTES - 1) / BLOCK_BYTES;
        return (head, entry, first, count, place) -> {
            if (first + count > pieces) {
                throw new CorruptionException(
                        file.path().toString(), 0, "piece of the overlay", "less than " + pieces, first + count - 1);
            }
            if (!map.reserve(count)) {
                throw new DeviceException(
                        file.path() + ": no memory for its index; expected more than " + map.count() + " pieces");
            }
            for (int rank = 0; rank < count; rank++) {
                if (place < 0) {
                    map.put(first + rank, OverlayMap.ZEROS, 0);
                } else {
                    map.put(first + rank, place + rank, NewData.crc(head, entry, rank));
                }
            }
        };
    }

    /** Begins to compact an overlay, which must not be sealed. */
    public OverlayCompaction compact(StoredOverlay overlay, Catalog.CopyEntry copy) throws IOException {
        OverlayHeader old = overlay.chain().header();
        OverlayHeader header = new OverlayHeader(store, old.number(), old.copy(), random.nextLong(), old.sizeBytes());
        Path name = path(old.number());
        OverlayChain chain = begin(directory.resolve(name(old.number()) + NEW), header);
        return new OverlayCompaction(storage, throttle, overlay, chain, name, copy.volume(), copy.epoch());
    }

    /** Deletes the file of an overlay that the catalog does not name any more, and that is closed. */
    public void delete(long number) {
        served.remove(number);
        Bytes gone = allocated.remove(number);
        if (gone != null) {
            gone.set(0);
        }
        deleteQuietly(storage, path(number));
    }

    static Path directoryOf(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    static void deleteQuietly(Storage storage, Path path) {
        try {
            storage.delete(path);
        } catch (IOException e) {
            // Nothing names it: the next opening deletes it.
        }
    }

    static void closeQuietly(@Nullable StorageFile file) {
        if (file != null) {
            try {
                file.close();
            } catch (IOException e) {
                // What counts in it was forced, or its owner knows better.
            }
        }
    }
}
