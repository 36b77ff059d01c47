/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.export;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The older shadow copies that an export can be compared with, as of one moment. */
public interface Baselines {
    /** Those of an export that cannot be compared. */
    Baselines NONE = new Baselines() {
        @Override
        public List<String> names() {
            return List.of();
        }

        @Override
        public @Nullable Changes since(String copy) {
            return null;
        }
    };

    /** Returns their names, or ids where they have none, oldest first. */
    List<String> names();

    /** Returns what changed since the copy of that name or id, or null if there is none. */
    @Nullable
    Changes since(String copy);
}
