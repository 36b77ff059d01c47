/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.DiffPage.Extent;
import dev.gnomon.testkit.SimImage;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Verification finds every damaged piece that a copy reads, and nothing else. */
class VerifyTests {
    private static final int PIECE = Life.PIECE;

    /** Pieces 0 to 9 hold 1 at cut s, 2 at cut t, 3 now; piece 20 is a hole at s and then 2. */
    private static SimImage twoCopies() {
        return Life.first(1, life -> {
            life.volume("a", Life.MIN_BYTES);
            for (int i = 0; i < 10; i++) {
                life.write("a", i, 1, 100 + i);
            }
            life.set("s", "a");
            for (int i = 0; i < 10; i++) {
                life.write("a", i, 1, 200 + i);
            }
            life.write("a", 20, 1, 2);
            life.set("t", "a");
            life.write("a", 3, 2, 3);
            life.settle();
            life.engine().close();
        });
    }

    private static SimImage damaged(SimImage image, long number) {
        for (int segment = 0; segment < 2; segment++) {
            Path path = Life.STORE.resolve("segment-0000000" + segment);
            int at = Life.find(Life.bytes(image, path), number);
            if (at > 0) {
                return Life.flipped(image, path, at * 8L + 77);
            }
        }
        throw new AssertionError(number + " is not preserved");
    }

    @Test
    void intactCopiesAreCheckedWhole() {
        Life.next(2, twoCopies(), life -> {
            assertThat(life.engine().verify("a@s", 0))
                    .isEqualTo(new VerifyPage("a@s", Life.MIN_BYTES, 11 * PIECE, List.of(), Life.MIN_BYTES));
            assertThat(life.engine().verify("a@t", 0).checkedBytes()).isEqualTo(2 * PIECE);
            assertThat(life.engine().verify("a@s", 5 * PIECE).checkedBytes()).isEqualTo(6 * PIECE);
        });
    }

    @Test
    void damageIsNamedWhereItIsForEveryCopyThatReadsIt() {
        SimImage image = damaged(damaged(damaged(twoCopies(), 103), 104), 107);
        Life.next(2, image, life -> {
            VerifyPage page = life.engine().verify("a@s", 0);
            assertThat(page.damaged()).containsExactly(new Extent(3 * PIECE, 2 * PIECE), new Extent(7 * PIECE, PIECE));
            assertThat(page.checkedBytes()).isEqualTo(11 * PIECE);
            assertThat(life.engine().verify("a@t", 0).damaged()).isEmpty();
        });
    }

    @Test
    void whatIsNotThereIsRefused() {
        Life.next(2, twoCopies(), life -> {
            assertThatThrownBy(() -> life.engine().verify("a@x", 0)).hasMessage("no shadow copy \"a@x\"");
            assertThatThrownBy(() -> life.engine().verify("a@s", Life.MIN_BYTES))
                    .hasMessage("offset 1048576: expected 0 to 1048575, inside a@s");
        });
    }
}
