/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.io.IoStatus;
import dev.gnomon.io.Scheduler;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.io.os.OsClock;
import dev.gnomon.io.os.OsRandomSource;
import dev.gnomon.io.os.OsScheduler;
import dev.gnomon.io.os.OsStorage;
import dev.gnomon.mutants.Life;
import dev.gnomon.observe.EventId;
import dev.gnomon.observe.EventRecorder;
import dev.gnomon.observe.Latencies;
import dev.gnomon.observe.Observer;
import dev.gnomon.snapshot.Engine.Allocation;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.StoreConfig;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import dev.gnomon.testkit.SimWorld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Origins that somebody changes while nobody serves them, and origins in places where they must not be. */
class OriginWatchTests {
    private static final long SEED = 1;
    private static final byte[] OTHER = new byte[512];

    static {
        OTHER[0] = 1;
    }

    // ---- simulated: what is durable when

    /** Stopped clean, with a copy of a volume whose middle was overwritten since. */
    private static SimImage stopped() {
        return Life.first(SEED, life -> {
            life.volume("a", 3 * Life.MIN_BYTES);
            life.volume("b", Life.MIN_BYTES);
            life.write("a", 0, 4, 1);
            life.write("b", 0, 1, 7);
            life.set("s", "a", "b");
            life.write("a", 0, 1, 2);
            life.engine().close();
        });
    }

    private static SimImage changed(SimImage image, long offset) {
        SimWorld world = new SimWorld(SEED, image);
        world.storage().damage(Life.origin("a"), offset, OTHER);
        return world.storage().image();
    }

    @Test
    void anOriginThatNobodyChangedIsServedWithItsCopies() {
        SimImage again = Life.next(SEED, stopped(), life -> {
            assertThat(life.engine().volume("a").originChange()).isEmpty();
            life.expectCopy("a@s", 0, 1);
            life.write("a", 100, 1, 3); // the first MiB is another from now on
            life.flush("a");
        });
        Life.next(SEED, again.killed(), life -> {
            assertThat(life.engine().volume("a").originChange()).isEmpty();
            life.expectCopy("a@s", 0, 1);
        });
    }

    /** What a stop notes has to be taken back at the start, and for that there must be room, however little the stop left. */
    @Test
    void volumesAreServedAgainHoweverFullTheLogIs() {
        int most = changeUntilFull(Integer.MAX_VALUE).made;
        assertThat(most).isBetween(7, 1000);
        for (int left = 0; left <= 6; left++) {
            Filled filled = changeUntilFull(most - left);
            assertThat(filled.made).isEqualTo(most - left);
            Life.on(fullWorld(filled.stopped), Life.SMALL, life -> {
                for (VolumeInfo volume : life.engine().volumes()) {
                    assertThat(volume.state()).as(volume.stateReason()).isEqualTo(VolumeInfo.State.ONLINE);
                }
            });
        }
    }

    private record Filled(SimImage stopped, int made) {}

