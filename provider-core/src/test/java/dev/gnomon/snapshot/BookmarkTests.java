/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.snapshot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gnomon.export.EngineExports;
import dev.gnomon.mutants.Life;
import dev.gnomon.snapshot.DiffPage.Extent;
import dev.gnomon.store.StoreChecker;
import dev.gnomon.testkit.SimImage;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Bookmarks: copies whose bytes are gone, and that still say what changed since. */
class BookmarkTests {
    private static final int PIECE = Life.PIECE;

    private static Extent piece(int first, int count) {
        return new Extent(first * (long) PIECE, count * (long) PIECE);
    }

    private static List<Extent> since(Life life, String copy) throws EngineException {
        return life.engine().diff(new DiffRequest(copy, "", 0)).extents();
    }

    /** Copy a@s is a bookmark; pieces 0 to 9 were overwritten before that, 20 behind it. */
    private static void prepare(Life life) throws Exception {
        life.volume("a", Life.MIN_BYTES);
        life.write("a", 0, 10, 1);
        life.set("s", "a");
        life.write("a", 0, 10, 2);
        life.engine().bookmarkCopy("a@s");
        life.write("a", 20, 1, 3);
    }

    @Test
    void aBookmarkIsNoCopyButTheOlderSideOfDiffs() {
        Life.first(1, life -> {
            prepare(life);
            CopyOnWriteEngine engine = life.engine();
            assertThat(engine.copies()).isEmpty();
            assertThat(engine.sets()).isEmpty();
            assertThat(engine.volume("a").copies()).isZero();
            assertThat(engine.bookmarks()).extracting(CopyInfo::exportName).containsExactly("a@s");
            assertThatThrownBy(() -> engine.copy("a@s")).hasMessage("no shadow copy \"a@s\"");
            assertThatThrownBy(() -> engine.bookmarkCopy("a@s")).hasMessage("no shadow copy \"a@s\"");
            assertThatThrownBy(() -> engine.set("s")).hasMessage("no snapshot set \"s\"");
            assertThatThrownBy(() -> life.set("s", "a")).hasMessageContaining("exists already, perhaps as bookmarks");
            EngineExports exports = new EngineExports(engine);
            assertThat(exports.names()).containsExactly("a");
            assertThat(exports.open("a@s")).isNull();
            assertThat(exports.baselines("a").names()).containsExactly("s");
            assertThat(exports.baselines("a@s").names()).isEmpty();
            assertThat(since(life, "a@s")).containsExactly(piece(0, 10), piece(20, 1));
            life.set("t", "a");
            life.write("a", 30, 1, 4);
            assertThat(engine.diff(new DiffRequest("a@s", "a@t", 0)).extents())
                    .containsExactly(piece(0, 10), piece(20, 1));
            assertThat(exports.baselines("a@t").names()).containsExactly("s");
            engine.deleteCopy("a@s");
            assertThat(engine.bookmarks()).isEmpty();
            assertThatThrownBy(() -> since(life, "a@s")).hasMessage("no shadow copy \"a@s\"");
            assertThat(since(life, "a@t")).containsExactly(piece(30, 1));
        });
    }

    /** Through sweeps, a clean stop with its checkpoint, a kill, and both again. */
    @Test
    void aBookmarkSurvivesCheckpointsAndKills() {
        SimImage stopped = Life.first(1, life -> {
            prepare(life);
            life.settle();
            life.engine().close();
        });
        SimImage killed = Life.next(2, stopped, life -> {
            assertThat(life.engine().bookmarks())
                    .extracting(CopyInfo::exportName)
                    .containsExactly("a@s");
            assertThat(life.engine().copies()).isEmpty();
            assertThat(since(life, "a@s")).containsExactly(piece(0, 10), piece(20, 1));
            life.write("a", 40, 1, 5);
            life.write("a", 0, 1, 5);
        });
        SimImage again = Life.next(3, killed, life -> {
            assertThat(since(life, "a@s")).containsExactly(piece(0, 10), piece(20, 1), piece(40, 1));
            life.set("t", "a");
            life.write("a", 0, 50, 6);
            life.engine().bookmarkCopy("a@t");
            life.settle();
            life.engine().close();
            assertThat(new StoreChecker(
                                    life.world().storage(),
                                    life.world().clock(),
                                    life.world().scheduler(),
                                    Life.STORE)
                            .check()
                            .findings())
                    .isEmpty();
        });
        Life.next(4, again, life -> {
            assertThat(since(life, "a@s")).containsExactly(piece(0, 50));
            assertThat(since(life, "a@t")).containsExactly(piece(0, 50));
            assertThat(life.engine().diff(new DiffRequest("a@t", "a@s", 0)).extents())
                    .containsExactly(piece(0, 10), piece(20, 1), piece(40, 1));
            life.engine().removeVolume("a");
            assertThat(life.engine().bookmarks()).isEmpty();
        });
    }

