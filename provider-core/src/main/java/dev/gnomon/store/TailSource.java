/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.store;

import java.util.Iterator;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** The exceptions of tails that are frozen. */
final class TailSource implements ExceptionSource {
    private final Iterator<Map.Entry<Integer, ExceptionIndex>> tails;
    private @Nullable ExceptionIndex tail;
    private int[] order = new int[0];
    private int volume;
    private int at;

    /** Reads tails by number of the volume; they must not change any more. */
    TailSource(SortedMap<Integer, ExceptionIndex> tails) {
        this.tails = tails.entrySet().iterator();
    }

    @Override
    public boolean next() {
        at++;
        while (at >= order.length) {
            if (!tails.hasNext()) {
                return false;
            }
            Map.Entry<Integer, ExceptionIndex> entry = tails.next();
            volume = entry.getKey();
            tail = entry.getValue();
            order = tail.sorted();
            at = 0;
        }
        return true;
    }

    private ExceptionIndex tail() {
        if (tail == null) {
            throw new IllegalStateException("next was not called");
        }
        return tail;
    }

    @Override
    public int volume() {
        return volume;
    }

    @Override
    public long piece() {
        return tail().piece(order[at]);
    }

    @Override
    public long epoch() {
        return tail().epoch(order[at]);
    }

    @Override
    public long location() {
        return tail().location(order[at]);
    }

    @Override
    public int crc() {
        return tail().crc(order[at]);
    }

    @Override
    public boolean moved() {
        return tail().moved(order[at]);
    }
}
