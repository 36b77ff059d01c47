/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.golden.EngineListing;
import dev.gnomon.golden.GoldenStore;
import dev.gnomon.golden.RandomStore;
import dev.gnomon.golden.StoreImage;
import dev.gnomon.mutants.Life;
import dev.gnomon.testkit.IoKind;
import dev.gnomon.testkit.Xoshiro256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A second reader of the format, written in Python from docs/format.md alone, reads what the engine reads: each shadow copy
 * and each live volume has the same hash. What the engine finds damaged it finds too.
 */
@Tag("interop")
@Timeout(600)
@ExtendWith(WorkspaceExtension.class)
class SecondReaderIT {
    private static final Path READER = Path.of("src", "test", "python", "read_store.py");
    private static final int RANDOM_STORES = Workspace.LONG ? 500 : 12;
    private static final int DAMAGES = Workspace.LONG ? 1000 : 24;

    @ParameterizedTest
    @EnumSource
    void goldenImageHashesAsTheListingSays(GoldenStore kind, Workspace workspace) throws IOException {
        JsonNode read = JsonMapper.shared()
                .readTree(read(workspace, kind.image(), kind.fileName()).ok());
        assertThat(listing(read)).isEqualTo(kind.listing().toPrettyString());
        // The image holds what it is kept for.
        assertThat(kind.holds())
                .allSatisfy(what -> assertThat(read.path("met").path(what).asLong())
                        .as(what)
                        .isPositive());
    }

    @Test
    void storesMadeAtRandomHashAsInTheEngine(Workspace workspace) throws IOException {
        Xoshiro256 seeds = new Xoshiro256(Workspace.SEED);
        for (int i = 0; i < RANDOM_STORES; i++) {
            long seed = seeds.nextLong() >>> 8;
            StoreImage image = RandomStore.make(seed);
            Tools.Result result = read(workspace, image, "random" + i);
            assertThat(result.exitCode())
                    .as("store of seed " + seed + ": " + result)
                    .isZero();
            assertThat(listing(JsonMapper.shared().readTree(result.out())))
                    .as("store of seed " + seed)
                    .isEqualTo(EngineListing.of(image).toPrettyString());
        }
        System.out.println(
                "FIGURE second reader: " + RANDOM_STORES + " stores made at random read alike, seed " + Workspace.SEED);
    }

    /** The segments of one are in two directories, those of the other in the second. */
    @Test
    void storesWhoseSegmentsAreElsewhereHashAsInTheEngine(Workspace workspace) throws IOException {
        for (boolean whole : new boolean[] {false, true}) {
            StoreImage image = StoreImage.of(Life.first(Workspace.SEED, life -> {
                life.prepareCopy();
                for (int piece = 0; piece < 30; piece++) {
                    life.write("a", piece, 1, 2);
                }
                life.settle();
                int[] deletes = {whole ? Integer.MAX_VALUE : 2};
                life.dieAt(io -> io.kind() == IoKind.DELETE
                        && String.valueOf(io.path().getFileName()).startsWith("segment-")
                        && --deletes[0] == 0);
                life.engine().moveDiffArea(StoreImage.MOVED);
                life.sleep(30_000 * Life.MILLISECOND);
            }));
            Tools.Result result = read(workspace, image, "moved-" + whole);
            assertThat(result.exitCode()).as(result.toString()).isZero();
            assertThat(listing(JsonMapper.shared().readTree(result.out())))
                    .isEqualTo(EngineListing.of(image).toPrettyString());
        }
    }

    @Test
    void damagedByteIsReportedWithItsPlace(Workspace workspace) throws IOException {
        StoreImage clean = GoldenStore.CLEAN.image();
        StoreImage killed = GoldenStore.KILLED.image();
        int batch = 4096;
        reports(workspace, clean, "checkpoint-00000001", 170, "checkpoint-00000001 at 0: checksum is ");
        reports(workspace, clean, "run-00000001", 4096 + 40, "run-00000001 at 4096: checksum is ");
        reports(workspace, clean, "segment-00000000", 60, "segment-00000000 at 0: checksum is ");
        reports(workspace, clean, "staging-00", 130, "staging-00 at 0: batch 1 of the staging chain is missing");
        reports(workspace, killed, "segment-00000000", batch + 140, "segment-00000000 at 4096: batch 1 is missing");
        int preserved = Life.find(killed.bytes("segment-00000000"), 1);
        reports(
                workspace,
                killed,
                "segment-00000000",
                preserved + 77,
                "segment-00000000 at " + preserved + ": piece ",
                "of volume a does not match its checksum");
    }

    private static void reports(Workspace workspace, StoreImage image, String file, int offset, String... expected)
            throws IOException {
        Tools.Result result = read(workspace, image.damaged(file, offset), file + "-" + offset);
        assertThat(result.exitCode()).as(result.toString()).isEqualTo(1);
        assertThat(result.err()).contains(expected);
    }

    /** Every byte of the store that a clean stop left is covered by something: what is read is as before or is not read. */
    @Test
    void damageNeverChangesWhatIsRead(Workspace workspace) throws IOException {
        StoreImage image = GoldenStore.CLEAN.image();
        Xoshiro256 random = new Xoshiro256(Workspace.SEED);
        List<String> files = image.storeFiles().stream()
                .filter(file -> used(image.bytes(file)).length > 0)
                .toList();
        int reported = 0;
        for (int i = 0; i < DAMAGES; i++) {
            String file = files.get(random.nextInt(files.size()));
            int[] used = used(image.bytes(file));
            int offset = used[random.nextInt(used.length)];
            Tools.Result result = read(workspace, image.damaged(file, offset), "damaged" + i);
            if (result.exitCode() == 0) {
                assertThat(listing(JsonMapper.shared().readTree(result.out())))
                        .as(file + " damaged at " + offset + ": " + result)
                        .isEqualTo(GoldenStore.CLEAN.listing().toPrettyString());
            } else {
                assertThat(result.err())
                        .as(file + " damaged at " + offset)
                        .contains(" at ")
                        .doesNotContain("Traceback");
                reported++;
            }
        }
        System.out.println("FIGURE second reader: " + DAMAGES + " damaged bytes, " + reported
                + " reported, the others in nothing that is read");
    }

    /** Returns the offsets of the bytes that are not zero. */
    private static int[] used(byte[] bytes) {
        return IntStream.range(0, bytes.length).filter(i -> bytes[i] != 0).toArray();
    }

    private static String listing(JsonNode read) {
        ObjectNode listing = JsonMapper.shared().createObjectNode();
        listing.set("volumes", read.path("volumes"));
        listing.set("sets", read.path("sets"));
        return listing.toPrettyString();
    }

    /** Runs the reader on an image. */
    private static Tools.Result read(Workspace workspace, StoreImage image, String name) throws IOException {
        Tools.require("python3");
        Path root = workspace.directory(name);
        image.extract(root);
        return Tools.run(
                "python3",
                "-B",
                READER.toAbsolutePath().toString(),
                StoreImage.in(root).toString(),
                "--origin-prefix",
                root.toString());
    }
}
