/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.step;

import dev.gnomon.installer.plan.Finding;
import dev.gnomon.installer.plan.Memo;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.Step;
import dev.gnomon.installer.port.Machine;
import dev.gnomon.installer.port.Registry;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The entry in the machine's PATH that makes {@code gnomon} a command. */
final class PathEntry implements Step {
    static final String KEY = "SYSTEM\\CurrentControlSet\\Control\\Session Manager\\Environment";
    static final String NAME = "Path";
    private static final String BEFORE = "before";

    private final Registry registry;
    private final Machine machine;
    private final String entry;

    PathEntry(Layout layout, Registry registry, Machine machine) {
        this.registry = registry;
        this.machine = machine;
        this.entry = layout.bin().toString();
    }

    @Override
    public String name() {
        return "path";
    }

    @Override
    public String describe() {
        return "add " + entry + " to the PATH of the machine";
    }

    @Override
    public Finding check() throws SetupException {
        return entries().stream().anyMatch(this::isOurs)
                ? Finding.present("it is there")
                : Finding.absent("it is not there");
    }

    @Override
    public Memo remember() throws SetupException {
        return new Memo(Map.of(BEFORE, text()));
    }

    @Override
    public void apply() throws SetupException {
        write(with(text()));
    }

    /** Only appended: what stands there, with its quirks, is others'. */
    private String with(String before) {
        return before.isEmpty() ? entry : before + (before.endsWith(";") ? "" : ";") + entry;
    }

    @Override
    public void undo(Memo memo, Undo why) throws SetupException {
        String now = text();
        if (entries().stream().noneMatch(this::isOurs)) {
            return;
        }
        if (now.equals(with(memo.fact(BEFORE)))) {
            write(memo.fact(BEFORE));
            return;
        }
        List<String> others = new ArrayList<>(entries());
        others.removeIf(this::isOurs);
        write(String.join(";", others));
    }

    private boolean isOurs(String each) {
        return each.equalsIgnoreCase(entry) || each.equalsIgnoreCase(entry + "\\");
    }

    private String text() throws SetupException {
        Optional<Registry.Value> value = registry.value(KEY, NAME);
        if (value.isEmpty()) {
            return "";
        }
        if (value.get() instanceof Registry.Value.Text text) {
            return text.text();
        }
        throw SetupException.failed("HKLM\\" + KEY + ", " + NAME + ": found " + value.get() + "; expected a text");
    }

    private List<String> entries() throws SetupException {
        return List.of(text().split(";", -1));
    }

    private void write(String text) throws SetupException {
        Optional<Registry.Value> before = registry.value(KEY, NAME);
        boolean expandable = before.isEmpty() || (before.get() instanceof Registry.Value.Text old && old.expandable());
        registry.set(KEY, NAME, new Registry.Value.Text(text, expandable));
        machine.announceEnvironment();
    }
}
