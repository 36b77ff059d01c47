/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which bytes of one read have been answered: each must be, once. Chunks mostly come in order, so that one number tells it;
 * what comes early is kept apart. Owned by the receiving thread.
 */
final class Coverage {
    /** Most ranges with gaps between them: a server that answers in any order has at most its queue's depth of them. */
    static final int RANGES_MAX = 4096;

    private long prefixBytes;
    private @Nullable NavigableMap<Long, Long> apart;

    /** Adds a range of one byte or more; returns false if a byte of it was there already, or there are too many gaps. */
    boolean add(long at, long length) {
        if (at < prefixBytes) {
            return false;
        }
        if (apart == null) {
            if (at == prefixBytes) {
                prefixBytes += length;
                return true;
            }
            apart = new TreeMap<>();
        }
        return addApart(apart, at, length);
    }

    /** Returns whether all of so many bytes were added. */
    boolean complete(long length) {
        return prefixBytes == length && (apart == null || apart.isEmpty());
    }

    private boolean addApart(NavigableMap<Long, Long> ranges, long at, long length) {
        Map.Entry<Long, Long> before = ranges.floorEntry(at);
        Map.Entry<Long, Long> after = ranges.ceilingEntry(at);
        if ((before != null && before.getValue() > at)
                || (after != null && after.getKey() < at + length)
                || ranges.size() >= RANGES_MAX) {
            return false;
        }
        ranges.put(at, at + length);
        Map.Entry<Long, Long> first = ranges.firstEntry();
        while (first != null && first.getKey() == prefixBytes) {
            prefixBytes = first.getValue();
            ranges.pollFirstEntry();
            first = ranges.firstEntry();
        }
        return true;
    }
}
