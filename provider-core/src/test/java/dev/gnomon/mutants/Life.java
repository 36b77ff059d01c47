/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Mutex;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import dev.gnomon.observe.Latencies;
import dev.gnomon.observe.Observer;
import dev.gnomon.snapshot.CopyOnWriteEngine;
import dev.gnomon.snapshot.Engine.Allocation;
import dev.gnomon.snapshot.EngineConfig;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.LiveVolume;
import dev.gnomon.snapshot.SetRequest;
import dev.gnomon.snapshot.ShadowCopy;
import dev.gnomon.snapshot.VolumeInfo;
import dev.gnomon.snapshot.WhenFull;
import dev.gnomon.store.StoreConfig;
import dev.gnomon.store.StoreLimits;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * One life of the engine's process on a simulated machine, for scenarios that know what they want to see. Each ends by a
 * kill when its script does. A piece holds one number, over and over.
 */
public final class Life {
    public static final int PIECE = 4096;
    public static final long MIN_BYTES = 1 << 20;
    public static final long MILLISECOND = 1_000_000;
    public static final int SEGMENT_BYTES = 64 << 10;
    public static final Path STORE = Path.of("/srv/store");
    public static final Path SUPERBLOCK = STORE.resolve("superblock");
    public static final Path SEGMENT = STORE.resolve("segment-00000000");
    static final Path CHAIN = STORE.resolve("staging-00");

    /** Chunks of 16 KiB and the smallest segments. */
    public static final StoreConfig SMALL = new StoreConfig(STORE, 16 << 10, SEGMENT_BYTES, 16 << 10);

    /** As {@link #SMALL}, with so little memory and so slow in the background that a step of a revert takes a second. */
    public static final StoreConfig SLOW =
            new StoreConfig(STORE, 16 << 10, SEGMENT_BYTES, 16 << 10, new StoreLimits(64 << 10, 24 << 10, 64 << 10));

    private static final Path ORIGINS = Path.of("/volumes");

    private final SimWorld world;
    private final CopyOnWriteEngine engine;
    private final Told told;

    /** Keeps the events of a life, and logs them. */
    public static final class Told {
        private final List<Event> events = new ArrayList<>();
        private Consumer<Event> listener = event -> {};

        private void tell(Event event) {
            Events.toLog().tell(event);
            events.add(event);
            listener.accept(event);
        }

        /** Returns those with an id, oldest first. */
        public List<Event> of(EventId id) {
            return events.stream().filter(event -> event.id() == id).toList();
        }

        /** Has somebody told of each as it comes, on the engine's task. */
        public void listen(Consumer<Event> to) {
            listener = to;
        }
    }

    /** What a process does. */
    public interface Script {
        void live(Life life) throws Exception;
    }

    private Life(SimWorld world, CopyOnWriteEngine engine, Told told) {
        this.world = world;
        this.engine = engine;
        this.told = told;
    }

    /** Lives on a fresh machine; returns what the process left. */
    public static SimImage first(long seed, Script script) {
        return on(new SimWorld(seed), SMALL, script);
    }

    /** Lives on a fresh machine with a store that takes large batches. */
    static SimImage firstWithLargeBatches(long seed, Script script) {
        return on(new SimWorld(seed), new StoreConfig(STORE, 16 << 10, 1 << 20, 256 << 10), script);
    }

    /** Lives on what an earlier life left. */
    public static SimImage next(long seed, SimImage from, Script script) {
        return on(new SimWorld(seed, from), SMALL, script);
    }

    /** Lives on what an earlier life left, on a machine that may be spoiled before, with a configuration of its own. */
    public static SimImage on(SimWorld world, StoreConfig store, Script script) {
        return on(world, store, WhenFull.REFUSE, script);
    }

    /** The same, with another policy for a full diff area than to refuse writes. */
    public static SimImage on(SimWorld world, StoreConfig store, WhenFull whenFull, Script script) {
        Told told = new Told();
        world.run(() -> {
            try {
                world.storage().createDirectories(ORIGINS);
                world.storage().syncDirectory(Path.of("/"));
                script.live(new Life(
                        world,
                        CopyOnWriteEngine.open(
                                new EngineConfig(store, whenFull),
                                world.storage(),
                                world.clock(),
                                world.scheduler(),
                                world.random(),
                                new Observer(told::tell, new Latencies())),
                        told));
            } catch (RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new Wrong(e.getClass().getSimpleName() + ": " + e.getMessage(), e);
            }
            world.scheduler().halt();
        });
        return world.storage().image();
    }

    public SimWorld world() {
        return world;
    }

    /** Returns the events so far; only one task runs at a time. */
    public Told told() {
        return told;
    }

    public CopyOnWriteEngine engine() {
        return engine;
    }

    public static Path origin(String volume) {
        return ORIGINS.resolve(volume);
    }

    /** Creates a volume of so many bytes. */
    public void volume(String name, long sizeBytes) throws Exception {
        engine.createVolume(name, origin(name), sizeBytes, Allocation.ALLOCATED);
    }

    public LiveVolume live(String name) {
        return Objects.requireNonNull(engine.liveVolume(name), () -> "volume " + name + " is not online");
    }

    public VolumeInfo.State state(String name) throws Exception {
        return engine.volume(name).state();
    }

    /** Writes a number to pieces. */
    public IoStatus write(String volume, int piece, int count, long number) {
        ByteBuffer bytes = ByteBuffer.allocate(count * PIECE);
        while (bytes.hasRemaining()) {
            bytes.putLong(number);
        }
        return write(volume, piece * (long) PIECE, bytes.flip());
    }

    public IoStatus write(String volume, long offsetBytes, ByteBuffer bytes) {
        return await(done -> live(volume).write(offsetBytes, bytes, false, done));
    }