    /** Where there is no space for a second segment, changes the catalog so many times, or until the log takes no more; and stops. */
    private static Filled changeUntilFull(int most) {
        int[] made = new int[1];
        SimImage stopped = Life.on(fullWorld(null), Life.SMALL, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.volume("b", Life.MIN_BYTES);
            try {
                for (; made[0] < Math.min(most, 1001); made[0]++) {
                    life.engine().setProperties("a", Map.of("hold-seconds", Integer.toString(30 + made[0] % 2)));
                }
            } catch (EngineException e) {
                assertThat(e.kind()).isEqualTo(Kind.DIFF_AREA_FULL);
            }
            life.engine().close();
        });
        return new Filled(stopped, made[0]);
    }

    private static SimWorld fullWorld(@Nullable SimImage from) {
        SimWorld world = from == null ? new SimWorld(SEED) : new SimWorld(SEED, from);
        world.storage()
                .inject(FaultRule.when(event -> event.kind() == IoKind.ALLOCATE
                                && String.valueOf(event.path().getFileName()).startsWith("segment"))
                        .skip(from == null ? 1 : 0)
                        .times(Integer.MAX_VALUE)
                        .then(new Fault.NoSpace()));
        return world;
    }

    @Test
    void copiesOfAChangedOriginAreNotReadAndTheVolumeIsServed() {
        for (long offset : List.of(512L, 3 * Life.MIN_BYTES - 512)) {
            SimImage image = changed(stopped(), offset);
            // Killed after the start, so the next one finds nothing to compare: the mark has to stay.
            SimImage marked = Life.next(SEED, image, OriginWatchTests::requireSuspect);
            SimImage closed = Life.next(SEED, marked.cutKeepingNone(), life -> {
                requireSuspect(life);
                life.set("t", "a");
                life.write("a", 3, 1, 5);
                life.engine().close();
            });
            SimImage accepted = Life.next(SEED, closed, life -> {
                requireSuspect(life);
                life.expectCopy("a@t", 3, 1);
                assertThat(life.engine().acceptChanged("a").originChange()).isEmpty();
                life.expectCopy("a@s", 3, 1);
                assertThat(life.engine().acceptChanged("a").originChange()).isEmpty();
            });
            Life.next(SEED, accepted.cutKeepingNone(), life -> life.expectCopy("a@s", 3, 1));
        }
    }

    private static void requireSuspect(Life life) throws Exception {
        assertThat(life.engine().volume("a").originChange())
                .startsWith("hash of the first and last MiB: expected ")
                .doesNotContain("size");
        assertThat(life.engine().copy("a@s").suspect()).isTrue();
        assertThat(life.engine().shadowCopy(life.engine().copy("a@s").id())).isNull();
        assertThat(life.state("a")).isEqualTo(VolumeInfo.State.ONLINE);
        assertThat(life.read("a", 3)).isEqualTo(life.engine().copies().size() == 2 ? 1 : 5);
        assertThat(life.engine().copy("b@s").suspect()).isFalse();
        life.expectCopy("b@s", 0, 7);
    }

    @Test
    void suspectCopiesCanBeDeletedAndALongerOriginIsNamed() {
        SimWorld world = new SimWorld(SEED, stopped());
        world.run(() -> {
            try (StorageFile origin = world.storage().open(Life.origin("a"), Storage.Mode.READ_WRITE)) {
                origin.setSize(4 * Life.MIN_BYTES);
                origin.force();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        Life.next(SEED, world.storage().image(), life -> {
            assertThat(life.engine().volume("a").originChange()).contains("size: expected 3145728, found 4194304");
            life.engine().deleteSet("s");
            life.set("t", "a");
            life.write("a", 0, 1, 9);
            life.expectCopy("a@t", 0, 2);
        });
    }

    @Test
    void afterACrashNothingIsCompared() {
        SimImage killed = Life.next(SEED, stopped(), life -> life.expectCopy("a@s", 0, 1));
        Life.next(SEED, changed(killed.cutKeepingNone(), 512), life -> {
            assertThat(life.engine().volume("a").originChange()).isEmpty();
            assertThat(life.engine().copy("a@s").suspect()).isFalse();
        });
    }

    @Test
    void anOriginWithoutCopiesMayBeChanged() {
        SimImage image = Life.first(SEED, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 4, 1);
            life.engine().close();
        });
        SimImage served = Life.next(SEED, changed(image, 512), life -> {
            assertThat(life.engine().volume("a").originChange()).isEmpty();
            life.set("s", "a");
            life.engine().close();
        });
        Life.next(
                SEED,
                served,
                life -> assertThat(life.engine().copy("a@s").suspect()).isFalse());
    }

    // ---- on real files

    @TempDir
    private Path directory;

    private final Scheduler scheduler = new OsScheduler((name, failure) -> failure.printStackTrace());
    private final EventRecorder events = new EventRecorder(Instant::now);
    private @Nullable CopyOnWriteEngine engine;

    private CopyOnWriteEngine open() throws Exception {
        CopyOnWriteEngine opened = CopyOnWriteEngine.open(
                new EngineConfig(new StoreConfig(directory.resolve("store"), 16 << 10, 1 << 20, 256 << 10)),
                new OsStorage(),
                new OsClock(),
                scheduler,
                new OsRandomSource(),
                new Observer(events, new Latencies()));
        engine = opened;
        return opened;
    }

    @AfterEach
    void close() {
        if (engine != null) {
            engine.close();
        }
    }

    private Path prepare() throws Exception {
        Path origin = directory.resolve("a.img");
        CopyOnWriteEngine first = open();
        first.createVolume("a", origin, 4 << 20, Allocation.ALLOCATED);
        first.createSet(new SetRequest(List.of("a"), "s", Map.of()));
        first.close();
        return origin;
    }

    private static void requireReadable(CopyOnWriteEngine engine, boolean readable) throws Exception {
        ShadowCopy copy = engine.shadowCopy(engine.copy("a@s").id());
        assertThat(copy != null).isEqualTo(readable);
        assertThat(Objects.requireNonNull(engine.liveVolume("a")).read(0, ByteBuffer.allocate(512)))
                .isEqualTo(IoStatus.OK);
    }

    @Test
    void aRestartComparesAndFindsNothing() throws Exception {
        prepare();
        for (int i = 0; i < 3; i++) {
            CopyOnWriteEngine again = open();
            requireReadable(again, true);
            again.close();
        }
    }

    @Test
    void aWriteInTheMiddleIsFoundByTheTimeOfTheChange() throws Exception {
        Path origin = prepare();
        ByteBuffer one = ByteBuffer.allocate(1).put((byte) 1).flip();
        try (var channel = Files.newByteChannel(origin, StandardOpenOption.WRITE)) {
            channel.position(2 << 20).write(one);
        }
        CopyOnWriteEngine again = open();
        assertThat(again.volume("a").originChange()).startsWith("time of the last change: expected ");
        requireReadable(again, false);
        assertThat(events.list(0, Instant.EPOCH))
                .anyMatch(event -> event.event().id() == EventId.ORIGIN_CHANGED);
        again.acceptChanged("a");
        requireReadable(again, true);
    }

    @Test
    void anotherFileOfTheSameContentIsFound() throws Exception {
        Path origin = prepare();
        Path copy = directory.resolve("copy.img");
        Files.copy(origin, copy);
        Files.delete(origin);
        Files.move(copy, origin);
        CopyOnWriteEngine again = open();
        assertThat(again.volume("a").originChange()).contains("file: expected inode ");
        requireReadable(again, false);
    }

    @Test
    void originsThatAreTheSameFileOrLieInTheStoreAreRefused() throws Exception {
        Path origin = prepare();
        CopyOnWriteEngine again = open();
        Path hard = Files.createLink(directory.resolve("hard"), origin);
        Path soft = Files.createSymbolicLink(directory.resolve("soft"), origin);
        Path superblock = Files.createLink(directory.resolve("sb"), directory.resolve("store/superblock"));
        Path inside = Files.createSymbolicLink(directory.resolve("door"), directory.resolve("store"));
        refused(() -> again.addVolume("b", hard), "is the same file as the origin of volume a");
        refused(() -> again.addVolume("b", soft), "is the same file as the origin of volume a");
        refused(() -> again.addVolume("b", superblock), "lies in the store " + directory.resolve("store"));
        refused(() -> again.addVolume("b", inside.resolve("superblock")), "lies in the store");
        refused(
                () -> again.createVolume("b", inside.resolve("new"), 1 << 20, Allocation.SPARSE),
                "lies in the store " + directory.resolve("store") + ", under another name");
        refused(
                () -> again.createVolume("b", directory.resolve("store/new"), 1 << 20, Allocation.SPARSE),
                "lies in the store");
    }

    private static void refused(ThrowingCallable add, String message) {
        assertThatThrownBy(add)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
                .hasMessageContaining(message);
    }
}
