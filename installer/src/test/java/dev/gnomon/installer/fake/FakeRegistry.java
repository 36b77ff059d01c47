/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.fake;

import dev.gnomon.installer.port.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A registry in memory; a key exists if it was made, as a parent or by a value. */
public final class FakeRegistry implements Registry {
    private final Map<String, Map<String, Value>> keys = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    @Override
    public boolean exists(String key) {
        return keys.containsKey(key);
    }

    @Override
    public Optional<Value> value(String key, String name) {
        return Optional.ofNullable(values(key).get(name));
    }

    @Override
    public Map<String, Value> values(String key) {
        return keys.getOrDefault(key, Map.of());
    }

    @Override
    public List<String> subkeys(String key) {
        List<String> names = new ArrayList<>();
        for (String each : keys.keySet()) {
            if (isBelow(each, key) && each.indexOf('\\', key.length() + 1) < 0) {
                names.add(each.substring(key.length() + 1));
            }
        }
        return names;
    }

    @Override
    public void set(String key, String name, Value value) {
        for (int end = key.indexOf('\\'); end >= 0; end = key.indexOf('\\', end + 1)) {
            keys.computeIfAbsent(key.substring(0, end), _ -> new TreeMap<>(String.CASE_INSENSITIVE_ORDER));
        }
        keys.computeIfAbsent(key, _ -> new TreeMap<>(String.CASE_INSENSITIVE_ORDER))
                .put(name, value);
    }

    @Override
    public void deleteValue(String key, String name) {
        if (keys.containsKey(key)) {
            keys.get(key).remove(name);
        }
    }

    @Override
    public void deleteTree(String key) {
        keys.keySet().removeIf(each -> each.equalsIgnoreCase(key) || isBelow(each, key));
    }

    private static boolean isBelow(String each, String key) {
        return each.length() > key.length() + 1 && each.regionMatches(true, 0, key + "\\", 0, key.length() + 1);
    }

    /** Returns everything, for comparison. */
    public String export() {
        return keys.toString();
    }
}
