/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The live state of one file, shared by its handles. Guarded by the scheduler: one task runs at a time. */
final class SimFile {
    final int id;
    SectorMap durable;
    long durableSize;
    SectorMap visible;
    long visibleSize;
    boolean diverged;
    boolean lateError;
    final List<PendingOp> pending;

    /** The handles that hold the lock: one that writes, or any number that only read. */
    final List<SimHandle> lockers = new ArrayList<>();

    private @Nullable FileImage image;

    SimFile(int id, FileImage image) {
        this.id = id;
        this.image = image;
        durable = image.durable();
        durableSize = image.durableSize();
        visible = image.visible();
        visibleSize = image.visibleSize();
        diverged = image.diverged();
        lateError = image.lateError();
        pending = new ArrayList<>(image.pending());
    }

    /** Returns the state as it is now. */
    FileImage image() {
        FileImage current = image;
        if (current == null) {
            current = new FileImage(
                    durable, durableSize, visible, visibleSize, List.copyOf(pending), diverged, lateError);
            image = current;
        }
        return current;
    }

    /** Must be called after each change. */
    void changed() {
        image = null;
    }

    void resize(long order, long sizeBytes, boolean grows) {
        pending.add(new PendingOp.Size(order, sizeBytes, grows));
        visibleSize = sizeBytes;
        if (!grows) {
            visible = FileImage.clip(visible, sizeBytes);
        }
        changed();
    }

    private void settle(PendingOp op) {
        switch (op) {
            case PendingOp.Write write ->
                durable = durable.with(write.first(), write.sectors(), 0, write.sectors().length);
            case PendingOp.Size size -> {
                durableSize = size.grows() ? Math.max(durableSize, size.sizeBytes()) : size.sizeBytes();
                durable = size.grows() ? durable : FileImage.clip(durable, durableSize);
            }
        }
        changed();
    }

    /** Makes the changes before one durable. */
    void settle(long before) {
        int count = 0;
        for (; count < pending.size() && pending.get(count).order() < before; count++) {
            settle(pending.get(count));
        }
        pending.subList(0, count).clear();
    }

    /**
     * Loses the pending writes before one, but for sectors that reached the device. Sizes stay pending: they are no pages.
     */
    void loseWrites(long before, int keptPercent, Xoshiro256 random) {
        List<PendingOp> left = new ArrayList<>();
        for (PendingOp op : pending) {
            if (op instanceof PendingOp.Write write && op.order() < before) {
                for (int i = 0; i < write.sectors().length; i++) {
                    if (random.percent(keptPercent)) {
                        durable = durable.with(write.first() + i, write.sectors(), i, 1);
                    }
                }
            } else {
                left.add(op);
            }
        }
        pending.clear();
        pending.addAll(left);
        diverged = true;
        changed();
    }

    /** Returns what the device holds or has accepted, which is what a dropped page is read from again. */
    SectorMap device() {
        SectorMap content = durable;
        for (PendingOp op : pending) {
            content = switch (op) {
                case PendingOp.Write write -> content.with(write.first(), write.sectors(), 0, write.sectors().length);
                case PendingOp.Size size -> size.grows() ? content : FileImage.clip(content, size.sizeBytes());
            };
        }
        return content;
    }

    void dropClean() {
        if (diverged) {
            visible = FileImage.clip(device(), visibleSize);
            diverged = false;
            changed();
        }
    }
}
