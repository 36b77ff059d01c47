/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * How much of the processor time of servers goes into compiling what they run, as a JVM does. In ticks of 10 ms, so a phase of
 * a second on two processors tells it to half a percent.
 *
 * @param compilers ticks of the threads that compile
 * @param all ticks of the processes
 */
public record CompilerTime(List<Long> servers, long compilers, long all, boolean present) {
    private static final double PERCENT = 100;
    /** What Linux keeps of the names: 15 bytes. Source: proc(5), {@code comm}. */
    private static final List<String> THREADS = List.of("C1 CompilerThre", "C2 CompilerThre");

    /** Copies the list. */
    public CompilerTime {
        servers = List.copyOf(servers);
    }

    /** Begins to count. */
    public static CompilerTime begin(List<Long> servers) throws BenchFailure {
        long compilers = 0;
        long all = 0;
        boolean present = false;
        for (long pid : servers) {
            all += ProcTimes.Task.now(pid).own();
            Map<String, Long> threads = ProcTimes.threads(pid);
            for (String name : THREADS) {
                present |= threads.containsKey(name);
                compilers += threads.getOrDefault(name, 0L);
            }
        }
        return new CompilerTime(servers, compilers, all, present);
    }

    /** Returns the share since then, in percent; empty if none of the servers is a JVM. */
    public OptionalDouble percent() throws BenchFailure {
        CompilerTime now = begin(servers);
        return present && now.present
                ? OptionalDouble.of(share(compilers, now.compilers, all, now.all))
                : OptionalDouble.empty();
    }

    /**
     * A thread that ended took its ticks with it, so what it used may seem to be less than nothing; and threads are looked at after
     * their process, so that in a tick or two they may seem to have used more than it.
     */
    static double share(long compilersBefore, long compilersAfter, long allBefore, long allAfter) {
        long used = Math.clamp(compilersAfter - compilersBefore, 0, Math.max(allAfter - allBefore, 0));
        return used > 0 ? PERCENT * used / (allAfter - allBefore) : 0;
    }
}