    public IoStatus flush(String volume) {
        return await(done -> live(volume).flush(done));
    }

    /** Waits for the outcome of a request. */
    public IoStatus await(Consumer<Completion> request) {
        Mutex mutex = world.scheduler().newMutex();
        Mutex.Condition ended = mutex.newCondition();
        IoStatus[] result = new IoStatus[1];
        request.accept(status -> {
            mutex.lock();
            result[0] = status;
            ended.signalAll();
            mutex.unlock();
        });
        mutex.lock();
        while (result[0] == null) {
            ended.await();
        }
        mutex.unlock();
        return result[0];
    }

    /** Takes a set. */
    public void set(String name, String... volumes) throws EngineException {
        engine.createSet(new SetRequest(List.of(volumes), name, Map.of()));
    }

    /** Returns the number in a piece of a volume. */
    public long read(String volume, int piece) {
        return number(live(volume)::read, piece, volume);
    }

    /** Returns the number in a piece of a shadow copy, {@code VOLUME@SET}. */
    public long readCopy(String copy, int piece) throws EngineException {
        return number(copy(copy)::read, piece, copy);
    }

    public ShadowCopy copy(String reference) throws EngineException {
        return Objects.requireNonNull(engine.shadowCopy(engine.copy(reference).id()), "copy is not readable");
    }

    /** A read from somewhere. */
    public interface Source {
        IoStatus read(long offsetBytes, ByteBuffer target);
    }

    public static long number(Source source, int piece, String where) {
        ByteBuffer bytes = ByteBuffer.allocate(PIECE);
        IoStatus status = source.read(piece * (long) PIECE, bytes);
        Wrong.unless(status == IoStatus.OK, "reading piece " + piece + " of " + where + " ended with " + status);
        long number = bytes.flip().getLong();
        while (bytes.hasRemaining()) {
            Wrong.unless(bytes.getLong() == number, "piece " + piece + " of " + where + " is mixed");
        }
        return number;
    }

    /** Fails unless a piece of a shadow copy holds a number. */
    public void expectCopy(String copy, int piece, long number) throws Exception {
        long found = readCopy(copy, piece);
        Wrong.unless(found == number, "piece " + piece + " of " + copy + ": expected " + number + ", found " + found);
    }

    /** Starts a client of its own. */
    public Scheduler.Task start(Runnable body) {
        return world.scheduler().start("client", body);
    }

    public void sleep(long nanos) {
        world.scheduler().sleep(nanos);
    }

    /** Lets what is staged be preserved, released and marked; longer than released data waits for its force. */
    public void settle() {
        sleep(6000 * MILLISECOND);
    }

    /** Lets the next force of a file fail and lose what it should have forced; the cache shows it as before. */
    void failForce(String file) {
        world.storage()
                .inject(FaultRule.on(IoKind.FORCE).file(file).then(new Fault.ForceFails(Fault.Pages.SHOWN_NEW, 0)));
    }

    /** Lets no superblock be written any more. */
    void failSuperblock() {
        world.storage()
                .inject(FaultRule.on(IoKind.WRITE).file("superblock").always().then(new Fault.IoError()));
    }

    /** Ends the process by a kill at the first I/O that matches. */
    public void dieAt(Predicate<IoEvent> event) {
        world.storage().listen(io -> {
            if (event.test(io)) {
                world.scheduler().halt();
            }
        });
    }

    /** Returns whether an I/O is about to begin on the log. */
    public static boolean isLog(IoEvent event) {
        return event.phase() == IoEvent.Phase.BEFORE
                && String.valueOf(event.path().getFileName()).startsWith("segment");
    }

    /** Returns whether an I/O is a force of the log. */
    public static boolean isLogForce(IoEvent event) {
        return isLog(event) && event.kind() == IoKind.FORCE;
    }

    /** Creates volume a with ones in its first two pieces, and a shadow copy a@s. */
    public void prepareCopy() throws Exception {
        volume("a", MIN_BYTES);
        write("a", 0, 2, 1);
        set("s", "a");
    }

    /** Lets the next force of the log take long. */
    public void holdForce() {
        world.storage().inject(FaultRule.when(Life::isLogForce).then(new Fault.Stall(100 * MILLISECOND)));
    }

    /** Returns the bytes of a file as a reader sees them. */
    public static byte[] bytes(SimImage image, Path path) {
        try (StorageFile file = new SimWorld(1, image).storage().open(path, Storage.Mode.READ_ONLY)) {
            ByteBuffer bytes = ByteBuffer.allocate((int) file.sizeBytes());
            file.read(bytes, 0);
            return bytes.array();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the image with one bit of a file at rest flipped. */
    public static SimImage flipped(SimImage image, Path path, long bit) {
        SimWorld world = new SimWorld(1, image);
        world.storage().flipBit(path, bit);
        return world.storage().image();
    }

    /** Returns where a piece that is filled with a number begins in bytes, or -1. */
    public static int find(byte[] bytes, long number) {
        byte[] piece = new byte[PIECE];
        for (ByteBuffer fill = ByteBuffer.wrap(piece); fill.hasRemaining(); ) {
            fill.putLong(number);
        }
        for (int at = 0; at < bytes.length; at += PIECE) {
            if (Arrays.equals(bytes, at, at + PIECE, piece, 0, PIECE)) {
                return at;
            }
        }
        return -1;
    }

    /** What a scenario does not accept. */
    public static final class Wrong extends RuntimeException {
        private static final long serialVersionUID = 1L;

        public Wrong(String message) {
            this(message, null);
        }

        public Wrong(String message, @Nullable Throwable cause) {
            super(message, cause);
        }

        public static void unless(boolean right, String message) {
            if (!right) {
                throw new Wrong(message);
            }
        }
    }
}
