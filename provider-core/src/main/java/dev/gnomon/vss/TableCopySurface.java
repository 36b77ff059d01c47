/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import dev.gnomon.snapshot.CopyInfo;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Gives copies names by a pattern and leaves it to others to put something behind them: for tests, and where a
 * person or a script attaches copies.
 */
public final class TableCopySurface implements CopySurface {
    private final String pattern;
    private final Map<UUID, Integer> numbers = new ConcurrentHashMap<>();
    private final AtomicInteger last = new AtomicInteger();

    /**
     * Takes the pattern.
     *
     * @param pattern with <code>{n}</code>, a number from 1 on that no other copy gets while the process lives, or
     *     <code>{id}</code>, the copy's id; no backslash at its end
     * @throws IllegalArgumentException if two copies would get the same name
     */
    public TableCopySurface(String pattern) {
        if (pattern.endsWith("\\") || !(pattern.contains("{n}") || pattern.contains("{id}"))) {
            throw new IllegalArgumentException("device names \"" + pattern
                    + "\": expected {n} or {id} in the pattern, and no backslash at its end");
        }
        this.pattern = pattern;
    }

    @Override
    public boolean isAvailable() {
        return true;
    }

    @Override
    public String deviceName(UUID copy) {
        int number = numbers.computeIfAbsent(copy, id -> last.incrementAndGet());
        return pattern.replace("{n}", Integer.toString(number)).replace("{id}", copy.toString());
    }

    @Override
    public void attach(CopyInfo copy, Access access, long deadlineNanos) {}

    @Override
    public void setReadOnly(CopyInfo copy, long deadlineNanos) {}

    @Override
    public void detach(UUID copy, long deadlineNanos) {}
}
