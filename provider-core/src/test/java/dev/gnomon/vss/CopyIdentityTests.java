/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import static dev.gnomon.vss.Hresult.S_OK;
import static dev.gnomon.vss.Hresult.VSS_E_PROVIDER_VETO;
import static dev.gnomon.vss.VssBench.S;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.observe.Event;
import dev.gnomon.observe.EventId;
import dev.gnomon.snapshot.EngineException;
import dev.gnomon.snapshot.OverlayInfo.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** When a copy gets its disk identity, and what becomes of that when something fails in the middle. */
class CopyIdentityTests {
    private static final UUID A = new UUID(3, 1);
    private static final int PERSISTENT = 0x9;
    private static final int NO_AUTORECOVERY = 0xB;
    private final VssBench bench = new VssBench();
    private final TestDisk disk = TestDisk.gpt(1 << 20);

    private int show() {
        return bench.code(new ProviderCall.GetSnapshotProperties(A));
    }

    private State overlay() {
        return Objects.requireNonNull(bench.engine.copy(A)).overlay().state();
    }

    private String mark() {
        return Attributes.text(Objects.requireNonNull(bench.engine.copy(A)), Attributes.IDENTITY);
    }

    private List<Event> kept() {
        return bench.told.stream()
                .filter(event -> event.id() == EventId.VSS_IDENTITY_KEPT)
                .toList();
    }

    private byte[] diskGuid() {
        byte[] bytes = Objects.requireNonNull(bench.engine.written.get(A), "nothing was written");
        return java.util.Arrays.copyOfRange(bytes, 512 + 56, 512 + 72);
    }

    private void make(int context, SetState to) {
        bench.engine.contents.put(A, disk.bytes);
        bench.bring(S, A, context, to);
        assertThat(bench.state(S)).isEqualTo(to);
    }

    @Test
    void theIdentityIsThereBeforeTheSurfaceAttaches() {
        List<String> steps = new ArrayList<>();
        bench.surface.hook = step -> steps.add(step + " " + overlay() + " " + mark());
        make(PERSISTENT, SetState.CREATED);
        assertThat(steps).containsExactly("attach OPEN own", "setReadOnly OPEN own");
        assertThat(overlay()).isEqualTo(State.SEALED);
        assertThat(diskGuid()).isNotEqualTo(disk.get(512 + 56, 16));
        assertThat(kept()).isEmpty();
    }

    @Test
    void aCopyWithoutAutoRecoveryIsSealedBeforeTheSurfaceAttaches() {
        List<String> steps = new ArrayList<>();
        bench.surface.hook = step -> steps.add(step + " " + overlay() + " " + mark());
        make(NO_AUTORECOVERY, SetState.CREATED);
        assertThat(overlay()).as("until somebody wants to see it").isEqualTo(State.NONE);
        assertThat(show()).isEqualTo(S_OK);
        assertThat(steps).containsExactly("attach SEALED own");
    }

    @Test
    void theIdentityStaysTheSameInTheNextProcess() {
        make(NO_AUTORECOVERY, SetState.CREATED);
        show();
        byte[] before = diskGuid();
        bench.start();
        assertThat(show()).isEqualTo(S_OK);
        assertThat(bench.surface.visible).contains(A);
        assertThat(diskGuid()).isEqualTo(before);
    }

    @Test
    void aCopyWithoutATableNeedsNoOverlayToBeShown() {
        bench.bring(S, A, NO_AUTORECOVERY, SetState.CREATED);
        assertThat(show()).isEqualTo(S_OK);
        assertThat(overlay()).isEqualTo(State.NONE);
        assertThat(mark()).isEmpty();
    }

    @Test
    void aDamagedTableIsToldOnceAndTheCopyIsVisible() {
        disk.bytes[512 + 20] ^= 1;
        for (int context : new int[] {PERSISTENT, NO_AUTORECOVERY}) {
            VssBench other = new VssBench();
            other.engine.contents.put(A, disk.bytes);
            other.bring(S, A, context, SetState.CREATED);
            for (int i = 0; i < 3; i++) {
                assertThat(other.code(new ProviderCall.GetSnapshotProperties(A)))
                        .isEqualTo(S_OK);
                other.start();
            }
            assertThat(other.told)
                    .filteredOn(event -> event.id() == EventId.VSS_IDENTITY_KEPT)
                    .singleElement()
                    .satisfies(event ->
                            assertThat(event.message()).contains("v@" + A).contains("wrong CRC"));
            assertThat(other.engine.written).isEmpty();
            assertThat(other.surface.visible).contains(A);
        }
    }

    @Test
    void whateverFailsInTheMiddleIsDoneAgain() {
        for (String failing : List.of("createOverlay", "writeOverlay", "sealOverlay")) {
            for (boolean restarted : new boolean[] {false, true}) {
                VssBench other = new VssBench();
                other.engine.contents.put(A, disk.bytes);
                other.bring(S, A, NO_AUTORECOVERY, SetState.CREATED);
                int[] count = new int[1];
                other.engine.hook = step -> {
                    if (step.equals(failing) && ++count[0] >= (step.equals("writeOverlay") ? 3 : 1)) {
                        throw new EngineException(EngineException.Kind.FAILED, "no " + step);
                    }
                };
                assertThat(other.code(new ProviderCall.GetSnapshotProperties(A)))
                        .isEqualTo(VSS_E_PROVIDER_VETO);
                assertThat(other.surface.visible).as(failing).isEmpty();
                other.engine.hook = step -> {};
                if (restarted) {
                    other.start();
                    assertThat(Objects.requireNonNull(other.engine.copy(A))
                                    .overlay()
                                    .state())
                            .as("%s: a part of an identity is no overlay", failing)
                            .isEqualTo(failing.equals("sealOverlay") ? State.SEALED : State.NONE);
                }
                assertThat(other.code(new ProviderCall.GetSnapshotProperties(A)))
                        .isEqualTo(S_OK);
                assertThat(other.surface.visible).containsExactly(A);
                TestDisk copy = TestDisk.gpt(1 << 20);
                copy.disk.put(0, Objects.requireNonNull(other.engine.written.get(A)));
                for (int header : new int[] {1, copy.backupHeader()}) {
                    assertThat(copy.disk.getInt(header * 512 + 16)).isEqualTo(copy.headerCrc(header));
                    assertThat(copy.get(header * 512 + 56, 16)).isNotEqualTo(disk.get(512 + 56, 16));
                }
            }
        }
    }

    @Test
    void anOverlayThatWasMadeOtherwiseIsNotTouched() throws Exception {
        make(NO_AUTORECOVERY, SetState.CREATED);
        bench.engine.createOverlay(A);
        bench.engine.sealOverlay(A);
        assertThat(show()).isEqualTo(S_OK);
        assertThat(bench.engine.written).isEmpty();
        assertThat(kept()).hasSize(1);
        assertThat(bench.surface.visible).contains(A);
    }

    @Test
    void anOverlayThatWasDroppedByHandIsMadeAgain() throws Exception {
        make(NO_AUTORECOVERY, SetState.CREATED);
        show();
        byte[] before = diskGuid();
        bench.engine.dropOverlay(A);
        bench.start();
        assertThat(show()).isEqualTo(S_OK);
        assertThat(overlay()).isEqualTo(State.SEALED);
        assertThat(diskGuid()).isNotEqualTo(before);
    }
}
