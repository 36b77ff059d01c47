/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import dev.gnomon.io.Clock;
import dev.gnomon.io.ClockContractTests;
import dev.gnomon.io.SchedulerContractTests;
import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageContractTests;
import java.nio.file.Path;
import org.junit.jupiter.api.Nested;

/** The contracts on the simulated ports. */
class SimPortsTests {
    @Nested
    class OfStorage extends StorageContractTests {
        private final SimStorage storage = new SimWorld(1).storage();

        @Override
        protected Storage storage() {
            return storage;
        }

        @Override
        protected Path directory() {
            return Path.of("/");
        }
    }

    @Nested
    class OfStorageThatIsWatched extends StorageContractTests {
        private final SimStorage storage = new SimWorld(1).storage();

        @Override
        protected Storage storage() {
            storage.listen(event -> storage.image());
            return storage;
        }

        @Override
        protected Path directory() {
            return Path.of("/");
        }
    }

    @Nested
    class OfSchedulers extends SchedulerContractTests {
        private static final int SEEDS = 50;

        @Override
        protected void run(Body body) {
            for (int seed = 0; seed < SEEDS; seed++) {
                SimWorld world = new SimWorld(seed);
                world.run(() -> body.run(world.scheduler(), world.clock()));
            }
        }
    }

    @Nested
    class OfClocks extends ClockContractTests {
        @Override
        protected Clock clock() {
            return new SimWorld(1).clock();
        }
    }
}
