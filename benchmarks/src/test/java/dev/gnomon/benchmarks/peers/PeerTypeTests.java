/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class PeerTypeTests {
    @Test
    void variantsAreComparedWithGnomonAndThePairsOnly() {
        assertThat(in(Workload.VARIANTS, Phase.COPY_READ))
                .containsExactly("overlay-ext", "overlay-ext-again", "gnomon", "gnomon-512", "gnomon-small-index");
        assertThat(in(Workload.VARIANTS, Phase.FIRST))
                .containsExactly("overlay-ext", "overlay-ext-again", "gnomon", "gnomon-512");
        assertThat(in(Workload.VARIANTS, Phase.LIVE)).isEmpty();
    }

    @Test
    void othersAreComparedWithGnomonAsItUsuallyIs() {
        assertThat(in(Workload.RANDOM_DEEP, Phase.COPY_READ))
                .contains("cow4k", "fleecing", "xfs", "gnomon")
                .doesNotContain("gnomon-512", "gnomon-small-index");
        assertThat(in(Workload.RANDOM_DEEP, Phase.LIVE)).contains("raw", "nbdkit", "nbdkit-again", "gnomon");
        assertThat(in(Workload.READERS, Phase.LIVE)).isEmpty();
    }

    @Test
    void volatileGnomonIsBesideTheOthersWhereThereIsACopy() {
        assertThat(in(Workload.RANDOM_DEEP, Phase.FIRST)).contains("gnomon", "gnomon-volatile", "fleecing", "cow4k");
        assertThat(in(Workload.RANDOM_DEEP, Phase.LIVE)).doesNotContain("gnomon-volatile");
        assertThat(in(Workload.VARIANTS, Phase.FIRST)).doesNotContain("gnomon-volatile");
    }

    @Test
    void noNumberIsReachedWithoutDurability() {
        assertThat(Goals.ALL).noneMatch(goal -> goal.peer().equals(PeerTypes.GNOMON_VOLATILE));
    }

    private static List<String> in(Workload workload, Phase phase) {
        return PeerTypes.ALL.stream()
                .filter(type -> type.has(workload, phase))
                .map(PeerType::id)
                .toList();
    }
}
