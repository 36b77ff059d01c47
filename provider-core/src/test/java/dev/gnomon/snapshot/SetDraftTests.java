/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A set that is made step by step is whole or not there, and whoever makes it may stop at each step. */
class SetDraftTests {
    private static final long SEED = 5;
    private static final long SECOND = 1_000_000_000L;
    private static final UUID SET = new UUID(1, 1);
    private static final UUID OF_A = new UUID(2, 1);
    private static final UUID OF_B = new UUID(2, 2);
    private static final String VOLUME_KEY = SetAttributes.keyOf(OF_A, "vss.volume");

    private static SetDraft draft(Life life) throws Exception {
        return life.engine().draftSet(new DraftRequest(SET, Map.of("a", OF_A, "b", OF_B)));
    }

    private static void prepare(Life life) throws Exception {
        life.volume("a", Life.MIN_BYTES);
        life.volume("b", Life.MIN_BYTES);
        life.write("a", 0, 2, 1);
        life.write("b", 0, 2, 3);
    }

    private static long soon(Life life) {
        return life.world().clock().nanoTime() + SECOND;
    }

    private static void make(Life life) throws Exception {
        SetDraft draft = draft(life);
        draft.prepare();
        draft.arm(SECOND);
        draft.commit(soon(life));
        life.write("a", 0, 1, 2);
        draft.record(Map.of("vss.context", "9", VOLUME_KEY, "V"));
    }