    @Test
    void bytesThatOnlyABookmarkKnowsOfComeBackAndThoseOfCopiesStay() {
        Life.first(1, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 200, 1);
            life.set("s", "a");
            life.write("a", 0, 200, 2);
            life.set("t", "a");
            life.write("a", 0, 100, 3);
            life.settle();
            long before = life.engine().stats().logAllocatedBytes();
            assertThat(life.engine().stats().preservedBytes()).isEqualTo(300L * PIECE);
            life.engine().bookmarkCopy("a@s");
            life.sleep(400_000 * Life.MILLISECOND); // until no dead segment is kept for the log any more
            assertThat(life.engine().stats().preservedBytes())
                    .as("what t reads")
                    .isEqualTo(100L * PIECE);
            assertThat(life.engine().stats().logAllocatedBytes()).isLessThan(before - 100L * PIECE);
            assertThat(since(life, "a@s")).containsExactly(piece(0, 200));
            life.expectCopy("a@t", 0, 2);
            life.expectCopy("a@t", 150, 2);
            life.engine().bookmarkCopy("a@t");
            life.sleep(60_000 * Life.MILLISECOND);
            assertThat(life.engine().stats().preservedBytes()).isZero();
            assertThat(since(life, "a@t")).containsExactly(piece(0, 100));
            life.engine().deleteCopy("a@s");
            life.engine().deleteCopy("a@t");
            life.sleep(60_000 * Life.MILLISECOND);
            assertThat(life.engine().stats().exceptions()).as("markers").isZero();
        });
    }

    @Test
    void aBookmarkBetweenCopiesTakesNothingFromThem() {
        Life.first(1, life -> {
            life.volume("a", Life.MIN_BYTES);
            life.write("a", 0, 4, 1);
            life.set("old", "a");
            life.set("mark", "a");
            life.engine().bookmarkCopy("a@mark");
            life.write("a", 0, 2, 2); // Its record is the bookmark's first and what the old copy reads.
            life.set("new", "a");
            life.write("a", 0, 4, 3);
            life.settle();
            life.engine().deleteCopy("a@new");
            life.sleep(60_000 * Life.MILLISECOND);
            for (int piece = 0; piece < 4; piece++) {
                life.expectCopy("a@old", piece, 1);
            }
            assertThat(since(life, "a@mark")).containsExactly(piece(0, 4));
        });
    }

    /**
     * Kills the service, and cuts the power, at each I/O from the making of a bookmark to behind the sweep that gives its bytes up, keeping all of
     * what was not forced, or none: a copy that reads right, or a bookmark, once that was acknowledged; the diff is right.
     */
    @Test
    void whereverItIsCutOffThereIsACopyOrABookmark() {
        int bookmarks = 0;
        int cuts = 0;
        for (int at = 1; ; at++) {
            int last = at;
            int[] seen = new int[1];
            boolean[] ended = new boolean[2];
            SimImage image = Life.first(1, life -> {
                life.volume("a", Life.MIN_BYTES);
                life.write("a", 0, 10, 1);
                life.set("s", "a");
                life.write("a", 0, 10, 2);
                life.flush("a");
                life.settle();
                life.dieAt(event -> ++seen[0] == last);
                life.engine().bookmarkCopy("a@s");
                ended[0] = true;
                life.sleep(30_000 * Life.MILLISECOND);
                ended[1] = true;
            });
            for (SimImage left : List.of(image, image.cutKeepingAll(), image.cutKeepingNone())) {
                boolean[] isBookmark = new boolean[1];
                SimImage again = Life.next(2, left, life -> isBookmark[0] = judge(life, ended[0], last));
                Life.next(3, again, life -> judge(life, isBookmark[0], last)); // what was seen once stays
                bookmarks += isBookmark[0] ? 1 : 0;
                cuts++;
            }
            if (ended[1]) {
                break;
            }
        }
        System.out.println("FIGURE bookmarks: " + cuts + " cuts, behind " + bookmarks + " of them a bookmark");
        assertThat(bookmarks).isBetween(3, cuts - 3);
    }

    private static boolean judge(Life life, boolean mustBeBookmark, int cut) throws Exception {
        boolean isBookmark = life.engine().bookmarks().size() == 1;
        assertThat(life.engine().copies()).as("cut %d", cut).hasSize(isBookmark ? 0 : 1);
        assertThat(isBookmark || !mustBeBookmark)
                .as("cut %d: acknowledged", cut)
                .isTrue();
        if (!isBookmark) {
            for (int piece = 0; piece < 10; piece++) {
                life.expectCopy("a@s", piece, 1);
            }
        }
        assertThat(since(life, "a@s")).as("cut %d", cut).containsExactly(piece(0, 10));
        return isBookmark;
    }

    @Test
    void bookmarksHaveABoundOfTheirOwn() {
        Life.first(1, life -> {
            life.volume("a", Life.MIN_BYTES);
            for (int i = 0; i < Names.MAX_BOOKMARKS_OF_VOLUME; i++) {
                life.set("s" + i, "a");
                life.engine().bookmarkCopy("a@s" + i);
            }
            life.set("last", "a");
            assertThatThrownBy(() -> life.engine().bookmarkCopy("a@last"))
                    .hasMessage("volume a has 1024 bookmarks: at most 1024");
            assertThat(life.engine().copies()).hasSize(1);
            life.engine().deleteCopy("a@s0");
            life.engine().bookmarkCopy("a@last");
        });
    }
}
