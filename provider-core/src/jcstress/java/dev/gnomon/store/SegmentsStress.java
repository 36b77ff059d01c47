/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.gnomon.io.Scheduler;
import dev.gnomon.io.StorageFile;
import dev.gnomon.io.os.OsClock;
import dev.gnomon.io.os.OsScheduler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.file.Path;
import java.util.UUID;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A segment of {@link Segments} that is retired is gone for readers before anything happens to its file (I5). */
@JCStressTest
@Description("A segment that is still there after it was read was itself when it was read.")
@Outcome(
        id = {"0, 1", "0, 0", "1, 0"},
        expect = ACCEPTABLE,
        desc = "The old bytes, or told to look again.")
@Outcome(id = "1, 1", expect = FORBIDDEN, desc = "Bytes of a file that was given up are taken for preserved ones.")
@State
public class SegmentsStress {
    private static final Scheduler SCHEDULER = new OsScheduler((name, thrown) -> {});
    private static final SegmentPlaces PLACES = new SegmentPlaces(Path.of("store"), Path.of("store"), null);
    private static final VarHandle FILES = files();

    private final MemoryFile storage = new MemoryFile();
    private final StorageFile segment = storage;
    private final Segments segments = new Segments(storage, new OsClock(), SCHEDULER, PLACES, new UUID(1, 2), 4096);

    public SegmentsStress() {
        FILES.setVolatile(segments, new StorageFile[] {segment});
    }

    private static VarHandle files() {
        try {
            return MethodHandles.privateLookupIn(Segments.class, MethodHandles.lookup())
                    .findVarHandle(Segments.class, "files", StorageFile[].class);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    @Actor
    public void housekeeper() {
        try {
            segments.retire(0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** As {@link Store#readPiece} does. */
    @Actor
    public void reader(II_Result result) {
        StorageFile file = segments.fileOrNull(0);
        if (file != null) {
            result.r1 = storage.content(); // which this file is
            result.r2 = segments.fileOrNull(0) == file ? 1 : 0;
        }
    }
}
