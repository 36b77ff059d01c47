/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import static dev.gnomon.vss.Hresult.E_INVALIDARG;
import static dev.gnomon.vss.Hresult.S_OK;
import static dev.gnomon.vss.Hresult.VSS_E_INSUFFICIENT_STORAGE;
import static dev.gnomon.vss.Hresult.VSS_E_OBJECT_NOT_FOUND;
import static dev.gnomon.vss.Hresult.VSS_E_PROVIDER_VETO;
import static dev.gnomon.vss.Hresult.VSS_E_UNSUPPORTED_CONTEXT;
import static dev.gnomon.vss.Hresult.VSS_E_VOLUME_NOT_SUPPORTED_BY_PROVIDER;
import static dev.gnomon.vss.VssBench.S;
import static dev.gnomon.vss.VssBench.T;
import static dev.gnomon.vss.VssBench.V;
import static dev.gnomon.vss.VssBench.W;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.snapshot.OverlayInfo;
import dev.gnomon.snapshot.VolumeInfo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The creation of sets: provider contract 9.2, assertions 9 to 13 and 22 to 50; the order of calls is {@link SetSequencesTests}'s. */
class VssCreationTests {
    private static final UUID A = new UUID(3, 1);
    private static final UUID B = new UUID(3, 2);
    private static final UUID NONE = new UUID(0, 0);
    private final VssBench bench = new VssBench();

    // ---- contexts

    @ParameterizedTest
    @ValueSource(
            ints = {
                0xFFFFFFFF,
                0x1D,
                0x0D,
                0x20,
                0x40000,
                0x10000,
                0x4000000,
                0x80000000,
                0x1,
                0x8,
                0x60000,
                0x80000,
                0x100000,
                0x40
            })
    void unsupportedContextsMakeNoSet(int context) {
        assertThat(bench.begin(S, A, V, context)).isEqualTo(VSS_E_UNSUPPORTED_CONTEXT);
        assertThat(bench.endPrepare(S)).isEqualTo(VSS_E_OBJECT_NOT_FOUND);
    }

    @ParameterizedTest
    @ValueSource(ints = {0x0, 0x10, 0x19, 0x9, 0xB, 0x20000, 0x400000, 0x800000, 0x200000B, 0x80, 0x1000000})
    void supportedContextsMakeASet(int context) {
        assertThat(bench.begin(S, A, V, context)).isEqualTo(S_OK);
        assertThat(bench.state(S)).isEqualTo(SetState.PREPARING);
    }

    @Test
    void theContextIsFrozenOnlyOnTheObjectThatPrepares() {
        bench.begin(S, A, V, 0);
        assertThat(bench.code(new ProviderCall.SetContext(0x19)))
                .as("with a set that may be stale")
                .isEqualTo(S_OK);
        bench.endPrepare(S);
        assertThat(bench.code(new ProviderCall.SetContext(0x19))).as("the same").isEqualTo(S_OK);
        assertThat(bench.code(new ProviderCall.SetContext(0))).isEqualTo(Hresult.VSS_E_BAD_STATE);
        assertThat(bench.connection
                        .call(2, 0, new ProviderCall.SetContext(0x9), Long.MAX_VALUE)
                        .hresult())
                .as("another object")
                .isEqualTo(S_OK);
        bench.preCommit(S);
        bench.commit(S);
        bench.postCommit(S, 1);
        assertThat(bench.code(new ProviderCall.SetContext(0))).isEqualTo(S_OK);
    }

    // ---- arguments

    @Test
    void nullGuidsAreInvalidAndChangeNothing() {
        assertThat(bench.begin(NONE, A, V, 0)).isEqualTo(E_INVALIDARG);
        assertThat(bench.begin(S, NONE, V, 0)).isEqualTo(E_INVALIDARG);
        bench.begin(S, A, V, 0);
        assertThat(bench.endPrepare(NONE)).isEqualTo(E_INVALIDARG);
        assertThat(bench.preCommit(NONE)).isEqualTo(E_INVALIDARG);
        assertThat(bench.commit(NONE)).isEqualTo(E_INVALIDARG);
        assertThat(bench.postCommit(NONE, 1)).isEqualTo(E_INVALIDARG);
        assertThat(bench.preFinal(NONE)).isEqualTo(E_INVALIDARG);
        assertThat(bench.postFinal(NONE)).isEqualTo(E_INVALIDARG);
        assertThat(bench.abort(NONE)).isEqualTo(E_INVALIDARG);
        assertThat(bench.state(S)).isEqualTo(SetState.PREPARING);
    }

