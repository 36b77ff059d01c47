/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.store.format.CatalogEntry.CopiesDeleted;
import dev.gnomon.store.format.CatalogEntry.CopyCreated;
import dev.gnomon.store.format.CatalogEntry.RevertDone;
import dev.gnomon.store.format.CatalogEntry.RevertStarted;
import dev.gnomon.store.format.CatalogEntry.SetCreated;
import dev.gnomon.store.format.CatalogEntry.VolumeAdded;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Reverts in the catalog. */
class CatalogRevertTests {
    private static final UUID OLD = new UUID(1, 1);
    private static final UUID NEW = new UUID(1, 2);

    private static final Catalog TWO_COPIES = Catalog.EMPTY
            .apply(new VolumeAdded(1, new UUID(2, 1), "a", "/a", 1 << 20, 1))
            .apply(set(3, OLD, 4))
            .apply(set(4, NEW, 6));

    private static SetCreated set(long id, UUID copy, long epoch) {
        return new SetCreated(
                new UUID(id, id), 0, "s" + id, Map.of(), List.of(new CopyCreated(copy, 1, epoch, 1 << 20)));
    }

    private static Catalog.VolumeEntry volume(Catalog catalog) {
        Catalog.VolumeEntry volume = catalog.volume(1);
        if (volume == null) {
            throw new AssertionError("volume 1 is gone");
        }
        return volume;
    }

    @Test
    void aRevertIsThereUntilItIsDoneAndNamesItsEpochForEver() {
        Catalog reverting = TWO_COPIES.apply(new RevertStarted(1, OLD, 9));
        assertThat(volume(reverting).revert()).isEqualTo(new Catalog.Revert(OLD, 9));
        assertThat(reverting.isRevertSource(OLD)).isTrue();
        assertThat(reverting.isRevertSource(NEW)).isFalse();
        Catalog done = reverting.apply(new RevertDone(1));
        assertThat(volume(done).revert().running()).isFalse();
        assertThat(volume(done).highestEpoch()).isEqualTo(9);
        assertThat(done.isRevertSource(OLD)).isFalse();
    }

    @Test
    void aCheckpointKeepsARevert() {
        Catalog reverting = TWO_COPIES.apply(new RevertStarted(1, OLD, 9));
        List<CatalogEntry> entries = reverting.entries();
        Catalog restored = Catalog.restored(entries, 1, Map.of(1, 9L));
        assertThat(volume(restored)).isEqualTo(volume(reverting));
        assertThat(restored.entries()).isEqualTo(entries);
    }

    @Test
    void whatContradictsARevertIsRefused() {
        Catalog reverting = TWO_COPIES.apply(new RevertStarted(1, OLD, 9));
        refused(reverting, new CopiesDeleted(List.of(OLD)), "being reverted to");
        refused(reverting, new RevertStarted(1, NEW, 10), "second revert");
        refused(TWO_COPIES, new RevertStarted(1, OLD, 6), "goes back");
        refused(TWO_COPIES, new RevertStarted(1, new UUID(9, 9), 7), "not there");
        refused(TWO_COPIES, new RevertDone(1), "not there");
        assertThat(volume(reverting.apply(new CopiesDeleted(List.of(NEW))))
                        .revert()
                        .running())
                .isTrue();
    }

    private static void refused(Catalog catalog, CatalogEntry entry, String message) {
        assertThatThrownBy(() -> catalog.apply(entry))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void recordsOfARunningRevertAreNeededAndThoseBehindItsEndAreNot() {
        Needs needs = new Needs();
        needs.add(volume(TWO_COPIES.apply(new RevertStarted(1, OLD, 9))), 0);
        assertThat(needs.needs(1, 7, 9))
                .as("says that the revert has been there")
                .isTrue();
        assertThat(needs.needs(1, 9, 12)).as("a second one of a piece").isFalse();
        Needs later = new Needs();
        later.add(volume(TWO_COPIES), 0);
        assertThat(later.needs(1, 7, 9)).isFalse();
    }
}
