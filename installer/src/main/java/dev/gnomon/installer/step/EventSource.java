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
import java.util.Optional;

/**
 * The source of the provider's events in the Application log (provider contract 6.7). DllRegisterServer writes the same values; here
 * they stand before it runs, so that it can report what fails.
 */
final class EventSource implements Step {
    static final String KEY =
            "SYSTEM\\CurrentControlSet\\Services\\EventLog\\Application\\" + ProviderIdentities.EVENT_SOURCE;

    private static final String MESSAGES = "EventMessageFile";
    private static final String TYPES = "TypesSupported";
    /** Errors, warnings and information. */
    private static final int ALL_TYPES = 7;

    private final Registry registry;
    private final String dll;

    EventSource(Layout layout, Registry registry) {
        this.registry = registry;
        this.dll = layout.dll().toString();
    }

    @Override
    public String name() {
        return "event-source";
    }

    @Override
    public String describe() {
        return "make '" + ProviderIdentities.EVENT_SOURCE + "' a source of the Application log";
    }

    @Override
    public Finding check() throws SetupException {
        if (!registry.exists(KEY)) {
            return Finding.absent("there is no such source");
        }
        String messages = registry.text(KEY, MESSAGES);
        if (!messages.equalsIgnoreCase(dll)) {
            return Finding.broken("its messages come from '" + messages + "'; expected '" + dll + "'");
        }
        Optional<Registry.Value> types = registry.value(KEY, TYPES);
        if (!types.equals(Optional.of(new Registry.Value.Dword(ALL_TYPES)))) {
            return Finding.broken(TYPES + " is not " + ALL_TYPES);
        }
        return Finding.present("its messages come from " + dll);
    }

    @Override
    public void apply() throws SetupException {
        registry.set(KEY, MESSAGES, new Registry.Value.Text(dll, true));
        registry.set(KEY, TYPES, new Registry.Value.Dword(ALL_TYPES));
    }

    @Override
    public void undo(Memo memo, Undo why) throws SetupException {
        registry.deleteTree(KEY);
    }
}
