/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.golden;

import dev.gnomon.testkit.SimImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The kinds of stores that golden images are kept of. Each is made on a simulated machine, the same each time, and kept in
 * the test resources with a listing of what the engine read in it when it was made.
 */
public enum GoldenStore {
    /** Stopped in good order: sets over two volumes, one of a size that is no multiple of 4 KiB, attributes. */
    CLEAN(GoldenLives::clean, "runs", "staging batches"),

    /** Killed with a log tail and new data that is not settled, of the live epoch and of older ones. */
    KILLED(GoldenLives::killed, "log batches", "unsettled pieces", "zero pieces"),

    /** As killed, but the power was cut: some sectors that were not forced are there and some are not. */
    TORN(GoldenLives::torn, "log batches", "unsettled pieces"),

    /** Killed when the cleaner has moved pieces and no run says so yet, after lives that ended well. */
    MOVED(GoldenLives::moved, "runs", "moved pieces", "log batches"),

    /** Runs that say where pieces were moved to, segments that were used again, new data that is not settled. */
    RUNS(GoldenLives::runs, "runs", "moved pieces", "unsettled pieces"),

    /** Copies that were deleted, a set that lost one, pieces of zeros. */
    DELETED(GoldenLives::deleted, "zero pieces", "runs"),

    /** A volume that was removed, one that took its name, and one that failed a flush. */
    REMOVED(GoldenLives::removed, "log batches", "staging batches"),

    /** A revert that was under way when the process was killed, with writes since it began. */
    REVERT(GoldenLives::revert, "reverts", "log batches"),

    /** Bookmarks: copies of which only is known what changed since. */
    BOOKMARKS(GoldenLives::bookmarks, "pieces not kept", "runs"),

    /** A volume that grew under its copies, one that shrank, and properties; killed after lives that ended well. */
    RESIZED(GoldenLives::resized, "runs", "log batches", "unsettled pieces"),

    /** Overlays: one that was sealed, after some writes twice over, and one that is open. */
    OVERLAYS(GoldenLives::overlays, "runs", "sealed overlays");

    private static final Path IMAGES = Path.of("src", "test", "resources", "dev", "gnomon", "golden");

    @SuppressWarnings("ImmutableEnumChecker") // a static method each, without any state
    private final Supplier<SimImage> lives;

    @SuppressWarnings("ImmutableEnumChecker") // made by List.of
    private final List<String> holds;

    GoldenStore(Supplier<SimImage> lives, String... holds) {
        this.lives = lives;
        this.holds = List.of(holds);
    }

    /** Returns what the last process left. */
    SimImage make() {
        return lives.get();
    }

    /** Returns what the second reader must meet in the image, in its words; or the image is of no use. */
    public List<String> holds() {
        return holds;
    }

    /** Returns the image that is kept. */
    public StoreImage image() throws IOException {
        try (InputStream zip = Files.newInputStream(IMAGES.resolve(fileName() + ".zip"))) {
            return StoreImage.unzip(zip);
        }
    }

    /** Returns the listing that is kept with it. */
    public JsonNode listing() throws IOException {
        return JsonMapper.shared().readTree(Files.readString(IMAGES.resolve(fileName() + ".json")));
    }

    /** Makes image and listing anew, in place of those that are kept. */
    void write() throws IOException {
        StoreImage made = StoreImage.of(make());
        Files.createDirectories(IMAGES);
        Files.write(IMAGES.resolve(fileName() + ".zip"), made.zip());
        Files.writeString(
                IMAGES.resolve(fileName() + ".json"), EngineListing.of(made).toPrettyString() + "\n");
    }

    /** Returns the name of the image's files. */
    public String fileName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