    @Test
    void anUnsupportedVolumeLeavesTheOthersPrepared() {
        bench.begin(S, A, V, 0);
        assertThat(bench.begin(S, B, VssBench.FOREIGN, 0)).isEqualTo(VSS_E_VOLUME_NOT_SUPPORTED_BY_PROVIDER);
        assertThat(bench.begin(S, B, "Z:\\", 0)).isEqualTo(VSS_E_OBJECT_NOT_FOUND);
        assertThat(bench.begin(S, B, "V:", 0)).isEqualTo(E_INVALIDARG);
        assertThat(bench.begin(S, B, null, 0)).isEqualTo(E_INVALIDARG);
        assertThat(bench.endPrepare(S)).isEqualTo(S_OK);
    }

    @Test
    void aVolumeOrIdASecondTimeIsInvalidAndKeepsTheSet() {
        bench.begin(S, A, V, 0);
        assertThat(bench.begin(S, A, W, 0)).isEqualTo(E_INVALIDARG);
        assertThat(bench.begin(S, B, "v:\\", 0))
                .as("the same volume by another name")
                .isEqualTo(E_INVALIDARG);
        assertThat(bench.begin(S, B, W, 0x10)).as("another context").isEqualTo(E_INVALIDARG);
        assertThat(bench.begin(S, B, W, 0)).isEqualTo(S_OK);
        assertThat(bench.endPrepare(S)).isEqualTo(S_OK);
    }

    @Test
    void anotherSetSilentlyEndsTheFirst() {
        bench.begin(S, A, V, 0);
        bench.endPrepare(S);
        assertThat(bench.begin(T, B, W, 0)).isEqualTo(S_OK);
        assertThat(bench.engine.drafts).isEmpty();
        assertThat(bench.endPrepare(S)).isEqualTo(VSS_E_OBJECT_NOT_FOUND);
        assertThat(bench.told).isEmpty();
    }

    @Test
    void sixtyFourVolumesAreASetAndOneMoreIsNot() {
        List<TableVolumeLocator.Row> rows = new ArrayList<>();
        for (int i = 0; i < 65; i++) {
            bench.engine.volume("x" + i, VolumeInfo.State.ONLINE);
            rows.add(new TableVolumeLocator.Row(path(i), List.of(), "x" + i));
        }
        bench.locator = new TableVolumeLocator(rows);
        for (int i = 0; i < 64; i++) {
            assertThat(bench.begin(S, new UUID(4, i + 1), path(i), 0)).isEqualTo(S_OK);
        }
        assertThat(bench.begin(S, new UUID(4, 99), path(64), 0)).isEqualTo(VSS_E_PROVIDER_VETO);
        bench.endPrepare(S);
        bench.preCommit(S);
        bench.commit(S);
        assertThat(bench.postCommit(S, 64)).isEqualTo(S_OK);
        assertThat(bench.query(0)).hasSize(64);
    }

    private static String path(int i) {
        return String.format(Locale.ROOT, "\\\\?\\Volume{00000000-0000-0000-0000-0000000010%02d}\\", i);
    }

    // ---- failures of the engine

    @Test
    void noRoomIsInsufficientStorageAndEndsTheSet() {
        failAt("prepared", Kind.DIFF_AREA_FULL);
        bench.begin(S, A, V, 0);
        assertThat(bench.endPrepare(S)).isEqualTo(VSS_E_INSUFFICIENT_STORAGE);
        assertThat(bench.state(S)).isEqualTo(SetState.ABORTED);
        assertThat(bench.engine.drafts).isEmpty();
    }

    private void failAt(String step, Kind kind) {
        bench.engine.hook = at -> {
            if (at.equals(step)) {
                throw new EngineException(kind, "injected");
            }
        };
    }

    @ParameterizedTest
    @ValueSource(strings = {"prepared", "armed", "committed", "recorded", "createOverlay", "sealOverlay"})
    void aFailureAtAnyStepIsAVetoThatLeavesNothingAndIsTold(String step) {
        failAt(step, Kind.FAILED);
        bench.bring(S, A, 0, SetState.CREATED);
        assertThat(bench.state(S)).isEqualTo(SetState.ABORTED);
        assertThat(bench.engine.disk).isEmpty();
        assertThat(bench.engine.drafts).isEmpty();
        assertThat(bench.surface.visible).isEmpty();
        assertThat(bench.abort(S)).isEqualTo(S_OK);
        assertThat(bench.told)
                .filteredOn(event -> event.id() == EventId.VSS_VETO)
                .extracting(Event::message)
                .first()
                .asString()
                .endsWith(": injected");
    }

