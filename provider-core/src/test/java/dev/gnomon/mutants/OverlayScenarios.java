/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import dev.gnomon.io.IoStatus;
import dev.gnomon.mutants.Life.Wrong;
import dev.gnomon.snapshot.CopyReader;
import dev.gnomon.snapshot.Overlay;
import dev.gnomon.testkit.SimImage;
import java.nio.ByteBuffer;
import java.util.Objects;

/** Scenarios that search for what mutants of overlays do wrong. Copy a@s holds ones in its first two pieces. */
final class OverlayScenarios {
    private static final int REWRITES = 20;

    private OverlayScenarios() {}

    /** What was written before an overlay was sealed is there after a power cut. */
    static void sealed(long seed) {
        SimImage image = Life.first(seed, life -> {
            life.prepareCopy();
            life.engine().createOverlay("a@s");
            write(life, 1, 7);
            life.engine().sealOverlay("a@s");
        });
        Life.next(seed, image.cutKeepingNone(), life -> {
            CopyReader reader = Objects.requireNonNull(
                    life.engine().copyReader(life.engine().copy("a@s").id()), "the sealed overlay cannot be read");
            expect(reader, 1, 7);
        });
    }

    /** What was flushed after the file of an overlay was compacted is there after a power cut. */
    static void compacted(long seed) {
        SimImage image = Life.first(seed, life -> {
            life.prepareCopy();
            life.engine().createOverlay("a@s");
            for (int i = 1; i <= REWRITES; i++) {
                write(life, 0, i);
            }
            life.sleep(1000 * Life.MILLISECOND);
            long bytes = life.engine().copy("a@s").overlay().bytes();
            Wrong.unless(bytes < REWRITES * Life.PIECE, "the file of " + bytes + " bytes was not compacted");
            write(life, 1, 7);
            Overlay overlay = overlay(life);
            IoStatus status = life.await(overlay::flush);
            Wrong.unless(status == IoStatus.OK, "a flush ended with " + status);
        });
        Life.next(seed, image.cutKeepingNone(), life -> {
            expect(overlay(life), 0, REWRITES);
            expect(overlay(life), 1, 7);
        });
    }

    private static Overlay overlay(Life life) throws Exception {
        return Objects.requireNonNull(
                life.engine().overlay(life.engine().copy("a@s").id()), "the overlay cannot be written to");
    }

    private static void write(Life life, int piece, long number) throws Exception {
        ByteBuffer bytes = ByteBuffer.allocate(Life.PIECE);
        while (bytes.hasRemaining()) {
            bytes.putLong(number);
        }
        Overlay overlay = overlay(life);
        IoStatus status = life.await(done -> overlay.write(piece * (long) Life.PIECE, bytes.flip(), false, done));
        Wrong.unless(status == IoStatus.OK, "a write to an overlay ended with " + status);
    }

    private static void expect(CopyReader reader, int piece, long number) {
        long found = Life.number(reader::read, piece, "the overlay");
        Wrong.unless(found == number, "piece " + piece + " of the overlay: expected " + number + ", found " + found);
    }
}
