/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** The engine passes every search, and no mutant does. */
@Tag("mutants")
class MutantsTests {
    private static final int WORKERS = 2;

    /** Where searches begin; another is given by {@code -Dgnomon.seed}. */
    private static final long SEED =
            Long.parseLong("0" + System.getProperty("gnomon.seed", "1").strip());

    /** Longest search; more means that the mutant hangs without a port call, which no search can see. */
    private static final long LONGEST_SECONDS = 240;

    /** Changes nothing that counts; the control runs with it, so that patching itself is under control too. */
    private static final Patch COUNT = Patch.in("testkit.SimWorld.run", "SimScheduler.run", "countedRun");

    private static final AtomicInteger CAUGHT = new AtomicInteger();
    private static final AtomicInteger TOTAL = new AtomicInteger();

    private record Found(@Nullable String violation, String lives, long millis) {}

    @TestFactory
    Stream<DynamicTest> theEnginePassesAndEveryMutantIsCaught() {
        List<DynamicTest> tests = new ArrayList<>();
        ExecutorService workers = Executors.newFixedThreadPool(
                WORKERS, Thread.ofPlatform().name("mutants-", 0).daemon().factory());
        String only = System.getProperty("gnomon.mutant", "").strip();
        for (Search search : Search.values()) {
            if (only.isEmpty() || ("control_" + search).matches(only)) {
                Future<Found> found = workers.submit(search(search, List.of(), true));
                tests.add(DynamicTest.dynamicTest("control: " + search, () -> pass(search, found)));
            }
        }
        for (Mutant mutant : Mutants.all()) {
            if (only.isEmpty() || mutant.name().matches(only)) {
                Future<Found> found = workers.submit(search(mutant.search(), mutant.patches(), false));
                TOTAL.incrementAndGet();
                tests.add(DynamicTest.dynamicTest(
                        mutant.name() + " (" + mutant.rule() + "): " + mutant.text(), () -> caught(mutant, found)));
            }
        }
        workers.shutdown();
        return tests.stream();
    }

    @AfterAll
    static void print() {
        System.out.println("FIGURE mutants: " + CAUGHT.get() + " caught of " + TOTAL.get());
    }

    private static void pass(Search search, Future<Found> found) throws Exception {
        Found result = found.get(LONGEST_SECONDS, TimeUnit.SECONDS);
        assertThat(result.violation).as("the engine as it is").isNull();
        System.out.println(
                "FIGURE control " + search + ": no violation in " + result.lives + " lives, " + result.millis + " ms");
    }

    private static void caught(Mutant mutant, Future<Found> found) throws Exception {
        Found result = found.get(LONGEST_SECONDS, TimeUnit.SECONDS);
        String violation = result.violation;
        if (violation == null) {
            fail("survived " + mutant.search() + " with " + result.lives + " lives: " + mutant.text());
            return;
        }
        CAUGHT.incrementAndGet();
        System.out.println("FIGURE " + mutant.name() + " (" + mutant.rule() + ") by " + mutant.search() + " after "
                + result.lives + " lives, " + result.millis + " ms: " + firstLine(violation));
    }

    private static String firstLine(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() > 160 ? line.substring(0, 160) + "..." : line;
    }

    private static Callable<Found> search(Search search, List<Patch> patches, boolean control) {
        return () -> {
            long begun = System.nanoTime();
            List<Patch> all = new ArrayList<>(patches);
            all.add(COUNT);
            MutantLoader loader = new MutantLoader(MutantsTests.class.getClassLoader(), all);
            loader.loadPatched();
            Method run = loader.loadClass(Search.class.getName())
                    .getDeclaredMethod("run", String.class, long.class, boolean.class);
            run.setAccessible(true);
            try {
                String[] result = (String[]) run.invoke(null, search.name(), SEED, control);
                return new Found(result[0], String.valueOf(result[1]), (System.nanoTime() - begun) / 1_000_000);
            } catch (InvocationTargetException e) {
                throw new IllegalStateException("the patched engine does not run", e.getCause());
            }
        };
    }
}
