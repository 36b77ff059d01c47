/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.testkit;

import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A change of names that a power cut may undo.
 *
 * @param order the order in which the changes of the whole storage were made
 * @param removed the name that goes, if any
 * @param added the name that comes, if any
 * @param id the file, or {@link SimImage#DIRECTORY}
 * @param unsyncedSource whether the directory of the removed name was not synced since
 * @param unsyncedTarget whether the directory of the added name was not synced since
 */
record NameOp(
        long order,
        @Nullable String removed,
        @Nullable String added,
        int id,
        boolean unsyncedSource,
        boolean unsyncedTarget) {
    static NameOp add(long order, String name, int id) {
        return new NameOp(order, null, name, id, false, true);
    }

    static NameOp remove(long order, String name, int id) {
        return new NameOp(order, name, null, id, true, false);
    }

    static NameOp rename(long order, String source, String target, int id) {
        return new NameOp(order, source, target, id, true, true);
    }

    void applyTo(SortedMap<String, Integer> names) {
        if (removed != null) {
            names.remove(removed, id);
        }
        if (added != null) {
            names.put(added, id);
        }
    }

    NameOp synced(String directory) {
        return new NameOp(
                order,
                removed,
                added,
                id,
                unsyncedSource && !(removed != null && SimImage.parent(removed).equals(directory)),
                unsyncedTarget && !(added != null && SimImage.parent(added).equals(directory)));
    }

    boolean durable() {
        return !unsyncedSource && !unsyncedTarget;
    }
}
