/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.volume;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.io.Storage.Mode;
import dev.gnomon.io.StorageFile;
import dev.gnomon.testkit.CountingStorage;
import dev.gnomon.testkit.SimWorld;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Who reads in sequence has what comes next asked for, once and in large steps; nobody else has. */
class ReadAheadTests {
    private static final long SIZE = 1L << 30;
    private static final int PIECE = 4096;

    private record Asked(long offset, long length) {
        long end() {
            return offset + length;
        }
    }

    private final List<Asked> asked = new ArrayList<>();
    private final ReadAhead readAhead = new ReadAhead(recording());

    /** Returns a file that knows one call. */
    private StorageFile recording() {
        return (StorageFile) Proxy.newProxyInstance(
                StorageFile.class.getClassLoader(), new Class<?>[] {StorageFile.class}, (proxy, method, arguments) -> {
                    assertThat(method.getName()).isEqualTo("readAhead");
                    asked.add(new Asked((Long) arguments[0], (Long) arguments[1]));
                    return null;
                });
    }

    private void read(long offset, int length) {
        readAhead.reading(offset, length, SIZE);
    }

    @Test
    void aSequenceIsAskedForOnceAndAheadOfItsReads() {
        for (long at = 0; at < 64 << 20; at += PIECE) {
            read(at, PIECE);
            if (at >= 2 * ReadAhead.SURE_BYTES) {
                assertThat(asked.getLast().end())
                        .as("asked for when reading " + at)
                        .isGreaterThan(at + PIECE);
            }
        }
        for (int i = 1; i < asked.size(); i++) {
            assertThat(asked.get(i).offset()).isEqualTo(asked.get(i - 1).end());
        }
        assertThat(asked).hasSizeLessThanOrEqualTo(1 + (64 << 20) / (int) (ReadAhead.AHEAD_BYTES / 2));
    }

    @Test
    void nothingIsAskedForBehindTheEnd() {
        for (long at = SIZE - (16 << 20); at < SIZE; at += 128 << 10) {
            read(at, 128 << 10);
        }
        assertThat(asked).isNotEmpty().allMatch(each -> each.end() <= SIZE && each.length() > 0);
    }

    @Test
    void requestsThatChangePlacesAreOneSequence() {
        SplittableRandom random = new SplittableRandom(3);
        int window = 32;
        List<Long> waiting = new ArrayList<>();
        long next = 0;
        while (next < 32 << 20) {
            while (waiting.size() < window) {
                waiting.add(next);
                next += PIECE;
            }
            read(waiting.remove(random.nextInt(8)), PIECE);
        }
        assertThat(asked.getLast().end()).isGreaterThan(next);
        assertThat(asked.stream().mapToLong(Asked::length).sum()).isLessThan((32L << 20) + 2 * ReadAhead.AHEAD_BYTES);
    }

    @Test
    void severalSequencesAreToldApart() {
        for (int step = 0; step < 100; step++) {
            for (int stream = 0; stream < ReadAhead.STREAMS; stream++) {
                read(((long) stream << 26) + step * (128L << 10), 128 << 10);
            }
        }
        for (int stream = 0; stream < ReadAhead.STREAMS; stream++) {
            long from = (long) stream << 26;
            assertThat(asked.stream().filter(each -> each.offset() >= from && each.offset() < from + (1 << 26)))
                    .hasSizeBetween(3, 10);
        }
    }

    @Test
    void whoPicksSomePiecesGetsNoOthers() {
        for (long at = 0; at < 256 << 20; at += 64 << 10) {
            read(at, PIECE);
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void randomReadsAskForNothing() {
        SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 200_000; i++) {
            read(random.nextLong(SIZE / PIECE) * PIECE, PIECE);
        }
        assertThat(asked).isEmpty();
    }

    @Test
    void anOriginAsksItsFile() {
        SimWorld world = new SimWorld(1);
        world.run(() -> {
            try {
                CountingStorage storage = new CountingStorage(world.storage());
                Path path = Path.of("/origin");
                try (Origin origin = new Origin(storage.open(path, Mode.CREATE_NEW), 64 << 20)) {
                    origin.extend(64 << 20, Origin.Zeroing.HOLES_STAY);
                    long before = storage.counts().others();
                    for (long at = 0; at < 16 << 20; at += 1 << 20) {
                        origin.read(at, ByteBuffer.allocate(1 << 20));
                    }
                    assertThat(storage.counts().others() - before).isBetween(4L, 16L);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
