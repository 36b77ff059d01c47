/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.testkit.ManualClock;
import dev.gnomon.vss.FaultVolumes;
import dev.gnomon.vss.ProviderCall;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Faults that are for the calls about one volume. */
class FaultOfVolumeTests {
    private static final UUID SET = new UUID(5, 1);
    private static final UUID OTHER_SET = new UUID(5, 2);
    private static final UUID COPY = new UUID(6, 1);
    private static final String DATA = "D:\\";
    private static final String OTHER = "E:\\";

    /** Asked for a name of Windows: these. */
    private final List<String> asked = new ArrayList<>();

    private final FaultTable faults = new FaultTable(new ManualClock(), new FaultVolumes() {
        @Override
        public String chosen(String name) {
            if (name.equals("none")) {
                throw new IllegalArgumentException("there is no volume none");
            }
            return name.equals(DATA) ? "data" : name;
        }

        @Override
        public String named(String windowsName) {
            asked.add(windowsName);
            return windowsName.equals(DATA) ? "data" : windowsName;
        }

        @Override
        public Set<String> ofCopies(UUID copyOrSet) {
            return copyOrSet.equals(COPY) || copyOrSet.equals(SET) ? Set.of("data") : Set.of();
        }
    });

    private boolean meets(ProviderCall call) {
        return faults.take(call).isPresent();
    }

    @Test
    void faultShowsTheVolumeThatWasMeant() {
        assertThat(faults.add("OnLoad", "hang", 1, DATA).volume()).isEqualTo("data");
        assertThatThrownBy(() -> faults.add("OnLoad", "hang", 1, "none")).hasMessageContaining("volume none");
        assertThat(faults.list()).hasSize(1);
    }

    @Test
    void volumesOfASetAreThoseOfItsBeginPrepare() {
        faults.add("CommitSnapshots", "hang", 10, "data");
        faults.take(new ProviderCall.BeginPrepareSnapshot(SET, new UUID(0, 1), OTHER, 0));
        faults.take(new ProviderCall.BeginPrepareSnapshot(SET, new UUID(0, 2), DATA, 0));
        faults.take(new ProviderCall.BeginPrepareSnapshot(OTHER_SET, new UUID(0, 3), OTHER, 0));
        faults.take(new ProviderCall.BeginPrepareSnapshot(OTHER_SET, new UUID(0, 4), null, 0));

        assertThat(meets(new ProviderCall.CommitSnapshots(SET))).isTrue();
        assertThat(meets(new ProviderCall.CommitSnapshots(OTHER_SET))).isFalse();
        assertThat(meets(new ProviderCall.PreCommitSnapshots(SET))).isFalse();
    }

    @Test
    void faultThatComesAfterBeginPrepareIsMetToo() {
        faults.take(new ProviderCall.BeginPrepareSnapshot(OTHER_SET, new UUID(0, 1), DATA, 0));
        faults.add("CommitSnapshots", "hang", 1, "data");

        assertThat(meets(new ProviderCall.CommitSnapshots(OTHER_SET))).isTrue();
    }

    @Test
    void nobodyAsksForNamesWhileWritesAreHeld() {
        faults.take(new ProviderCall.BeginPrepareSnapshot(SET, new UUID(0, 1), DATA, 0));
        faults.add(FaultTable.ANY_CALL, "hang", 10, "data");
        asked.clear();
        meets(new ProviderCall.PreCommitSnapshots(SET));
        meets(new ProviderCall.CommitSnapshots(SET));
        meets(new ProviderCall.PostCommitSnapshots(SET, 1, 1));

        assertThat(asked).isEmpty();
    }

    @Test
    void volumesOfCopiesAreThoseInTheCatalog() {
        faults.add(FaultTable.ANY_CALL, "hang", 10, "data");

        assertThat(meets(new ProviderCall.GetSnapshotProperties(COPY))).isTrue();
        assertThat(meets(new ProviderCall.RevertToSnapshot(COPY))).isTrue();
        assertThat(meets(new ProviderCall.DeleteSnapshots(SET, 2, false))).isTrue();
        assertThat(meets(new ProviderCall.DeleteSnapshots(new UUID(6, 9), 3, false)))
                .isFalse();
    }

    @Test
    void callsAboutNoVolumeMeetOnlyFaultsForAll() {
        faults.add(FaultTable.ANY_CALL, "hang", 10, "data");

        assertThat(meets(new ProviderCall.IsVolumeSupported(DATA))).isTrue();
        assertThat(meets(new ProviderCall.IsVolumeSupported(OTHER))).isFalse();
        assertThat(meets(new ProviderCall.IsVolumeSupported(null))).isFalse();
        assertThat(meets(new ProviderCall.OnLoad())).isFalse();
        faults.add(FaultTable.ANY_CALL, "hang", 10, "");
        assertThat(meets(new ProviderCall.OnLoad())).isTrue();
    }

    @Test
    void withoutAFaultForAVolumeNoNameIsLookedUpButOfSets() {
        faults.add(FaultTable.ANY_CALL, "hang", 10, "");
        meets(new ProviderCall.IsVolumeSupported(DATA));
        meets(new ProviderCall.IsVolumeSnapshotted(DATA));

        assertThat(asked).isEmpty();
        meets(new ProviderCall.BeginPrepareSnapshot(SET, COPY, DATA, 0));
        assertThat(asked).containsExactly(DATA);
    }
}