    @Test
    void nothingIsToldBetweenPreCommitAndPostCommit() {
        failAt("committed", Kind.FAILED);
        bench.begin(S, A, V, 0);
        bench.endPrepare(S);
        bench.preCommit(S);
        assertThat(bench.commit(S)).isEqualTo(VSS_E_PROVIDER_VETO);
        bench.code(new ProviderCall.IsVolumeSupported(V));
        assertThat(bench.told).isEmpty();
        bench.abort(S);
        assertThat(bench.told).extracting(Event::id).containsExactly(EventId.VSS_VETO);
    }

    @Test
    void whatNobodyThawsIsToldWhenNoWritesCanBeHeldAnyMore() {
        failAt("committed", Kind.FAILED);
        bench.bring(S, A, 0, SetState.PRECOMMITTED);
        bench.commit(S);
        assertThat(bench.told).isEmpty();
        bench.clock.advance(Duration.ofSeconds(15));
        bench.provider.machine().expire();
        assertThat(bench.told).isNotEmpty();
    }

    @Test
    void aSurfaceThatFailsIsAVetoAndDiscards() {
        bench.bring(S, A, 0, SetState.POSTCOMMITTED);
        bench.surface.hook = step -> {
            throw new CopySurface.SurfaceException("no disk arrived");
        };
        ProviderAnswer answer = bench.call(new ProviderCall.PreFinalCommitSnapshots(S));
        assertThat(answer.hresult()).isEqualTo(VSS_E_PROVIDER_VETO);
        assertThat(answer.reason()).isEqualTo("no disk arrived");
        assertThat(bench.engine.disk).isEmpty();
    }

    // ---- time

    @Test
    void aCommitThatComesBackLateIsAVetoAndIsDiscarded() {
        bench.bring(S, A, 0, SetState.PRECOMMITTED);
        bench.engine.hook = step -> bench.clock.advance(Duration.ofMillis(6_001));
        assertThat(bench.commit(S)).isEqualTo(VSS_E_PROVIDER_VETO);
        assertThat(bench.state(S)).isEqualTo(SetState.ABORTED);
        assertThat(bench.engine.drafts).isEmpty();
    }

    @Test
    void aCommitAfterTheShimsDeadlineIsDiscarded() {
        bench.bring(S, A, 0, SetState.PRECOMMITTED);
        bench.engine.hook = step -> bench.clock.advance(Duration.ofMillis(200));
        ProviderAnswer answer =
                bench.connection.call(1, 0, new ProviderCall.CommitSnapshots(S), bench.clock.nanoTime() + 100_000_000);
        assertThat(answer.hresult()).isEqualTo(VSS_E_PROVIDER_VETO);
        assertThat(bench.engine.drafts).isEmpty();
    }

    @Test
    void aCommitThatTookTooLongInTheShimIsNotRecorded() {
        bench.bring(S, A, 0, SetState.COMMITTED);
        assertThat(bench.code(new ProviderCall.PostCommitSnapshots(S, 1, 6_001)))
                .isEqualTo(VSS_E_PROVIDER_VETO);
        assertThat(bench.engine.disk).isEmpty();
        assertThat(bench.state(S)).isEqualTo(SetState.ABORTED);
    }

    @Test
    void aSlowCommitIsToldAfterThaw() {
        bench.bring(S, A, 0, SetState.PRECOMMITTED);
        bench.engine.hook = step -> bench.clock.advance(Duration.ofMillis(step.equals("committed") ? 3_001 : 0));
        assertThat(bench.commit(S)).isEqualTo(S_OK);
        assertThat(bench.told).isEmpty();
        assertThat(bench.postCommit(S, 1)).isEqualTo(S_OK);
        assertThat(bench.told).extracting(Event::id).containsExactly(EventId.VSS_SET_CREATED, EventId.VSS_COMMIT_SLOW);
    }

    @Test
    void fewerSnapshotsThanThereAreOfOursIsInvalidAndDiscards() {
        bench.bring(S, A, 0, SetState.COMMITTED);
        assertThat(bench.postCommit(S, 0)).isEqualTo(E_INVALIDARG);
        assertThat(bench.engine.drafts).isEmpty();
    }

    // ---- auto-recovery

    @Test
    void copiesCanBeWrittenToBetweenTheFinalCallsAndNotAfter() {
        bench.bring(S, A, 0, SetState.PREFINALCOMMITTED);
        assertThat(bench.surface.writable).containsExactly(A);
        assertThat(bench.engine.recorded(S).overlays).containsEntry(A, OverlayInfo.State.OPEN);
        assertThat(bench.postFinal(S)).isEqualTo(S_OK);
        assertThat(bench.surface.writable).isEmpty();
        assertThat(bench.engine.recorded(S).overlays).containsEntry(A, OverlayInfo.State.SEALED);
    }

