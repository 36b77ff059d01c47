/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import static dev.gnomon.vss.Hresult.E_INVALIDARG;
import static dev.gnomon.vss.Hresult.S_OK;
import static dev.gnomon.vss.Hresult.VSS_E_OBJECT_NOT_FOUND;
import static dev.gnomon.vss.Hresult.VSS_E_PROVIDER_VETO;
import static dev.gnomon.vss.VssBench.S;
import static dev.gnomon.vss.VssBench.T;
import static dev.gnomon.vss.VssBench.V;
import static dev.gnomon.vss.VssBench.W;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.observe.EventId;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.RevertProgress;
import dev.gnomon.snapshot.VolumeInfo;
import dev.gnomon.vss.ProviderCall.PropertyValue;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Volumes, copies, properties, deletes, reverts: provider contract 9.2, assertions 8, 14 to 21, 40, 43, 53 to 75 and 81. */
class VssCopiesTests {
    private static final UUID A = new UUID(3, 1);
    private static final UUID B = new UUID(3, 2);
    private static final UUID NONE = new UUID(0, 0);
    private static final int PERSISTENT = 0x9;
    private final VssBench bench = new VssBench();

    private void make(UUID set, UUID copy, int context) {
        bench.bring(set, copy, context, SetState.CREATED);
        assertThat(bench.state(set)).isEqualTo(SetState.CREATED);
    }

    private void makeOfTwo(int count) {
        bench.begin(S, A, V, 0);
        bench.begin(S, B, W, 0);
        bench.endPrepare(S);
        bench.preCommit(S);
        bench.commit(S);
        assertThat(bench.postCommit(S, count)).isEqualTo(S_OK);
    }

    private SnapshotProperties properties(UUID id) {
        return ((ProviderResult.Properties)
                        bench.call(new ProviderCall.GetSnapshotProperties(id)).result())
                .snapshot();
    }

    private boolean supported(String name) {
        ProviderAnswer answer = bench.call(new ProviderCall.IsVolumeSupported(name));
        assertThat(answer.hresult()).isEqualTo(S_OK);
        return ((ProviderResult.Supported) answer.result()).supported();
    }

    private boolean snapshotted(String name) {
        ProviderResult.Snapshotted result = (ProviderResult.Snapshotted)
                bench.call(new ProviderCall.IsVolumeSnapshotted(name)).result();
        assertThat(result.compatibility()).isZero();
        return result.present();
    }

    // ---- volumes

    @ParameterizedTest
    @ValueSource(strings = {V, "V:\\", "v:\\", "c:\\MOUNTS\\v\\"})
    void allNamesOfAVolumeGiveTheSameAnswer(String name) {
        assertThat(supported(name)).isTrue();
        assertThat(snapshotted(name)).isFalse();
        make(S, A, 0);
        assertThat(snapshotted(name)).isTrue();
        assertThat(snapshotted(W)).isFalse();
        bench.code(new ProviderCall.DeleteSnapshots(A, 3, false));
        assertThat(snapshotted(name)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"V:", "''", "\\"})
    void malformedNamesAreInvalid(String name) {
        assertThat(bench.code(new ProviderCall.IsVolumeSupported(name))).isEqualTo(E_INVALIDARG);
        assertThat(bench.code(new ProviderCall.IsVolumeSnapshotted(name))).isEqualTo(E_INVALIDARG);
        assertThat(bench.code(new ProviderCall.QueryRevertStatus(name))).isEqualTo(E_INVALIDARG);
        assertThat(bench.code(new ProviderCall.IsVolumeSupported(null))).isEqualTo(E_INVALIDARG);
    }

    @Test
    void volumesThatAreNotOursAndThatAreNotThereDiffer() {
        assertThat(supported("C:\\")).isFalse();
        assertThat(snapshotted("C:\\")).isFalse();
        assertThat(bench.code(new ProviderCall.IsVolumeSupported("Z:\\"))).isEqualTo(VSS_E_OBJECT_NOT_FOUND);
        assertThat(bench.code(new ProviderCall.IsVolumeSnapshotted("Z:\\"))).isEqualTo(VSS_E_OBJECT_NOT_FOUND);
    }

