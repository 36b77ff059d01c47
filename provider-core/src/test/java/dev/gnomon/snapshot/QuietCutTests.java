/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.mutants.Life;
import dev.gnomon.observe.Event;
import dev.gnomon.observe.Events;
import dev.gnomon.observe.Latencies;
import dev.gnomon.observe.Observer;
import dev.gnomon.snapshot.Engine.Allocation;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimWorld;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** While a set is being cut no event is written: another provider may hold writes to the disk that the log is on. */
class QuietCutTests {
    private final SimWorld world = new SimWorld(1);
    private final PausableEvents events = new PausableEvents();

    private static final class PausableEvents implements Events {
        private int pauses;

        @Override
        public void tell(Event event) {}

        @Override
        public void pause() {
            pauses++;
        }

        @Override
        public void resume() {
            pauses--;
        }
    }

    @Test
    void eventsWaitFromTheFirstFlushToTheRecordOfTheSet() {
        int[] seen = new int[2];
        world.run(() -> {
            CopyOnWriteEngine engine = open();
            world.storage().listen(io -> {
                if (io.phase() == IoEvent.Phase.BEFORE && io.kind() == IoKind.FORCE) {
                    seen[events.pauses]++;
                }
            });
            create(engine, "s");
            world.storage().listen(null);
            assertThat(events.pauses).isZero();
            engine.close();
        });
        assertThat(seen).as("forces outside and within the pause").satisfies(count -> {
            assertThat(count[0]).isZero();
            assertThat(count[1]).isPositive();
        });
    }

    @Test
    void eventsGoOnAfterASetThatFailed() {
        world.run(() -> {
            CopyOnWriteEngine engine = open();
            world.storage().inject(FaultRule.on(IoKind.FORCE).always().then(new Fault.IoError()));
            assertThatThrownBy(() -> create(engine, "s")).isInstanceOf(IllegalStateException.class);
            assertThat(events.pauses).isZero();
            world.scheduler().halt();
        });
    }

    private CopyOnWriteEngine open() {
        try {
            CopyOnWriteEngine engine = CopyOnWriteEngine.open(
                    new EngineConfig(Life.SMALL),
                    world.storage(),
                    world.clock(),
                    world.scheduler(),
                    world.random(),
                    new Observer(events, new Latencies()));
            engine.createVolume("a", Path.of("/a.img"), Life.MIN_BYTES, Allocation.SPARSE);
            return engine;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private static void create(CopyOnWriteEngine engine, String name) {
        try {
            engine.createSet(new SetRequest(List.of("a"), name, Map.of()));
        } catch (EngineException e) {
            throw new IllegalStateException(e);
        }
    }
}