    @Test
    void withoutAutoRecoveryTheyAreReadOnlyAtOnce() {
        bench.bring(S, A, 0xB, SetState.CREATED);
        assertThat(bench.state(S)).isEqualTo(SetState.CREATED);
        assertThat(bench.preFinal(S)).isEqualTo(S_OK);
        assertThat(bench.postFinal(S)).isEqualTo(S_OK);
        assertThat(bench.engine.recorded(S).overlays).isEmpty();
    }

    // ---- abort, unload, disconnect

    @Test
    void abortIsNeverAnEvent() {
        assertThat(bench.abort(S)).isEqualTo(S_OK);
        bench.bring(S, A, 0, SetState.PRECOMMITTED);
        assertThat(bench.abort(S)).isEqualTo(S_OK);
        assertThat(bench.abort(S)).isEqualTo(S_OK);
        assertThat(bench.told).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PREPARING", "PREPARED", "PRECOMMITTED", "COMMITTED", "POSTCOMMITTED", "PREFINALCOMMITTED"})
    void abortInAnyStateLeavesNothing(String state) {
        bench.bring(S, A, 0, SetState.valueOf(state));
        assertThat(bench.state(S).name()).isEqualTo(state);
        assertThat(bench.abort(S)).isEqualTo(S_OK);
        assertThat(bench.query(Contexts.ALL)).isEmpty();
        assertThat(bench.engine.disk).isEmpty();
        assertThat(bench.engine.drafts).isEmpty();
        assertThat(bench.surface.visible).isEmpty();
    }

    @Test
    void unloadIsRefusedWhileASetIsMadeUnlessForced() {
        assertThat(bench.code(new ProviderCall.OnLoad())).isEqualTo(S_OK);
        bench.begin(S, A, V, 0);
        assertThat(bench.code(new ProviderCall.OnUnload(false))).isEqualTo(S_OK);
        bench.endPrepare(S);
        assertThat(bench.code(new ProviderCall.OnUnload(false))).isEqualTo(Hresult.S_FALSE);
        assertThat(bench.code(new ProviderCall.OnUnload(true))).isEqualTo(S_OK);
        assertThat(bench.state(S)).isEqualTo(SetState.ABORTED);
        assertThat(bench.code(new ProviderCall.OnUnload(false))).isEqualTo(S_OK);
    }

    @Test
    void theSetOfAProcessOutlivesItsObjectsButNotItsConnection() {
        bench.begin(S, A, V, 0);
        assertThat(bench.code(new ProviderCall.Release())).isEqualTo(S_OK); // another object has not called yet
        assertThat(bench.state(S)).isEqualTo(SetState.PREPARING);
        bench.connection.close();
        assertThat(bench.state(S)).isEqualTo(SetState.ABORTED);
        assertThat(bench.told).extracting(Event::id).containsExactly(EventId.VSS_SET_DISCARDED);
    }

    @Test
    void anotherProcessFinishesASetThatOneBegan() {
        bench.begin(S, A, V, 0);
        Provider.Connection first = bench.connection;
        bench.connect();
        assertThat(bench.endPrepare(S)).isEqualTo(S_OK);
        assertThat(bench.preCommit(S)).isEqualTo(S_OK);
        assertThat(bench.commit(S)).isEqualTo(S_OK);
        assertThat(bench.postCommit(S, 1)).isEqualTo(S_OK);
        first.close();
        assertThat(bench.preFinal(S)).isEqualTo(S_OK);
        assertThat(bench.postFinal(S)).isEqualTo(S_OK);
    }

    @Test
    void onlyDocumentedHresultsLeaveWhateverTheEngineThrows() {
        bench.engine.hook = step -> {
            throw new IllegalStateException("a defect");
        };
        bench.begin(S, A, V, 0);
        ProviderAnswer answer = bench.call(new ProviderCall.EndPrepareSnapshots(S));
        assertThat(answer.hresult()).isEqualTo(VSS_E_PROVIDER_VETO);
        assertThat(answer.reason()).contains("a defect");
        bench.engine.hook = step -> {};
        assertThat(bench.begin(T, B, V, 0)).isEqualTo(S_OK);
    }

    @Test
    void everyCallHasCodesOfItsOwnAndOneForFailures() {
        for (Class<?> call : ProviderCall.class.getPermittedSubclasses()) {
            if (ProviderCall.class.isAssignableFrom(call)) {
                assertThat(MethodCodes.codes(call.asSubclass(ProviderCall.class)))
                        .as(call.getSimpleName())
                        .contains(S_OK)
                        .doesNotContain(0x80004005, 0x8000FFFF, 0x80004004)
                        .matches(codes -> codes.contains(Hresult.S_FALSE) == (call == ProviderCall.OnUnload.class));
            }
        }
    }
}
