/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.store.format.Superblock;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** A patch either changes exactly what it names, or says that it is stale. */
class PatcherTests {
    private static final Patch ONE_SLOT = Patch.in("store.SuperblockFile.write", "Superblock.slotOffset", Patch.DROP);

    private static MutantLoader load(Patch... patches) throws ClassNotFoundException {
        MutantLoader loader = new MutantLoader(PatcherTests.class.getClassLoader(), List.of(patches));
        loader.loadPatched();
        return loader;
    }

    @Test
    void everyPatchOfTheTableFitsTheCode() throws Exception {
        Set<String> names = new HashSet<>();
        for (Mutant mutant : Mutants.all()) {
            assertThat(names.add(mutant.name()))
                    .as(mutant.name() + " is there once")
                    .isTrue();
            load(mutant.patches().toArray(Patch[]::new));
        }
    }

    @Test
    void aWorldHasClassesOfItsOwn() throws Exception {
        Class<?> loaded = load(ONE_SLOT).loadClass(Superblock.class.getName());
        assertThat(loaded.getName()).isEqualTo(Superblock.class.getName());
        assertThat(loaded).isNotEqualTo(Superblock.class);
        assertThat(load(ONE_SLOT).loadClass(List.class.getName())).isEqualTo(List.class);
    }

    @Test
    void anotherCountOfCallsIsStale() {
        assertThatThrownBy(() -> load(ONE_SLOT.all(2)))
                .isInstanceOf(StaleMutant.class)
                .hasMessage("store.SuperblockFile.write: Superblock.slotOffset -> drop: expected 2 calls, found 1");
        assertThatThrownBy(() -> load(Patch.in("store.SuperblockFile.renamed", "Superblock.slotOffset", Patch.DROP)))
                .isInstanceOf(StaleMutant.class)
                .hasMessageEndingWith("expected 1 calls, found 0");
    }

    @Test
    void aBodyThatIsMissingOrDoesNotFitIsStale() {
        assertThatThrownBy(() -> load(Patch.in("store.SuperblockFile.write", "Superblock.slotOffset", "nobody")))
                .isInstanceOf(StaleMutant.class)
                .hasMessageEndingWith("expected 1 body, found 0");
        assertThatThrownBy(() -> load(Patch.in("store.SuperblockFile.write", "Superblock.slotOffset", "forceAgain")))
                .isInstanceOf(StaleMutant.class)
                .hasMessageEndingWith("the body takes StorageFile, the call passes Superblock");
        assertThatThrownBy(() -> load(Patch.in("store.SuperblockFile.write", "Superblock.slotOffset", Patch.YES)))
                .isInstanceOf(StaleMutant.class)
                .hasMessageEndingWith("the call returns long, not boolean");
    }
}
