/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.simulation;

import dev.gnomon.io.Completion;
import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Mutex;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.Events;
import dev.gnomon.observe.Latencies;
import dev.gnomon.observe.Observer;
import dev.gnomon.simulation.History.Cut;
import dev.gnomon.simulation.History.Flush;
import dev.gnomon.simulation.History.Member;
import dev.gnomon.simulation.History.Volume;
import dev.gnomon.simulation.History.Write;
import dev.gnomon.snapshot.CopyOnWriteEngine;
import dev.gnomon.snapshot.Engine.Allocation;
import dev.gnomon.snapshot.EngineConfig;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.LiveVolume;
import dev.gnomon.snapshot.ScrubInfo;
import dev.gnomon.snapshot.SetRequest;
import dev.gnomon.snapshot.ShadowCopy;
import dev.gnomon.snapshot.VolumeInfo;
import dev.gnomon.snapshot.WhenFull;
import dev.gnomon.store.StoreConfig;
import dev.gnomon.store.format.StoreException;
import dev.gnomon.testkit.SimWorld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A running engine, and every request to it with its entry in the history. Of one world; any of its tasks may call. */
final class Session {
    static final Path STORE = Path.of("/srv/gnomon/store");
    static final Path ORIGINS = Path.of("/volumes");

    /** Where segments may be moved to. */
    static final List<Path> PLACES = List.of(STORE, Path.of("/srv/gnomon/one"), Path.of("/mnt/two"));

    private static final int CHUNK_BYTES = 16 << 10;
    private static final int GROUP_BYTES = 16 << 10;

    private final SimWorld world;
    private final History history;
    private final CopyOnWriteEngine engine;
    private final boolean reverts;
    private boolean shares;

    /** What may go wrong without being a violation. */
    Tolerance tolerance = Tolerance.NOTHING;

    /** What is damaged, and may be read wrong. */
    Excuse excuse = Excuse.NONE;

    /** Volumes of which acknowledged writes that were not flushed may be gone. */
    Predicate<Volume> forgotten = volume -> false;

    /** A force may have said OK and made nothing durable. */
    boolean lied;

    /** Whether the store may be damaged, so that copies may be gone if damage is told. */
    boolean damaged;

    /** How many requests ended with an error that was tolerated. */
    int errors;

    /** Which errors clients accept. */
    enum Tolerance {
        /** None: no fault is injected. */
        NOTHING,
        /** That there is no space. */
        NO_SPACE,
        /** Any error. */
        ANY
    }

    private Session(SimWorld world, History history, CopyOnWriteEngine engine, boolean reverts) {
        this.reverts = reverts;
        this.world = world;
        this.history = history;
        this.engine = engine;
    }

    /** Opens, and so recovers, the engine. */
    static Session open(SimWorld world, History history, Area area) throws StoreException {
        return open(world, history, area, WhenFull.REFUSE);
    }

    /** The same; copies that are dropped are noted in the history, as deletes that nobody waits for. */
    static Session open(SimWorld world, History history, Area area, WhenFull whenFull) throws StoreException {
        StoreConfig store = new StoreConfig(STORE, CHUNK_BYTES, area.segmentBytes, GROUP_BYTES, area.limits());
        return new Session(
                world,
                history,
                CopyOnWriteEngine.open(
                        new EngineConfig(store, whenFull),
                        world.storage(),
                        world.clock(),
                        world.scheduler(),
                        world.random(),
                        new Observer(event -> tell(history, event), new Latencies())),
                area.hasReverts());
    }

    private static void tell(History history, Event event) {
        Events.toLog().tell(event);
        if (event.id() == EventId.SCRUB_DAMAGE) {
            history.accused.add(event.message());
        }
        int at = event.copy().indexOf('@');
        Cut cut = at < 0 ? null : history.cuts.get(event.copy().substring(at + 1));
        Member member = cut == null ? null : cut.member(event.copy().substring(0, at));
        if (event.id() == EventId.COPY_DROPPED && member != null) {
            member.deletion = Math.min(member.deletion, history.next());
            member.deletedAlone = Math.min(member.deletedAlone, member.deletion);
        }
    }

