/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.observe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LatenciesTests {
    private final Latencies latencies = new Latencies();

    @Test
    void percentilesAreExactToAHundredth() {
        for (int i = 1; i <= 100_000; i++) {
            latencies.record(Timed.NBD_READ, i * 1_000L);
        }
        LatencySummary summary = latencies.summary(Timed.NBD_READ);

        assertThat(summary.count()).isEqualTo(100_000);
        assertThat((double) summary.percentileNanos(50)).isCloseTo(50e6, within(50e4));
        assertThat((double) summary.percentileNanos(99.9)).isCloseTo(99.9e6, within(99.9e4));
        assertThat((double) summary.maxNanos()).isCloseTo(100e6, within(1e6));
        assertThat(summary.sumNanos()).isCloseTo(5e12, within(5e10));
        assertThat((double) summary.countUpTo(10_000_000)).isCloseTo(10_000, within(100.0));
        assertThat(latencies.summary(Timed.NBD_WRITE).count()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Timed.class)
    void nothingRecordedIsZerosAndExtremesAreTaken(Timed what) {
        LatencySummary none = latencies.summary(what);
        assertThat(none.percentileNanos(99)).isZero();
        assertThat(none.sumNanos()).isZero();
        assertThat(none.countUpTo(Long.MAX_VALUE)).isZero();

        latencies.record(what, -5);
        latencies.record(what, Long.MAX_VALUE);
        LatencySummary extremes = latencies.summary(what);
        assertThat(extremes.count()).isEqualTo(2);
        assertThat((double) extremes.maxNanos()).isCloseTo(Latencies.MAX_NANOS, within(Latencies.MAX_NANOS / 100.0));
    }

    @Test
    void recordingLosesNothingWithSeveralThreads() throws InterruptedException {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int j = 0; j < 50_000; j++) {
                    latencies.record(Timed.NBD_WRITE, j);
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(latencies.summary(Timed.NBD_WRITE).count()).isEqualTo(200_000);
    }

    @Test
    void recordingAllocatesNothingAndCostsLittle() throws Exception {
        record(1_000_000);
        long before = allocatedBytes();
        long measuring = allocatedBytes() - before;
        long began = System.nanoTime();
        before = allocatedBytes();
        record(1_000_000);
        long allocated = allocatedBytes() - before - measuring;
        double each = (System.nanoTime() - began) / 1e6;

        System.out.printf(java.util.Locale.ROOT, "FIGURE recording a latency: %.0f ns, on one thread%n", each);
        assertThat(allocated).as("bytes for a million records").isLessThan(10_000);
        assertThat(each).as("nanoseconds each, with room for a busy machine").isLessThan(2_000);
    }

    private void record(int count) {
        for (int i = 0; i < count; i++) {
            latencies.record(Timed.NBD_READ, 1_000L + i);
        }
    }

    private static long allocatedBytes() throws Exception {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        return (long) server.invoke(
                new ObjectName(ManagementFactory.THREAD_MXBEAN_NAME),
                "getThreadAllocatedBytes",
                new Object[] {Thread.currentThread().threadId()},
                new String[] {"long"});
    }
}
