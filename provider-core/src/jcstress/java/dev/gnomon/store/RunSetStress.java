/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import dev.gnomon.store.format.RunHeader;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Description;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.III_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The file of a {@link Run} is open while a {@link RunSet} that holds it is pinned, and is closed and deleted once after that. */
public final class RunSetStress {
    private static final RunHeader EMPTY = new RunHeader(new UUID(1, 2), 1, 0, 0, 0, 0, 0);
    private static final MethodHandle NEW_RUN = newRun();

    private RunSetStress() {}

    private static MethodHandle newRun() {
        try {
            MethodType type = MethodType.methodType(
                    void.class,
                    dev.gnomon.io.StorageFile.class,
                    RunHeader.class,
                    int.class,
                    BlockCache.class,
                    ByteBuffer.class);
            return MethodHandles.privateLookupIn(Run.class, MethodHandles.lookup())
                    .findConstructor(Run.class, type);
        } catch (ReflectiveOperationException e) {
            throw new AssertionError(e);
        }
    }

    private static Run run(MemoryFile file) {
        try {
            return (Run) NEW_RUN.invoke(file, EMPTY, 0, (BlockCache) null, ByteBuffer.allocate(0));
        } catch (Throwable e) {
            throw new AssertionError(e);
        }
    }

    /** A checkpoint replaces a run that a look-up still reads. */
    @JCStressTest
    @Description("A run that is replaced is closed after the last reader, once, and then deleted.")
    @Outcome(id = "0, 1, 1", expect = ACCEPTABLE, desc = "Open while it was read; closed and deleted once.")
    @Outcome(expect = FORBIDDEN, desc = "Closed under a reader, closed twice, or left over.")
    @State
    public static class ReplacedWhileRead {
        private final MemoryFile file = new MemoryFile();
        private final Run run = run(file);
        private final RunSet before = new RunSet(List.of(run));

        public ReplacedWhileRead() {
            before.pin(); // by the reader, under its volume's mutex
        }

        @Actor
        public void checkpointer() {
            run.obsolete(file);
            before.unpin();
        }

        @Actor
        public void reader(III_Result result) {
            result.r1 = file.closed();
            before.unpin();
        }

        @Arbiter
        public void judge(III_Result result) {
            result.r2 = file.closed();
            result.r3 = file.deleted();
        }
    }

    /** A run is in the old set and in the new one; the new one goes, too, while a reader has the old one. */
    @JCStressTest
    @Description("A run of two sets is closed when both are gone.")
    @Outcome(id = "0, 1", expect = ACCEPTABLE, desc = "Open while it was read; closed once.")
    @Outcome(expect = FORBIDDEN, desc = "Closed under a reader, closed twice, or left open.")
    @State
    public static class OfTwoSets {
        private final MemoryFile file = new MemoryFile();
        private final Run run = run(file);
        private final RunSet before = new RunSet(List.of(run));
        private final RunSet after = new RunSet(List.of(run));

        @Actor
        public void checkpointer() {
            after.unpin();
        }

        @Actor
        public void reader(II_Result result) {
            result.r1 = file.closed();
            before.unpin();
        }

        @Arbiter
        public void judge(II_Result result) {
            result.r2 = file.closed();
        }
    }
}
