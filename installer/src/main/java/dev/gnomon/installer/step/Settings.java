/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.step;

import dev.gnomon.comshim.ProviderIdentities;
import dev.gnomon.installer.plan.Finding;
import dev.gnomon.installer.plan.Memo;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.Step;
import dev.gnomon.installer.port.Registry;
import java.util.LinkedHashMap;
import java.util.Map;

/** What is installed, and where, in the registry: for upgrades, for doctor and for whoever administers the machine. */
public final class Settings implements Step {
    /** The key with what is installed. */
    public static final String KEY = "SOFTWARE\\Gnomon\\Setup";

    /** The value with the version that is installed. */
    public static final String VERSION = "Version";

    /** The value with the program folder. */
    public static final String PROGRAM_DIR = "ProgramDir";

    /** The value with the state folder. */
    public static final String STATE_DIR = "StateDir";

    private static final String PARENT = "SOFTWARE\\Gnomon";
    /** The engine tells one boot from the next by it; Windows forgets it by itself, but not at once. */
    private static final String BOOT = PARENT + "\\Boot";

    private final Registry registry;
    private final Map<String, String> expected;
    private final boolean removeData;

    Settings(Layout layout, String version, Registry registry, boolean removeData) {
        this.registry = registry;
        this.removeData = removeData;
        expected = Map.of(
                VERSION,
                version,
                PROGRAM_DIR,
                layout.program().toString(),
                STATE_DIR,
                layout.state().toString());
    }

    @Override
    public String name() {
        return "settings";
    }

    @Override
    public String describe() {
        return "write down in the registry what is installed";
    }

    @Override
    public Finding check() throws SetupException {
        if (!registry.exists(KEY)) {
            return Finding.absent("there is no HKLM\\" + KEY);
        }
        for (Map.Entry<String, String> each : expected.entrySet()) {
            String actual = registry.text(KEY, each.getKey());
            if (!actual.equals(each.getValue())) {
                return Finding.broken("HKLM\\" + KEY + ", " + each.getKey() + ": '" + actual + "'; expected '"
                        + each.getValue() + "'");
            }
        }
        return Finding.present("HKLM\\" + KEY + " says so");
    }

    @Override
    public Memo remember() throws SetupException {
        Map<String, String> before = new LinkedHashMap<>();
        for (String name : expected.keySet()) {
            String value = registry.text(KEY, name);
            if (!value.isEmpty()) {
                before.put(name, value);
            }
        }
        return new Memo(before);
    }

    @Override
    public void apply() throws SetupException {
        for (Map.Entry<String, String> each : expected.entrySet()) {
            registry.set(KEY, each.getKey(), new Registry.Value.Text(each.getValue()));
        }
    }

    @Override
    public void undo(Memo memo, Undo why) throws SetupException {
        if (why != Undo.UNINSTALL && !memo.facts().isEmpty()) {
            for (String name : expected.keySet()) {
                String before = memo.fact(name);
                if (before.isEmpty()) {
                    registry.deleteValue(KEY, name);
                } else {
                    registry.set(KEY, name, new Registry.Value.Text(before));
                }
            }
            return;
        }
        registry.deleteTree(KEY);
        registry.deleteTree(BOOT);
        if (removeData) {
            registry.deleteTree(ProviderIdentities.SETTINGS_KEY);
        }
        registry.deleteIfEmpty(PARENT);
    }
}