    private static void refused(ThrowingCallable step, Kind kind, String message) {
        assertThatThrownBy(step)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(kind))
                .hasMessageContaining(message);
    }

    @Test
    void theSetHasTheGivenIdsAndItsAttributesAndKeepsThem() {
        SimImage image = Life.first(SEED, life -> {
            prepare(life);
            make(life);
            requireMade(life, Map.of("vss.context", "9", "vss.volume", "V"));
            assertThat(life.readCopy(OF_A.toString(), 0)).isEqualTo(1);
            SetInfo changed = life.engine()
                    .changeAttributes(
                            SET.toString(),
                            Map.of(SetAttributes.keyOf(OF_A, "vss.exposed"), "X:", VOLUME_KEY, "", "vss.context", "8"));
            assertThat(changed.attributes()).isEqualTo(Map.of("vss.context", "8"));
        });
        SimImage stopped = Life.next(SEED, image.cutKeepingNone(), life -> {
            requireMade(life, Map.of("vss.context", "8", "vss.exposed", "X:"));
            life.engine().close(); // from now on the attributes are in the checkpoint alone
        });
        Life.next(SEED, stopped, life -> {
            requireMade(life, Map.of("vss.context", "8", "vss.exposed", "X:"));
            refused(() -> draft(life), Kind.WRONG_STATE, "is taken");
        });
    }

    private static void requireMade(Life life, Map<String, String> ofA) throws Exception {
        Map<String, String> ofB = new HashMap<>(ofA);
        ofB.keySet().removeIf(key -> !key.equals("vss.context"));
        assertThat(life.engine().set(SET.toString()).copies())
                .extracting(CopyInfo::id, CopyInfo::volume, CopyInfo::attributes)
                .containsExactly(tuple(OF_A, "a", ofA), tuple(OF_B, "b", ofB));
    }

    @Test
    void nobodyElseMayUseReservedAttributesAndTheyMayNotBeTooLong() {
        Life.first(SEED, life -> {
            prepare(life);
            refused(
                    () -> life.engine().createSet(new SetRequest(List.of("a"), "", Map.of("vss.context", "1"))),
                    Kind.INVALID,
                    "those that begin with vss. are the service's own");
            make(life);
            refused(
                    () -> life.engine().changeAttributes(SET.toString(), Map.of("owner", "me")),
                    Kind.INVALID,
                    "expected a key that begins with vss.");
            refused(
                    () -> life.engine().changeAttributes(SET.toString(), Map.of("vss.x", "y".repeat(20_000))),
                    Kind.INVALID,
                    "expected at most 16384");
        });
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    void whatIsDiscardedAfterAnyStepLeavesNothing(int steps) {
        SimImage image = Life.first(SEED, life -> {
            prepare(life);
            SetDraft draft = draft(life);
            take(life, draft, steps);
            assertThat(draft.discard()).isTrue();
            assertThat(draft.discard()).as("again").isTrue();
            requireNothing(life);
            refused(() -> draft.record(Map.of()), Kind.WRONG_STATE, "it was discarded");
            life.set("later", "a", "b"); // the turn is free
            life.engine().deleteSet("later");
        });
        Life.next(SEED, image.cutKeepingAll(), SetDraftTests::requireNothing);
    }

    private static void take(Life life, SetDraft draft, int steps) throws Exception {
        if (steps > 0) {
            draft.prepare();
        }
        if (steps > 1) {
            draft.arm(SECOND);
        }
        if (steps > 2) {
            draft.commit(soon(life));
        }
    }

    private static void requireNothing(Life life) {
        assertThat(life.engine().sets()).isEmpty();
        assertThat(life.live("a").gate().owesToCopies()).isFalse();
        assertThat(life.live("b").gate().owesToCopies()).isFalse();
        assertThat(life.engine().diffArea().leastBytes()).isPositive();
    }

    @Test
    void stepsOutOfOrderAreRefusedAndHarmNothing() {
        Life.first(SEED, life -> {
            prepare(life);
            SetDraft draft = draft(life);
            refused(() -> draft.commit(soon(life)), Kind.WRONG_STATE, "cannot become COMMITTED, for it is DRAFTED");
            draft.arm(SECOND);
            refused(draft::prepare, Kind.WRONG_STATE, "cannot become PREPARED, for it is ARMED");
            draft.commit(soon(life));
            draft.record(Map.of());
            assertThat(draft.discard()).as("it is there").isFalse();
            assertThat(life.engine().copies()).hasSize(2);
        });
    }

    @Test
    void aCutThatWouldBeTooLateIsNotMade() {
        Life.first(SEED, life -> {
            prepare(life);
            SetDraft draft = draft(life);
            draft.arm(SECOND);
            refused(() -> draft.commit(life.world().clock().nanoTime() - 1), Kind.FAILED, "the time for its cut");
            requireNothing(life);
            life.set("later", "a", "b");
        });
    }

    @Test
    void theCutDoesNoIoAndTheSetIsThereOnlyWithItsRecord() {
        int[] ios = new int[1];
        SimImage[] committed = new SimImage[1];
        Life.first(SEED, life -> {
            prepare(life);
            SetDraft draft = draft(life);
            draft.prepare();
            draft.arm(SECOND);
            life.sleep(10 * SECOND); // nothing in the background either
            life.world().storage().listen(io -> ios[0]++);
            draft.commit(soon(life));
            life.sleep(SECOND);
            life.world().storage().listen(null);
            committed[0] = life.world().storage().image();
            draft.record(Map.of());
        });
        assertThat(ios[0]).isZero();
        Life.next(SEED, committed[0].cutKeepingAll(), SetDraftTests::requireNothing);
    }

    @Test
    void whoDoesNotGoOnIsGivenUp() {
        Life.first(SEED, life -> {
            prepare(life);
            SetDraft draft = draft(life);
            draft.arm(SECOND);
            draft.commit(soon(life));
            life.sleep(SetDraft.MOST_ARMED_NANOS - SECOND);
            assertThat(life.live("a").gate().owesToCopies()).isTrue();
            life.sleep(2 * SECOND);
            requireNothing(life);
            refused(() -> draft.record(Map.of()), Kind.WRONG_STATE, "nobody went on with it within 75 s");
        });
    }

    @Test
    void aVolumeThatIsAnotherOneByNowEndsTheDraft() {
        Life.first(SEED, life -> {
            prepare(life);
            SetDraft draft = draft(life);
            draft.prepare();
            life.engine().removeVolume("a");
            life.engine().addVolume("a", Life.origin("a"));
            refused(() -> draft.arm(SECOND), Kind.WRONG_STATE, "is another one by now");
            requireNothing(life);
        });
    }

    @Test
    void whatTakesTheTurnOrTheDevicesTooLongEndsTheDraftInTime() {
        Life.first(SEED, life -> {
            prepare(life);
            SetDraft first = draft(life);
            first.arm(SECOND);
            SetDraft second = life.engine().draftSet(new DraftRequest(new UUID(8, 8), Map.of("a", new UUID(8, 9))));
            refused(() -> second.arm(SECOND), Kind.WRONG_STATE, "went on for more than 1000 ms");
            assertThat(first.discard()).isTrue();
            life.write("a", 1, 1, 7);
            life.world()
                    .storage()
                    .inject(FaultRule.when(io -> io.phase() == IoEvent.Phase.BEFORE && io.kind() == IoKind.FORCE)
                            .then(new Fault.Stall(60 * SECOND)));
            SetDraft third = draft(life);
            long begun = life.world().clock().nanoTime();
            refused(() -> third.arm(2 * SECOND), Kind.FAILED, "could be flushed in time: a");
            assertThat(life.world().clock().nanoTime() - begun).isBetween(2 * SECOND, 3 * SECOND);
            life.sleep(60 * SECOND);
            life.set("later", "a", "b");
        });
    }

    @Test
    void aStepThatIsGoingOnEndsWhenTheDraftIsDiscarded() {
        Life.first(SEED, life -> {
            prepare(life);
            SetDraft draft = draft(life);
            life.world()
                    .storage()
                    .inject(FaultRule.when(io -> io.phase() == IoEvent.Phase.BEFORE && io.kind() == IoKind.FORCE)
                            .then(new Fault.Stall(10 * SECOND)));
            Throwable[] failure = new Throwable[1];
            var preparing = life.start(() -> {
                try {
                    draft.prepare();
                } catch (EngineException e) {
                    failure[0] = e;
                }
            });
            life.sleep(SECOND);
            assertThat(draft.discard()).isTrue();
            preparing.join();
            assertThat(failure[0]).hasMessage("no snapshot set was created: it was discarded");
            requireNothing(life);
            life.set("later", "a", "b");
        });
    }

    @Test
    void theEngineClosesThoughADraftIsArmed() {
        SimImage image = Life.first(SEED, life -> {
            prepare(life);
            SetDraft draft = draft(life);
            draft.arm(SECOND);
            draft.commit(soon(life));
            life.engine().close();
            refused(() -> draft.record(Map.of()), Kind.WRONG_STATE, "it was discarded");
        });
        Life.next(SEED, image, SetDraftTests::requireNothing);
    }

    @Test
    void withoutRoomNothingIsPrepared() {
        Life.first(SEED, life -> {
            prepare(life);
            life.set("s", "a", "b");
            life.engine().resizeDiffArea(life.engine().diffArea().leastBytes());
            for (int piece = 0; piece < 200; piece++) {
                life.write("a", piece, 1, 9);
            }
            life.settle();
            refused(draft(life)::prepare, Kind.DIFF_AREA_FULL, "no new shadow copy of volume a");
            life.engine().deleteSet("s");
        });
    }

    // ---- the fold

    @Test
    void attributesOfASetThatThereIsNotChangeNothing() {
        Catalog catalog = Catalog.EMPTY
                .apply(new CatalogEntry.VolumeAdded(1, new UUID(5, 6), "a", "/a", Life.MIN_BYTES, 1))
                .apply(new CatalogEntry.SetCreated(
                        SET, 0, "", Map.of("k", "v"), List.of(new CatalogEntry.CopyCreated(OF_A, 1, 1, 4096))))
                .apply(new CatalogEntry.SetAttributes(SET, Map.of("vss.a", "1", "k", "")));
        assertThat(catalog.sets()).extracting(Catalog.SetEntry::attributes).containsExactly(Map.of("vss.a", "1"));
        assertThat(catalog.apply(new CatalogEntry.SetAttributes(OF_B, Map.of("x", "y")))
                        .entries())
                .isEqualTo(catalog.entries());
        assertThat(Catalog.restored(catalog.entries(), 1, Map.of()).sets()).containsExactlyElementsOf(catalog.sets());
    }
}
