/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.EngineException.Kind;
import dev.gnomon.store.Catalog;
import dev.gnomon.store.format.CatalogEntry;
import dev.gnomon.testkit.SimImage;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Shadow copies that are held stay, whatever becomes of the process. */
class HoldTests {
    private static final long SEED = 1;
    private static final UUID COPY = new UUID(1, 2);

    @Test
    void aHeldCopyAndASetWithOneAreNotDeletedUntilReleased() {
        SimImage image = Life.first(SEED, life -> {
            prepare(life);
            CopyInfo held = life.engine().holdCopy("a@s", "audit");
            assertThat(held.held()).isTrue();
            assertThat(held.holdReason()).isEqualTo("audit");
            requireHeld(life, "audit");
        });
        SimImage cut = Life.next(SEED, image.cutKeepingNone(), life -> {
            requireHeld(life, "audit");
            life.expectCopy("a@s", 0, 1);
            life.expectCopy("b@s", 0, 3);
            life.engine().holdCopy("a@s", "");
            life.engine().close(); // a clean stop: from now on the hold is in the checkpoint alone
        });
        SimImage released = Life.next(SEED, cut, life -> {
            requireHeld(life, "");
            assertThat(life.engine().releaseCopy("a@s").held()).isFalse();
        });
        Life.next(SEED, released.cutKeepingNone(), life -> {
            assertThat(life.engine().copy("a@s").held()).isFalse();
            life.engine().deleteSet("s");
            assertThat(life.engine().copies()).isEmpty();
        });
    }

    private static void prepare(Life life) throws Exception {
        life.volume("a", Life.MIN_BYTES);
        life.volume("b", Life.MIN_BYTES);
        life.write("a", 0, 1, 1);
        life.write("b", 0, 1, 3);
        life.set("s", "a", "b");
        life.write("a", 0, 1, 2);
        life.write("b", 0, 1, 4);
    }

    private static void requireHeld(Life life, String reason) throws Exception {
        String held = "shadow copy a@s is held" + (reason.isEmpty() ? "" : " (" + reason + ")");
        refused(() -> life.engine().deleteCopy("a@s"), held);
        refused(() -> life.engine().deleteSet("s"), held);
        assertThat(life.engine().copies()).extracting(CopyInfo::held).containsExactly(true, false);
        assertThat(life.readCopy("b@s", 0)).as("the other copy of the set").isEqualTo(3);
    }

    private static void refused(ThrowingCallable deletion, String message) {
        assertThatThrownBy(deletion)
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.kind()).isEqualTo(Kind.REFUSED))
                .hasMessage(message + "; release it first: gnomon copy release a@s");
    }

    @Test
    void theOtherCopiesOfTheSetMayBeDeleted() {
        Life.first(SEED, life -> {
            prepare(life);
            life.engine().holdCopy("a@s", "");
            life.engine().deleteCopy("b@s");
            assertThat(life.engine().copies()).extracting(CopyInfo::exportName).containsExactly("a@s");
        });
    }

    @Test
    void whatIsNotThereIsNotHeld() {
        Life.first(SEED, life -> {
            prepare(life);
            assertThatThrownBy(() -> life.engine().holdCopy("a@x", ""))
                    .isInstanceOfSatisfying(
                            EngineException.class, e -> assertThat(e.kind()).isEqualTo(Kind.NOT_FOUND));
            assertThatThrownBy(() -> life.engine().holdCopy("a@s", "x".repeat(1025)))
                    .hasMessage("reason of 1025 characters: expected at most 1024");
        });
    }

    // ---- the fold

    @Test
    void holdsGoWithTheirCopyAndComeBackFromEntries() {
        Catalog catalog = Catalog.EMPTY
                .apply(new CatalogEntry.VolumeAdded(1, new UUID(5, 6), "a", "/a", Life.MIN_BYTES, 1))
                .apply(new CatalogEntry.SetCreated(
                        new UUID(3, 4),
                        0,
                        "s",
                        Map.of(),
                        List.of(new CatalogEntry.CopyCreated(COPY, 1, 1, Life.MIN_BYTES))))
                .apply(new CatalogEntry.CopyHeld(COPY, true, "audit"))
                .apply(new CatalogEntry.CopyHeld(new UUID(9, 9), true, "a copy that there is not"));
        assertThat(catalog.isHeld(COPY)).isTrue();
        assertThat(catalog.isHeld(new UUID(9, 9))).isFalse();

        Catalog restored = Catalog.restored(catalog.entries(), 1, Map.of());
        assertThat(restored.isHeld(COPY)).isTrue();
        assertThat(restored.holdReason(COPY)).isEqualTo("audit");

        Catalog deleted = restored.apply(new CatalogEntry.CopiesDeleted(List.of(COPY)));
        assertThat(deleted.isHeld(COPY)).isFalse();
        assertThat(deleted.entries()).hasSize(1);
    }
}
