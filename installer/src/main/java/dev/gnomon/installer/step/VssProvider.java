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
import dev.gnomon.installer.port.VssAdmin;
import java.util.Optional;

/**
 * The entry in VSS's list of providers (provider contract 6.2). DllRegisterServer asks for it; this step looks at it with
 * QueryProviders, has it made again where it is missing, and takes it off the list, before the class goes.
 */
final class VssProvider implements Step {
    private static final int SOFTWARE = 2;

    private final Layout layout;
    private final ComPlusRegistration registration;

    VssProvider(Layout layout, ComPlusRegistration registration) {
        this.layout = layout;
        this.registration = registration;
    }

    @Override
    public String name() {
        return "vss-provider";
    }

    @Override
    public String describe() {
        return "see that VSS lists the provider " + ProviderIdentities.PROVIDER_ID;
    }

    @Override
    public Finding check() throws SetupException {
        Optional<VssAdmin.Provider> found = registration.provider();
        if (found.isEmpty()) {
            return Finding.absent("VSS does not list it");
        }
        VssAdmin.Provider provider = found.get();
        if (!provider.classId().equals(ProviderIdentities.CLASS_ID)) {
            return Finding.broken(
                    "VSS lists it with the class " + provider.classId() + "; expected " + ProviderIdentities.CLASS_ID);
        }
        if (!provider.versionId().equals(ProviderIdentities.VERSION_ID)) {
            return Finding.broken("VSS lists the version " + provider.version() + " with the id " + provider.versionId()
                    + "; expected " + ProviderIdentities.VERSION_ID);
        }
        if (provider.type() != SOFTWARE) {
            return Finding.broken("VSS lists it as type " + provider.type() + "; expected " + SOFTWARE);
        }
        return Finding.present("VSS lists '" + provider.name() + "', version " + provider.version());
    }

    @Override
    public void apply() throws SetupException {
        registration.reinstallComponent(layout);
    }

    @Override
    public void undo(Memo memo, Undo why) throws SetupException {
        if (registration.provider().isEmpty()) {
            return;
        }
        if (why == Undo.UNINSTALL) {
            registration.stopUsersOfProviders();
        }
        registration.unregisterProvider();
    }
}
