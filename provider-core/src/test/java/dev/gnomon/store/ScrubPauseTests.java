/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.store.format.StoreException;
import dev.gnomon.testkit.SimWorld;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A scrub stands still while background work is paused, as it is while a set is being cut. */
class ScrubPauseTests {
    private static final long HOUR = 3_600_000_000_000L;

    @Test
    void aPausedScrubReadsNothingAndGoesOnAfterwards() {
        SimWorld world = new SimWorld(3);
        world.run(() -> {
            try (Store store = new StoreOpener(
                            StoreConfig.standard(Path.of("/store")),
                            world.storage(),
                            world.clock(),
                            world.scheduler(),
                            world.random())
                    .open()) {
                store.pause();
                assertThat(store.scrubber().begin()).isTrue();
                world.scheduler().sleep(HOUR);
                assertThat(store.scrubber().status().phase()).isEqualTo(ScrubStatus.Phase.RUNNING);
                store.resume();
                world.scheduler().sleep(HOUR);
                assertThat(store.scrubber().status().phase()).isEqualTo(ScrubStatus.Phase.DONE);
            } catch (StoreException e) {
                throw new AssertionError(e);
            }
        });
    }
}