    /** Returns whether each volume has a share of the diff area as its limit. */
    boolean hasShares() {
        return shares;
    }

    /** Gives each volume the smallest share of the diff area that there may be as its limit. */
    void limitShares() {
        shares = true;
        for (Volume volume : history.volumes) {
            try {
                engine.setProperties(volume.name, Map.of("diff-limit", Long.toString(1 << 20)));
            } catch (EngineException e) {
                refused("setting volume " + volume.name, e);
            }
        }
    }

    /** Writes a third of a volume, where nobody looks: so that a few copies come to its share of the diff area. */
    void bulk(Volume volume) {
        LiveVolume live = live(volume);
        if (live == null) {
            return;
        }
        ByteBuffer bytes = ByteBuffer.allocate(Ground.BESIDE_BYTES);
        Arrays.fill(bytes.array(), (byte) history.next());
        IoStatus _ = await("bulk write", () -> {}, done -> live.write(Ground.BESIDE_OFFSET, bytes, false, done));
    }

    /** Begins a scrub, unless one goes on. */
    void startScrub() {
        if (engine.scrub().state() == ScrubInfo.State.RUNNING) {
            return;
        }
        try {
            engine.startScrub();
            history.scrubbed = Math.min(history.scrubbed, history.next());
        } catch (EngineException e) {
            if (e.kind() != EngineException.Kind.WRONG_STATE) { // somebody else began one
                refused("starting a scrub", e);
            }
        }
    }

    /** Waits for the end of a scrub that goes on; throws a violation if there is none, or something was called damaged. */
    void awaitScrub(long at) {
        for (int seconds = 0; seconds < 300 && engine.scrub().state() == ScrubInfo.State.RUNNING; seconds++) {
            world.scheduler().sleep(1_000_000_000L);
        }
        ScrubInfo scrub = engine.scrub();
        boolean lost = history.scrubbed <= at && scrub.state() != ScrubInfo.State.DONE;
        if (lost || scrub.state() == ScrubInfo.State.RUNNING) {
            throw new Violation("O10: a scrub that was begun does not come to its end: " + scrub);
        }
        requireNoDamage();
    }

    /** Throws a violation if a scrub has called something damaged. */
    void requireNoDamage() {
        if (!history.accused.isEmpty() || engine.scrub().damaged() > 0) {
            throw new Violation("O10: a scrub calls damaged what is not: " + history.accused
                    + engine.scrub().places());
        }
    }

    /** Gives the diff area as little space as it can do with. */
    void limitToTheLeast() {
        try {
            engine.resizeDiffArea(engine.diffArea().leastBytes());
        } catch (EngineException e) {
            refused("resizing the diff area", e);
        }
    }

    /** Begins to move the segments to one of {@link #PLACES}, unless they are there or on their way elsewhere. */
    void moveDiffArea(int place) {
        try {
            engine.moveDiffArea(PLACES.get(place));
        } catch (EngineException e) {
            if (e.kind() != EngineException.Kind.WRONG_STATE
                    && !String.valueOf(e.getMessage()).contains("already")) {
                refused("moving the diff area to " + PLACES.get(place), e);
            }
        }
    }

    /** Opens and recovers the engine, or returns null and says why not. */
    static @Nullable Session open(SimWorld world, History history, Area area, FaultRun.Refusal refusal) {
        try {
            return open(world, history, area);
        } catch (StoreException e) {
            refusal.because(e.getMessage());
            return null;
        }
    }

    /** Returns the state of a volume, or null if there is none of that name. */
    VolumeInfo.@Nullable State state(Volume volume) {
        try {
            return engine.volume(volume.name).state();
        } catch (EngineException e) {
            return null;
        }
    }

    /** Returns the same engine with another history: what was found after a crash is where it begins. */
    Session with(History after) {
        return new Session(world, after, engine, reverts);
    }

