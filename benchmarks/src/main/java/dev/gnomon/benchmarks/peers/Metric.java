/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.peers;

/** What a sample can say. The order is that of the columns. */
enum Metric {
    OPERATIONS("operationsPerSecond", "ops/s (ack)", 0, true),
    DURABLE("durableOperationsPerSecond", "ops/s (durable)", 0, true),
    CPU("serverCpuMicrosPerOperation", "server CPU us/op", 2, false),
    P50("p50Micros", "p50 us", 1, false),
    P99("p99Micros", "p99 us", 0, false),
    P999("p999Micros", "p99.9 us", 0, false),
    /** Bytes that the servers read from and wrote to files, over the bytes of the requests. */
    MOVED("bytesMovedPerByte", "bytes moved", 2, false),
    READER_OPERATIONS("readerOperationsPerSecond", "copy reads/s", 0, true),
    READER_P99("readerP99Micros", "copy read p99 us", 0, false),
    /** Of the last minute to the raw file's last minute, over the same of the second minute. */
    KEPT("lastMinuteToSecond", "last minute : second", 2, true),
    /** Most space of copies, over what one interval preserved. */
    SPACE("spaceToPreserved", "space : preserved", 2, false),
    CUTS("cuts", "cuts", 0, true),
    STALL_P99("stallP99Millis", "stall p99 ms", 2, false),
    PIECES("pieces", "pieces", 0, true),
    FIRST_READ("firstReadMillis", "first read ms", 0, false),
    OPENED_READ("openedReadMillis", "opening to first read ms", 0, false),
    HEAP("heapMebibytes", "heap MiB", 0, false),
    RESIDENT("residentMebibytes", "resident MiB", 0, false),
    GROWTH("growthMebibytesPerTebibyte", "growth MiB/TiB", 1, false),
    PER_EXCEPTION("bytesPerException", "bytes/exception", 1, false),
    CLIENT_CPU("clientCpuMicrosPerOperation", "client CPU us/op", 2, false),
    /** Of the servers' processor time, what compiled their own code. */
    COMPILING("compilingPercent", "compiling %", 1, false),
    STOLEN("stolenPercent", "stolen %", 1, false),
    OTHERS("othersPercent", "others %", 0, false);

    private final String key;
    private final String heading;
    private final int digits;
    private final boolean moreIsBetter;

    Metric(String key, String heading, int digits, boolean moreIsBetter) {
        this.key = key;
        this.heading = heading;
        this.digits = digits;
        this.moreIsBetter = moreIsBetter;
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

    boolean moreIsBetter() {
        return moreIsBetter;
    }
}
