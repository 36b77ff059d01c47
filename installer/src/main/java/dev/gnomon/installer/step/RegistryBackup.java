/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.step;

import dev.gnomon.installer.plan.Memo;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.Registry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keeps texts and numbers of a registry key, and of those below it, in a memo, and brings them back. */
final class RegistryBackup {
    private static final String SEPARATOR = "|";
    private static final String LIST_SEPARATOR = "\n";

    private RegistryBackup() {}

    /** Returns what a key holds; values of other types are left out. No facts if it does not exist. */
    static Memo take(Registry registry, String key) throws SetupException {
        Map<String, String> facts = new LinkedHashMap<>();
        collect(registry, key, "", facts);
        return new Memo(facts);
    }

    private static void collect(Registry registry, String root, String below, Map<String, String> facts)
            throws SetupException {
        String key = root + below;
        for (Map.Entry<String, Registry.Value> each : registry.values(key).entrySet()) {
            String text = text(each.getValue());
            if (!text.isEmpty()) {
                facts.put(below + SEPARATOR + each.getKey(), text);
            }
        }
        for (String name : registry.subkeys(key)) {
            collect(registry, root, below + "\\" + name, facts);
        }
    }

    /** Makes a key hold what the memo says; what else is in it stays. */
    static void restore(Registry registry, String key, Memo memo) throws SetupException {
        for (Map.Entry<String, String> each : memo.facts().entrySet()) {
            int bar = each.getKey().indexOf(SEPARATOR);
            if (bar >= 0) {
                registry.set(
                        key + each.getKey().substring(0, bar),
                        each.getKey().substring(bar + 1),
                        value(each.getValue()));
            }
        }
    }

    private static String text(Registry.Value value) {
        return switch (value) {
            case Registry.Value.Text text -> (text.expandable() ? "e" : "t") + text.text();
            case Registry.Value.Dword number -> "n" + number.number();
            case Registry.Value.Texts texts -> "l" + String.join(LIST_SEPARATOR, texts.texts());
            case Registry.Value.Other _ -> "";
        };
    }

    private static Registry.Value value(String text) {
        String rest = text.substring(1);
        return switch (text.charAt(0)) {
            case 'n' -> new Registry.Value.Dword(Integer.parseInt(rest));
            case 'l' -> new Registry.Value.Texts(rest.isEmpty() ? List.of() : List.of(rest.split(LIST_SEPARATOR, -1)));
            case 'e' -> new Registry.Value.Text(rest, true);
            default -> new Registry.Value.Text(rest, false);
        };
    }
}
