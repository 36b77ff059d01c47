/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class LoadJobTests {
    private static final long SIZE = 64L << 20;
    private static final Target FILE = new Target.RawFile(Path.of("/origin"));

    @Test
    void firstOverwritesUseNoPlaceTwice() {
        LoadJob job = LoadJob.writes(Workload.STRIDE_DEEP, SIZE, 2000, 3, 5).once();

        assertThat(job.arguments(FILE))
                .contains("file=/origin", "operation=write", "pattern=once", "bytes=4096", "step=65536", "depth=32")
                .contains("requests=1024", "places=0", "milliseconds=2000", "tag=3", "seed=5", "fua=0", "flush-every=0")
                .noneMatch(argument -> argument.startsWith("servers="));
    }

    @Test
    void placeWithinTheStepMovesWithTheSeed() {
        assertThat(LoadJob.writes(Workload.STRIDE_DEEP, SIZE, 1, 1, 5).arguments(FILE))
                .contains("within=20480");
        assertThat(LoadJob.writes(Workload.STRIDE_DEEP, SIZE, 1, 1, 16).arguments(FILE))
                .contains("within=0");
        assertThat(LoadJob.writes(Workload.RANDOM_DEEP, SIZE, 1, 1, 5).arguments(FILE))
                .contains("within=0");
    }

    @Test
    void rewritesUseThePlacesOfTheFirstOverwrites() {
        LoadJob first = LoadJob.writes(Workload.RANDOM_DEEP, SIZE, 2000, 3, 5).once();
        LoadJob again = LoadJob.writes(Workload.RANDOM_DEEP, SIZE, 2000, 4, 5).over(777);

        assertThat(again.seed()).isEqualTo(first.seed());
        assertThat(again.shape()).isEqualTo(first.shape());
        assertThat(again.arguments(FILE)).contains("places=777", "requests=0");
    }

    @Test
    void durabilityOfTheWorkloadReachesTheLoadGenerator() {
        assertThat(LoadJob.writes(Workload.FORCED, SIZE, 1, 1, 1).arguments(FILE))
                .contains("fua=1");
        assertThat(LoadJob.writes(Workload.FLUSHES, SIZE, 1, 1, 1).arguments(FILE))
                .contains("flush-every=64");
        assertThat(LoadJob.reads(Workload.FLUSHES, SIZE, 1, 1).arguments(FILE))
                .contains("operation=read", "flush-every=0");
    }

    @Test
    void tagThatDoesNotFitAByteIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoadJob.writes(Workload.FORCED, SIZE, 1, 256, 1))
                .withMessageContaining("256");
    }

    @Test
    void jobWithoutAnEndIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> LoadJob.writes(Workload.FORCED, SIZE, 0, 1, 1));
    }
}
