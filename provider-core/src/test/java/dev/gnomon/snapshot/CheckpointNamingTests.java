/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life;
import dev.gnomon.testkit.Fault;
import dev.gnomon.testkit.FaultRule;
import dev.gnomon.testkit.IoEvent;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.SimImage;
import org.junit.jupiter.api.Test;

/**
 * Naming a checkpoint takes a write of each superblock slot. If the second is refused the first names it all the same, and
 * whoever starts then begins with it.
 */
class CheckpointNamingTests {
    private static final long SEED = 1;

    /** So many I/Os after the refused write the checkpoint was made again and the ones before are deleted. */
    private static final int CALLS = 120;

    /** Refuses the second write of a superblock after the first checkpoint that it sees, once. */
    private static final class SecondSlot {
        private boolean written;
        private int named;

        boolean isReached() {
            return named >= 2;
        }

        boolean matches(IoEvent event) {
            if (event.phase() != IoEvent.Phase.BEFORE || event.kind() != IoKind.WRITE) {
                return false;
            }
            written |= String.valueOf(event.path().getFileName()).startsWith("checkpoint");
            boolean names = written && event.path().equals(Life.SUPERBLOCK);
            named += names ? 1 : 0;
            return names && named == 2;
        }
    }

    @Test
    void aCheckpointThatOneSlotNamesStaysUntilAnotherIsNamedByBoth() {
        int died = 0;
        for (int calls = 0; calls < CALLS; calls++) {
            SecondSlot second = new SecondSlot();
            int[] left = {calls};
            SimImage image = Life.first(SEED, life -> {
                life.prepareCopy();
                assertThat(life.write("a", 0, 1, 2)).isEqualTo(IoStatus.OK);
                life.set("t", "a");
                assertThat(life.write("a", 0, 1, 3)).isEqualTo(IoStatus.OK);
                life.settle();
                life.world().storage().inject(FaultRule.when(second::matches).then(new Fault.NoSpace()));
                life.dieAt(event -> second.isReached() && left[0]-- <= 0);
                life.engine().deleteSet("t"); // and a checkpoint
                life.sleep(600_000 * Life.MILLISECOND);
            });
            assertThat(second.isReached()).isTrue();
            died += left[0] < 0 ? 1 : 0;
            Life.next(SEED, image.killed(), life -> {
                life.expectCopy("a@s", 0, 1);
                assertThat(life.read("a", 0)).isEqualTo(3);
            });
        }
        assertThat(died).as("lives that ended after the refused write").isGreaterThan(20);
    }
}