    /** Makes the directory of the origins, which is there before the engine. */
    static void prepare(SimWorld world) {
        try {
            world.storage().createDirectories(ORIGINS);
            world.storage().syncDirectory(Path.of("/"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static Path origin(String volume) {
        return ORIGINS.resolve(volume + ".img");
    }

    CopyOnWriteEngine engine() {
        return engine;
    }

    History history() {
        return history;
    }

    SimWorld world() {
        return world;
    }

    void createVolume(String name) {
        Volume volume = history.requestVolume(name);
        try {
            engine.createVolume(name, origin(name), Ground.VOLUME_BYTES, Allocation.SPARSE);
            volume.acked = history.next();
        } catch (EngineException e) {
            refused("creating volume " + name, e);
        }
    }

    /** Lets first touches of a volume be acknowledged only when they are in the origin. */
    void writeThrough(Volume volume) {
        try {
            engine.setProperties(volume.name, Map.of("write-through", "on"));
        } catch (EngineException e) {
            refused("setting volume " + volume.name, e);
        }
    }

    /** Grows a volume to so many sectors of the ground. */
    void grow(Volume volume, int sectors) {
        History.Growth growth = history.grow(volume, sectors);
        try {
            engine.resizeVolume(volume.name, Growing.bytes(sectors), Allocation.SPARSE);
            growth.acked = history.next();
        } catch (EngineException e) {
            refused("growing volume " + volume.name, e);
        }
    }

    IoStatus write(Volume volume, int first, int end, boolean zeros, boolean forced) {
        LiveVolume live = live(volume);
        if (live == null) {
            return tolerated("write", IoStatus.GONE);
        }
        Write write = history.issue(volume, first, end, zeros, forced);
        long offset = Ground.offset(first);
        int length = (end - first) * Ground.SECTOR_BYTES;
        ByteBuffer bytes = ByteBuffer.allocate(length);
        for (int sector = first; sector < end && !zeros; sector++) {
            Stamps.put(bytes, volume.number, Ground.lba(sector), write.value);
        }
        bytes.flip();
        boolean gathers = write.value % 2 == 0; // as a protocol server does, and as others do not
        return await("write", () -> write.acked = history.next(), done -> {
            if (gathers) {
                live.gather();
            }
            if (zeros) {
                live.writeZeros(offset, length, forced, done);
            } else {
                live.write(offset, bytes, forced, done);
            }
            if (gathers) {
                live.submit();
            }
        });
    }

    IoStatus trim(Volume volume, int first, int end) {
        long length = (end - first) * (long) Ground.SECTOR_BYTES;
        LiveVolume live = live(volume);
        if (live == null) {
            return tolerated("trim", IoStatus.GONE);
        }
        return await("trim", () -> {}, done -> live.trim(Ground.offset(first), length, false, done));
    }

    IoStatus flush(Volume volume) {
        LiveVolume live = live(volume);
        if (live == null) {
            return tolerated("flush", IoStatus.GONE);
        }
        Flush flush = history.flush(volume);
        IoStatus status = await(
                "flush",
                () -> {
                    flush.acked = history.next();
                    if (flush.issued > volume.refusing) {
                        throw new Violation("O7: volume " + volume.name + " answered OK to a flush after an error");
                    }
                },
                live::flush);
        if (status == IoStatus.IO_ERROR) {
            volume.refusing = Math.min(volume.refusing, history.next());
        }
        return status;
    }

    /** Returns whether a value may be there because a force failed: what was flushed before stays. */
    private boolean mayBeForgotten(Volume volume, int sector, long value, long by) {
        return forgotten.test(volume)
                && (damaged || Oracle.isAllowed(volume, sector, value, volume.flushed(by), !lied, history.now()));
    }

    /** Reads, and throws a violation if what is read cannot be there. */
    IoStatus read(Volume volume, int first, int end) {
        long[] values = new long[Ground.ALL];
        long begun = history.next();
        LiveVolume live = live(volume);
        if (live == null) {
            return tolerated("read", IoStatus.GONE);
        }
        IoStatus status = Observed.read(live::read, volume.number, first, end, values);
        for (int sector = first; sector < end && status == IoStatus.OK; sector++) {
            if (!Oracle.isAllowed(volume, sector, values[sector], begun, false, history.now())
                    && !mayBeForgotten(volume, sector, values[sector], begun)
                    && !excuse.volume(volume, sector)) {
                throw new Violation("I8: sector " + Ground.lba(sector) + " of " + volume.name + " reads "
                        + Stamps.name(values[sector]) + " while the service runs");
            }
        }
        return tolerated("read", status);
    }

    /** Reads a copy that was acknowledged, and throws a violation if it is not what it was. */
    IoStatus readCopy(Cut cut, Member member, int first, int end) {
        ShadowCopy copy = copy(cut, member);
        if (copy == null) {
            boolean mayBe = member.deletion != History.NEVER
                    || live(member.volume) == null
                    || isDamageTold()
                    || (excuse.origin(member.volume) && isSuspect(cut, member));
            if (!mayBe) {
                throw new Violation("O2: acknowledged copy " + member.volume.name + "@" + cut.name + " cannot be read");
            }
            return IoStatus.GONE;
        }
        long[] values = new long[Ground.ALL];
        IoStatus status = Observed.read(copy::read, member.volume.number, first, end, values);
        if (status == IoStatus.GONE && member.deletion != History.NEVER) {
            return status;
        }
        for (int sector = first; sector < end && status == IoStatus.OK; sector++) {
            if (excuse.copy(cut, member, sector)) {
                continue;
            }
            Oracle.requireInCopy(cut, member, sector, values[sector], cut.requested, cut.acked);
            if (member.seenAt[sector] == History.NEVER) {
                member.seenAt[sector] = history.next();
                member.seen[sector] = values[sector];
            } else if (member.seen[sector] != values[sector]) {
                throw new Violation("O2: sector " + Ground.lba(sector) + " of " + member.volume.name + "@" + cut.name
                        + " read " + Stamps.name(member.seen[sector]) + ", now " + Stamps.name(values[sector]));
            }
        }
        return tolerated("read of a copy", status);
    }

    private boolean isSuspect(Cut cut, Member member) {
        try {
            return engine.copy(member.volume.name + "@" + cut.name).suspect();
        } catch (EngineException e) {
            return false;
        }
    }

    private boolean isDamageTold() {
        return damaged
                && engine.volumes().stream().anyMatch(info -> info.stateReason().contains("read-only"));
    }

    private @Nullable ShadowCopy copy(Cut cut, Member member) {
        try {
            return engine.shadowCopy(
                    engine.copy(member.volume.name + "@" + cut.name).id());
        } catch (EngineException e) {
            return null;
        }
    }

    /** Begins to revert a volume to a copy, all of which is read before. */
    void revert(Cut cut, Member member) {
        ShadowCopy copy = copy(cut, member);
        int size = copy == null ? 0 : Growing.end(copy.sizeBytes());
        for (int at = 0; at < size; at = Ground.end(at)) {
            if (readCopy(cut, member, at, Math.min(size, Ground.end(at))) != IoStatus.OK) {
                return;
            }
        }
        if (size == 0 || Arrays.stream(member.seenAt, 0, size).anyMatch(seen -> seen == History.NEVER)) {
            return; // it was deleted meanwhile
        }
        long[] values = Arrays.copyOf(member.seen, Ground.ALL);
        Arrays.fill(values, size, Ground.ALL, Stamps.ZEROS); // what the volume has gained since
        Write revert = history.issueRevert(member.volume, values);
        try {
            engine.revert(member.volume.name + "@" + cut.name, true);
            revert.acked = history.next();
        } catch (EngineException e) {
            if (e.kind() != EngineException.Kind.FAILED) {
                member.volume.writes.remove(revert); // nothing was done
            }
            refused("reverting to " + member.volume.name + "@" + cut.name, e);
        }
    }

    /** Waits until no revert goes on; throws a violation if that takes too long without any fault. */
    void awaitReverts() {
        if (!revertsEnd()) {
            throw new Violation("O8: a revert does not end: " + engine.reverts());
        }
    }

    /** Waits a while for reverts that go on; returns whether all have ended. */
    boolean revertsEnd() {
        for (int seconds = 0; seconds < 120 && !engine.reverts().isEmpty(); seconds++) {
            world.scheduler().sleep(1_000_000_000L);
        }
        return engine.reverts().isEmpty();
    }

    @Nullable
    Cut createSet(List<Volume> of) {
        Cut cut = history.request(of);
        try {
            engine.createSet(
                    new SetRequest(of.stream().map(volume -> volume.name).toList(), cut.name, Map.of()));
            cut.acked = history.next();
            return cut;
        } catch (EngineException e) {
            refused("creating set " + cut.name, e);
            return null;
        }
    }

    void deleteSet(Cut cut) {
        for (Member member : cut.members) {
            member.deletion = Math.min(member.deletion, history.next());
        }
        try {
            engine.deleteSet(cut.name);
            for (Member member : cut.members) {
                member.deleted = Math.min(member.deleted, history.next());
            }
        } catch (EngineException e) {
            refused("deleting set " + cut.name, e);
        }
    }

    void deleteCopy(Cut cut, Member member) {
        member.deletion = Math.min(member.deletion, history.next());
        member.deletedAlone = Math.min(member.deletedAlone, member.deletion);
        try {
            engine.deleteCopy(member.volume.name + "@" + cut.name);
            member.deleted = Math.min(member.deleted, history.next());
        } catch (EngineException e) {
            refused("deleting copy " + member.volume.name + "@" + cut.name, e);
        }
    }

    /** Lets volumes that were told to have failed take writes again. */
    void clearFailures() {
        for (Volume volume : history.volumes) {
            try {
                if (volume.acked != History.NEVER && engine.volume(volume.name).state() == VolumeInfo.State.FAILED) {
                    engine.clearFailure(volume.name);
                    volume.refusing = History.NEVER;
                }
            } catch (EngineException e) {
                refused("clearing " + volume.name, e);
            }
        }
    }

    /** Stops the engine cleanly, which makes everything durable. */
    void close() {
        List<Flush> flushes =
                new ArrayList<>(history.volumes.stream().map(history::flush).toList());
        flushes.addAll(history.overlays.flushAll(history));
        engine.close();
        for (Flush flush : flushes) {
            flush.acked = tolerance == Tolerance.ANY ? History.NEVER : history.next();
        }
    }

    private @Nullable LiveVolume live(Volume volume) {
        LiveVolume live = engine.liveVolume(volume.name);
        if (live == null && tolerance != Tolerance.ANY) {
            throw new Violation("O8: volume " + volume.name + " is not online: " + engine.volumes());
        }
        return live;
    }

    void refused(String what, EngineException e) {
        boolean mayBe = tolerance == Tolerance.ANY
                || e.kind() == EngineException.Kind.NOT_FOUND
                || (reverts && mayBeInTheWay(e))
                || (tolerance == Tolerance.NO_SPACE && e.kind() == EngineException.Kind.DIFF_AREA_FULL);
        if (!mayBe) {
            throw new Violation("O8: " + what + ": " + e.getMessage());
        }
        errors++;
    }

    /** A revert refuses sets and a second one, and its source is not deleted. */
    private static boolean mayBeInTheWay(EngineException e) {
        return String.valueOf(e.getMessage()).contains("being reverted");
    }

    IoStatus tolerated(String what, IoStatus status) {
        boolean mayBe = status == IoStatus.OK
                || tolerance == Tolerance.ANY
                || (tolerance == Tolerance.NO_SPACE && status == IoStatus.NO_SPACE);
        if (!mayBe) {
            throw new Violation("O8: a " + what + " without any fault ended with " + status);
        }
        errors += status == IoStatus.OK ? 0 : 1;
        return status;
    }

    private IoStatus await(String what, Runnable acknowledged, Consumer<Completion> request) {
        return tolerated(what, outcome(acknowledged, request));
    }

    /** Waits for the outcome of a request. */
    IoStatus outcome(Runnable acknowledged, Consumer<Completion> request) {
        Mutex mutex = world.scheduler().newMutex();
        Mutex.Condition ended = mutex.newCondition();
        IoStatus[] result = new IoStatus[1];
        request.accept(status -> {
            if (status == IoStatus.OK) {
                acknowledged.run();
            }
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
}
