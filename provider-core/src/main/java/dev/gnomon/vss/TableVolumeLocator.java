/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Finds volumes in a table, where disks cannot be asked; from the configuration. Immutable. */
public final class TableVolumeLocator implements VolumeLocator {
    private final Map<String, Located> byName = new HashMap<>();

    /**
     * A volume of the host.
     *
     * @param guidPath volume GUID path, with a backslash at the end
     * @param names other names: drive roots, mounted folders, each with a backslash at the end
     * @param volume its name in Gnomon; empty if it is not Gnomon's
     */
    public record Row(String guidPath, List<String> names, String volume) {
        /** Copies the list. */
        public Row {
            names = List.copyOf(names);
        }
    }

    /**
     * Takes the table.
     *
     * @throws IllegalArgumentException if a name is malformed, or stands in it twice
     */
    public TableVolumeLocator(List<Row> rows) {
        for (Row row : rows) {
            if (!GuidPath.is(row.guidPath())) {
                throw new IllegalArgumentException(
                        "volume GUID path \"" + row.guidPath() + "\": expected \\\\?\\Volume{GUID}\\");
            }
            Located located = row.volume().isEmpty() ? new Foreign() : new Ours(row.guidPath(), row.volume());
            put(row.guidPath(), located);
            row.names().forEach(name -> put(name, located));
        }
    }

    private void put(String name, Located located) {
        if (!name.endsWith("\\")) {
            throw new IllegalArgumentException("volume name \"" + name + "\": expected a backslash at its end");
        }
        if (byName.put(key(name), located) != null) {
            throw new IllegalArgumentException("volume name \"" + name + "\" stands in the table twice");
        }
    }

    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    @Override
    public Located locate(String name) {
        return byName.getOrDefault(key(name), new Missing());
    }
}