    @Test
    void aVolumeIsSupportedByTheContextAndByWhatCanBeInPrinciple() {
        bench.code(new ProviderCall.SetContext(0x1D));
        assertThat(supported(V)).isFalse();
        bench.code(new ProviderCall.SetContext(PERSISTENT));
        assertThat(supported(V)).isTrue();
        bench.engine.volume("v", VolumeInfo.State.FAILED);
        assertThat(supported(V)).isFalse();
        bench.engine.volumes.remove("v");
        assertThat(supported(V)).isFalse();
        bench.surface.available = false;
        assertThat(supported(W)).as("no surface").isFalse();
    }

    @Test
    void theDeviceOfACopyIsNotSupported() {
        make(S, A, 0);
        assertThat(supported(properties(A).deviceName() + "\\")).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"PREPARING", "PREPARED", "PRECOMMITTED", "COMMITTED"})
    void whatIsNotDurableDoesNotExist(String state) {
        bench.bring(S, A, 0, SetState.valueOf(state));
        assertThat(snapshotted(V)).isFalse();
        assertThat(bench.query(0)).isEmpty();
        assertThat(bench.code(new ProviderCall.GetSnapshotProperties(A))).isEqualTo(VSS_E_OBJECT_NOT_FOUND);
        assertThat(bench.code(new ProviderCall.DeleteSnapshots(A, 3, true))).isEqualTo(VSS_E_OBJECT_NOT_FOUND);
        assertThat(bench.code(new ProviderCall.DeleteSnapshots(S, 2, true))).isEqualTo(VSS_E_OBJECT_NOT_FOUND);
    }

    // ---- queries and properties

    @ParameterizedTest
    @CsvSource({"0, 1, 2", "0, 3, 3", "0, 0, 0", "5, 1, 3"})
    void otherQueriesAreInvalid(long id, int queried, int returned) {
        assertThat(bench.code(new ProviderCall.Query(new UUID(0, id), queried, returned)))
                .isEqualTo(E_INVALIDARG);
    }

    @Test
    void eachContextSeesItsOwnAndAllSeesAll() {
        List<Integer> contexts = List.of(0x0, 0x10, 0x19, 0x9);
        for (int i = 0; i < contexts.size(); i++) {
            make(new UUID(8, i + 1), new UUID(9, i + 1), contexts.get(i) | 0x2);
        }
        for (int i = 0; i < contexts.size(); i++) {
            VssBench other = bench;
            other.connect();
            assertThat(other.query(contexts.get(i)))
                    .extracting(SnapshotProperties::snapshotId)
                    .containsExactly(new UUID(9, i + 1));
        }
        bench.connect();
        assertThat(bench.query(Contexts.ALL))
                .hasSize(4)
                .extracting(SnapshotProperties::status)
                .containsOnly(12);
    }

    @Test
    void allPropertiesAreFilledAndThoseOfTheSetStay() {
        bench.begin(S, A, "v:\\", 0);
        bench.begin(S, B, W, 0);
        bench.endPrepare(S);
        bench.preCommit(S);
        bench.commit(S);
        bench.postCommit(S, 5);
        SnapshotProperties found = properties(A);
        assertThat(found)
                .isEqualTo(new SnapshotProperties(
                        A,
                        S,
                        5,
                        "\\\\?\\GLOBALROOT\\Device\\Shadow1",
                        V,
                        "HOST",
                        "HOST",
                        null,
                        null,
                        VssHost.PROVIDER_ID,
                        0x20040,
                        116_444_736_000_000_001L,
                        12));
        assertThat(bench.surface.visible).as("PreFinal makes it visible").isEmpty();
        bench.code(new ProviderCall.DeleteSnapshots(B, 3, false));
        assertThat(properties(A).snapshotsCount()).isEqualTo(5);
    }

    @Test
    void whatNoFinalCallMadeVisibleIsWhenSomebodyAsks() {
        make(S, A, 0x2);
        assertThat(bench.surface.visible).isEmpty();
        properties(A);
        assertThat(bench.surface.visible).containsExactly(A);
        assertThat(bench.surface.writable).isEmpty();
        bench.start();
        bench.surface.hook = step -> {
            throw new CopySurface.SurfaceException("no disk");
        };
        assertThat(bench.code(new ProviderCall.GetSnapshotProperties(A))).isEqualTo(VSS_E_PROVIDER_VETO);
        assertThat(bench.query(0x2)).as("looking at all makes nothing visible").hasSize(1);
    }

    @Test
    void aCopyThatIsDeletedWhileItIsMadeVisibleIsNotFound() {
        make(S, A, 0x2);
        bench.surface.hook = step -> {
            bench.engine.disk.remove(S);
            throw new CopySurface.SurfaceException("no such copy");
        };
        assertThat(bench.code(new ProviderCall.GetSnapshotProperties(A))).isEqualTo(Hresult.VSS_E_OBJECT_NOT_FOUND);
    }

    private int set(UUID id, int property, int vt, @Nullable String text, long number) {
        return bench.code(new ProviderCall.SetSnapshotProperty(id, property, new PropertyValue(vt, text, number)));
    }

    @Test
    void propertiesThatMayChangeAreKept() {
        make(S, A, PERSISTENT);
        assertThat(set(A, 8, 8, "X:", 0)).isEqualTo(S_OK);
        assertThat(set(A, 9, 31, "share", 0)).isEqualTo(S_OK);
        assertThat(set(A, 7, 8, "OTHER", 0)).isEqualTo(S_OK);
        assertThat(set(A, 11, 3, null, 0x20009 | 0x100000)).isEqualTo(S_OK);
        bench.start();
        SnapshotProperties found = properties(A);
        assertThat(found.exposedName()).isEqualTo("X:");
        assertThat(found.exposedPath()).isEqualTo("share");
        assertThat(found.serviceMachine()).isEqualTo("OTHER");
        assertThat(found.originatingMachine()).isEqualTo("HOST");
        assertThat(found.attributes()).isEqualTo(0x120009);
        assertThat(set(A, 8, 0, null, 0)).isEqualTo(S_OK);
        assertThat(set(A, 9, 8, "", 0)).isEqualTo(S_OK);
        assertThat(properties(A).exposedName()).isNull();
        assertThat(properties(A).exposedPath()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 10, 12, 13, 14, -1})
    void otherPropertiesAreInvalid(int property) {
        make(S, A, 0);
        assertThat(set(A, property, 8, "x", 0)).isEqualTo(E_INVALIDARG);
    }

    @Test
    void wrongTypesAndIdsAreInvalid() {
        make(S, A, 0);
        assertThat(set(NONE, 8, 8, "X:", 0)).isEqualTo(E_INVALIDARG);
        assertThat(set(B, 8, 8, "X:", 0)).isEqualTo(VSS_E_OBJECT_NOT_FOUND);
        assertThat(set(A, 8, 3, null, 7)).as("a number for a name").isEqualTo(E_INVALIDARG);
        assertThat(set(A, 11, 8, "7", 0)).as("a text for attributes").isEqualTo(E_INVALIDARG);
        assertThat(set(A, 11, 3, null, 0x20049)).as("another context").isEqualTo(E_INVALIDARG);
        assertThat(set(A, 7, 0, null, 0)).as("no machine").isEqualTo(E_INVALIDARG);
        assertThat(set(A, 8, 8, "x".repeat(5_000), 0)).as("too long").isEqualTo(E_INVALIDARG);
        assertThat(properties(A).exposedName()).isNull();
    }

    // ---- deleting

    private void deleted(ProviderCall.DeleteSnapshots call, int hresult, int deleted, UUID nondeleted) {
        ProviderAnswer answer = bench.call(call);
        assertThat(answer.hresult()).isEqualTo(hresult);
        assertThat(answer.result()).isEqualTo(new ProviderResult.Deleted(deleted, nondeleted));
    }

    @Test
    void aSnapshotIsDeletedOnceAndASetWhole() {
        make(S, A, 0);
        properties(A);
        deleted(new ProviderCall.DeleteSnapshots(A, 3, false), S_OK, 1, NONE);
        assertThat(bench.surface.visible).as("hidden before").isEmpty();
        deleted(new ProviderCall.DeleteSnapshots(A, 3, false), VSS_E_OBJECT_NOT_FOUND, 0, A);
        assertThat(bench.begin(S, B, V, 0)).as("the id of a deleted set").isEqualTo(VSS_E_PROVIDER_VETO);
        bench.bring(T, B, 0, SetState.CREATED);
        deleted(new ProviderCall.DeleteSnapshots(T, 2, false), S_OK, 1, NONE);
        assertThat(bench.told).extracting("id").doesNotContain(EventId.VSS_LEFTOVER);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 4})
    void otherTypesAreInvalidAndDeleteNothing(int type) {
        make(S, A, 0);
        deleted(new ProviderCall.DeleteSnapshots(A, type, true), E_INVALIDARG, 0, NONE);
        assertThat(bench.engine.disk).isNotEmpty();
    }

    @Test
    void aFailureStopsAndNamesTheOneThatFailed() {
        makeOfTwo(2);
        int[] calls = new int[1];
        bench.engine.hook = step -> {
            if (step.equals("deleteCopy") && ++calls[0] == 2) {
                throw new EngineException(EngineException.Kind.FAILED, "injected");
            }
        };
        List<UUID> all =
                bench.query(0).stream().map(SnapshotProperties::snapshotId).toList();
        deleted(new ProviderCall.DeleteSnapshots(S, 2, false), VSS_E_PROVIDER_VETO, 1, all.get(1));
        assertThat(bench.query(0)).extracting(SnapshotProperties::snapshotId).containsExactly(all.get(1));
    }

    @Test
    void whoReadsIsAskedUnlessForced() {
        make(S, A, 0);
        bench.readers.put(A, 1);
        deleted(new ProviderCall.DeleteSnapshots(A, 3, false), VSS_E_PROVIDER_VETO, 0, A);
        assertThat(bench.query(0)).hasSize(1);
        deleted(new ProviderCall.DeleteSnapshots(A, 3, true), S_OK, 1, NONE);
    }

    @Test
    void foreignIdsAreNotFoundAndNotTold() {
        deleted(new ProviderCall.DeleteSnapshots(A, 3, false), VSS_E_OBJECT_NOT_FOUND, 0, A);
        assertThat(bench.code(new ProviderCall.GetSnapshotProperties(A))).isEqualTo(VSS_E_OBJECT_NOT_FOUND);
        assertThat(bench.code(new ProviderCall.RevertToSnapshot(A))).isEqualTo(VSS_E_OBJECT_NOT_FOUND);
        assertThat(bench.told).isEmpty();
    }

    // ---- reverts

    @Test
    void aRevertIsFoundAgainUntilItIsDone() {
        make(S, A, PERSISTENT);
        assertThat(bench.code(new ProviderCall.QueryRevertStatus(V))).isEqualTo(VSS_E_OBJECT_NOT_FOUND);
        assertThat(bench.code(new ProviderCall.RevertToSnapshot(A))).isEqualTo(S_OK);
        assertThat(bench.code(new ProviderCall.RevertToSnapshot(A))).isEqualTo(Hresult.VSS_E_REVERT_IN_PROGRESS);
        assertThat(bench.begin(T, B, V, 0)).isEqualTo(VSS_E_PROVIDER_VETO);
        bench.start();
        UUID revert = ((ProviderResult.Revert)
                        bench.call(new ProviderCall.QueryRevertStatus("V:\\")).result())
                .revertId();
        assertThat(bench.call(new ProviderCall.RevertProgress(revert, 0)).result())
                .isEqualTo(new ProviderResult.RevertStatus(Hresult.VSS_S_ASYNC_PENDING, 40, 100));
        long before = bench.clock.nanoTime();
        bench.code(new ProviderCall.RevertProgress(revert, 5_000));
        assertThat(bench.clock.nanoTime() - before).isBetween(5_000_000_000L, 5_100_000_000L);
        bench.engine.reverts.clear();
        assertThat(bench.call(new ProviderCall.RevertProgress(revert, 5_000)).result())
                .isEqualTo(new ProviderResult.RevertStatus(Hresult.VSS_S_ASYNC_FINISHED, 0, 0));
        assertThat(bench.code(new ProviderCall.QueryRevertStatus(V))).isEqualTo(VSS_E_OBJECT_NOT_FOUND);
        assertThat(bench.code(new ProviderCall.RevertProgress(A, 0))).isEqualTo(VSS_E_OBJECT_NOT_FOUND);
    }

    @Test
    void onlyPersistentCopiesAreRevertedToAndOnlyOurVolumes() {
        make(S, A, 0);
        assertThat(bench.code(new ProviderCall.RevertToSnapshot(A))).isEqualTo(E_INVALIDARG);
        assertThat(bench.code(new ProviderCall.RevertToSnapshot(NONE))).isEqualTo(E_INVALIDARG);
        assertThat(bench.code(new ProviderCall.QueryRevertStatus("C:\\")))
                .isEqualTo(Hresult.VSS_E_VOLUME_NOT_SUPPORTED);
    }

    @Test
    void noBlockChangesUnderAMountedFileSystem() {
        make(S, A, PERSISTENT);
        bench.dismounts = (path, volume) -> {
            throw new Dismounts.MountedException(path + " is in use");
        };
        ProviderAnswer answer = bench.call(new ProviderCall.RevertToSnapshot(A));
        assertThat(answer.hresult()).isEqualTo(VSS_E_PROVIDER_VETO);
        assertThat(bench.engine.reverts).isEmpty();
        assertThat(bench.told).extracting("id").contains(EventId.VSS_VETO);
        boolean[] closed = new boolean[1];
        bench.dismounts = (path, volume) -> new Dismounts.Dismounted() {
            @Override
            public boolean mayCutOffClients() {
                return true;
            }

            @Override
            public void close() {
                closed[0] = true;
            }
        };
        assertThat(bench.code(new ProviderCall.RevertToSnapshot(A))).isEqualTo(S_OK);
        assertThat(closed[0]).isTrue();
        assertThat(bench.engine.reverts.values())
                .extracting(RevertProgress::volume)
                .containsExactly("v");
    }

    // ---- starts of the operating system

    @Test
    void onlyPersistentCopiesOutliveAStartOfTheOperatingSystem() {
        make(S, A, 0x2);
        make(T, B, PERSISTENT | 0x2);
        SnapshotProperties before = properties(B);
        bench.start();
        assertThat(bench.query(Contexts.ALL)).hasSize(2);
        bench.bootId = "boot-2";
        bench.start();
        assertThat(bench.query(Contexts.ALL))
                .extracting(SnapshotProperties::snapshotId)
                .containsExactly(B);
        assertThat(properties(B)).isEqualTo(before);
        assertThat(bench.told).extracting("id").contains(EventId.VSS_COPIES_REMOVED);
    }

    // ---- ports

    @Test
    void tablesRefuseWhatIsAmbiguous() {
        assertThatThrownBy(() -> new TableVolumeLocator(List.of(new TableVolumeLocator.Row(V, List.of("V:"), "v"))))
                .hasMessage("volume name \"V:\": expected a backslash at its end");
        assertThatThrownBy(() -> new TableVolumeLocator(
                        List.of(new TableVolumeLocator.Row(V, List.of(V.toUpperCase(Locale.ROOT)), "v"))))
                .hasMessageEndingWith("stands in the table twice");
        assertThatThrownBy(() -> new TableVolumeLocator(List.of(new TableVolumeLocator.Row("V:\\", List.of(), "v"))))
                .hasMessageContaining("expected \\\\?\\Volume{GUID}\\");
        assertThatThrownBy(() -> new TableCopySurface("\\\\?\\Device\\Same"))
                .hasMessageContaining("expected {n} or {id}");
    }
}
