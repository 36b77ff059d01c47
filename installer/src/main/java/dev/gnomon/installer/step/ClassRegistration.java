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

/**
 * The class keys of the provider (provider contract 6.3). DllRegisterServer is their only writer; this step looks whether it did its
 * work, has it done again where a key is missing, and deletes them in the end.
 */
final class ClassRegistration implements Step {
    private static final String IN_PROCESS = ComPlusRegistration.CLASS_KEY + "\\InprocServer32";
    private static final String LOCAL = ComPlusRegistration.CLASS_KEY + "\\LocalServer32";

    private final Layout layout;
    private final Registry registry;
    private final ComPlusRegistration registration;

    ClassRegistration(Layout layout, Registry registry, ComPlusRegistration registration) {
        this.layout = layout;
        this.registry = registry;
        this.registration = registration;
    }

    @Override
    public String name() {
        return "class-registration";
    }

    @Override
    public String describe() {
        return "see that the DLL has registered its class " + ProviderIdentities.CLASS_ID;
    }

    @Override
    public Finding check() throws SetupException {
        boolean classKey = registry.exists(ComPlusRegistration.CLASS_KEY);
        boolean progId = registry.exists(ComPlusRegistration.PROG_ID_KEY);
        if (!classKey && !progId) {
            return registry.exists(ComPlusRegistration.LIBRARY_KEY)
                    ? Finding.broken("there is no such class, but its type library")
                    : Finding.absent("there is no such class");
        }
        if (!classKey || !progId) {
            return Finding.broken("HKLM\\"
                    + (classKey ? ComPlusRegistration.PROG_ID_KEY : ComPlusRegistration.CLASS_KEY) + " is missing");
        }
        String back = registry.text(ComPlusRegistration.PROG_ID_KEY + "\\CLSID", "");
        if (!back.equalsIgnoreCase(ComPlusRegistration.CLASS_ID)) {
            return Finding.broken("Gnomon.VssProvider names the class '" + back + "'");
        }
        return server();
    }

    /** COM+ may take the DLL out of InprocServer32 once it hosts the class itself. */
    private Finding server() throws SetupException {
        String inProcess = registry.text(IN_PROCESS, "");
        String dll = layout.dll().toString();
        if (inProcess.equalsIgnoreCase(dll)) {
            return Finding.present("it is served by " + dll);
        }
        if (inProcess.isEmpty() && registry.exists(LOCAL)) {
            return Finding.present("it is served by COM+");
        }
        return Finding.broken("it is served by '" + inProcess + "'; expected '" + dll + "'");
    }

    @Override
    public void apply() throws SetupException {
        registration.reinstallComponent(layout);
    }

    @Override
    public void undo(Memo memo, Undo why) throws SetupException {
        if (why == Undo.UNINSTALL) {
            registration.requireProviderGone();
        }
        registration.deleteClass();
    }
}
