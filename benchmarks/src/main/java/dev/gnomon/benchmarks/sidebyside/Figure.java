/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

/** What a point can say. The order is that of the columns. */
enum Figure {
    WRITES_PER_SECOND("writesPerSecond", "writes/s", 0),
    ACK_SECONDS("ackSeconds", "ack s", 2),
    DURABLE_SECONDS("durableSeconds", "durable s", 2),
    CPU_MICROS("serverCpuMicrosPerWrite", "CPU us/write", 1),
    P50_MICROS("p50Micros", "p50 us", 0),
    P99_MICROS("p99Micros", "p99 us", 0),
    CUTS("cuts", "cuts", 0),
    HELD_MILLIS("heldMillis", "held ms", 3),
    HELD_MAX_MILLIS("heldMaxMillis", "held max ms", 3),
    TOTAL_MILLIS("totalMillis", "total ms", 1),
    STALL_P50_MILLIS("stallP50Millis", "stall p50 ms", 2),
    STALL_P99_MILLIS("stallP99Millis", "stall p99 ms", 2),
    STALL_MAX_MILLIS("stallMaxMillis", "stall max ms", 2),
    OTHER_P99_MILLIS("betweenCutsP99Millis", "between p99 ms", 2),
    PIECES("pieces", "pieces", 0),
    FIRST_READ_MILLIS("firstReadMillis", "first read ms", 0),
    OPENED_READ_MILLIS("openedReadMillis", "opening to first read ms", 0),
    RECOVERY_MILLIS("recoveryMillis", "recovery ms", 0),
    /** Most that the service's heap may take. */
    HEAP_MIB("heapMebibytes", "heap MiB", 0),
    /** What of it is in use after a full collection. */
    HEAP_LIVE_MIB("heapLiveMebibytes", "heap in use MiB", 0),
    /** Anonymous memory of the service's process. */
    RESIDENT_MIB("residentMebibytes", "resident MiB", 0),
    RESIDENT_GROWTH_MIB("growthMebibytesPerTebibyte", "growth MiB/TiB", 1),
    /** Memory of an exception that is in memory, on the heap and off it. */
    PER_EXCEPTION_BYTES("bytesPerException", "bytes/exception", 1),
    DELETE_MILLIS("deleteMillis", "delete ms", 2),
    DELETE_MAX_MILLIS("deleteMaxMillis", "delete max ms", 2),
    /** Time that the hypervisor gave to others, in percent of all processors' time. */
    STOLEN_PERCENT("stolenPercent", "stolen %", 1),
    /** Processor time of everything but server, load and harness, in percent of all processors' time. */
    OTHERS_PERCENT("othersPercent", "others %", 0);

    private final String key;
    private final String heading;
    private final int digits;

    Figure(String key, String heading, int digits) {
        this.key = key;
        this.heading = heading;
        this.digits = digits;
    }

    /** Returns the name in JSON. */
    String key() {
        return key;
    }

    /** Returns the heading of its column. */
    String heading() {
        return heading;
    }

    /** Returns how many digits behind the point mean something. */
    int digits() {
        return digits;
    }
}
