/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.step;

import dev.gnomon.comshim.ProviderIdentities;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.SetupLog;
import dev.gnomon.installer.port.ComPlusCatalog;
import dev.gnomon.installer.port.Machine;
import dev.gnomon.installer.port.Ports;
import dev.gnomon.installer.port.Registry;
import dev.gnomon.installer.port.ServiceManager;
import dev.gnomon.installer.port.VssAdmin;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What the three steps of the registration share: provider, COM+ application, class. The class keys and the entry in VSS's list are
 * written by the DLL alone, when COM+ installs it as a component (provider contract 6.3 and 6.4); here they are only looked at and
 * taken away.
 */
final class ComPlusRegistration {
    static final String CLASS_ID = "{" + ProviderIdentities.CLASS_ID.toString().toUpperCase(Locale.ROOT) + "}";

    static final String CLASS_KEY = "SOFTWARE\\Classes\\CLSID\\" + CLASS_ID;
    static final String PROG_ID_KEY = "SOFTWARE\\Classes\\Gnomon.VssProvider";
    static final String LIBRARY_KEY = "SOFTWARE\\Classes\\TypeLib\\{"
            + ProviderIdentities.LIBRARY_ID.toString().toUpperCase(Locale.ROOT) + "}";

    static final String COMPONENTS = "Components";

    /** Which services use providers, in the order in which Microsoft's own sample stops them. */
    private static final List<String> USERS_OF_PROVIDERS = List.of("vds", "VSS", "swprv");

    private static final int ATTEMPTS = 10;
    private static final long PAUSE_MS = 1_000;

    private final Ports ports;
    private final SetupLog log;

    ComPlusRegistration(Ports ports, SetupLog log) {
        this.ports = ports;
        this.log = log;
    }

    /** Returns our entry in VSS's list. */
    Optional<VssAdmin.Provider> provider() throws SetupException {
        return ports.vss().providers().stream()
                .filter(each -> each.id().equals(ProviderIdentities.PROVIDER_ID))
                .findFirst();
    }

    /** Refuses to take away what VSS still names: every backup of the machine would stumble over it. */
    void requireProviderGone() throws SetupException {
        Optional<VssAdmin.Provider> provider;
        try {
            provider = provider();
        } catch (SetupException e) {
            log.say("VSS cannot be asked whether it still knows the provider: " + e.text() + ".");
            return;
        }
        if (provider.isPresent()) {
            throw new SetupException(
                    SetupException.Reason.WRONG_STATE,
                    "VSS still lists the provider, so what it loads for it stays",
                    "see what is said of step 'vss-provider', then run uninstall again");
        }
    }

    /** Takes the provider off VSS's list; tries again while it is in use. */
    void unregisterProvider() throws SetupException {
        int result = 0;
        for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
            result = ports.vss().unregister(ProviderIdentities.PROVIDER_ID);
            if (result != VssAdmin.PROVIDER_IN_USE) {
                break;
            }
            log.say("VSS is using the provider (attempt " + attempt + " of " + ATTEMPTS + ").");
            ports.machine().pause(PAUSE_MS);
        }
        if (result == VssAdmin.PROVIDER_IN_USE) {
            throw new SetupException(
                    SetupException.Reason.WRONG_STATE,
                    "VSS_E_PROVIDER_IN_USE 0x80042307: VSS was using the provider " + ATTEMPTS + " times within "
                            + ATTEMPTS * PAUSE_MS / 1_000 + " s",
                    "wait until running backups have ended, delete shadow copies that requesters still hold (vssadmin list"
                            + " shadows), or restart Windows; then run uninstall again");
        }
        if (result < 0 && result != VssAdmin.PROVIDER_NOT_REGISTERED) {
            throw SetupException.failed("IVssAdmin::UnregisterProvider: " + hex(result));
        }
    }

    /** Stops what may hold the provider (provider contract 6.6, step 1); each starts again by itself when it is needed. */
    void stopUsersOfProviders() {
        for (String name : USERS_OF_PROVIDERS) {
            try {
                Optional<ServiceManager.Service> service = ports.services().find(name);
                if (service.isPresent() && service.get().state() != ServiceManager.State.STOPPED) {
                    log.say("Stopping the service " + name + ", which may hold the provider.");
                    ports.services().stop(name);
                }
            } catch (SetupException e) {
                log.say("The service " + name + " could not be stopped: " + e.text() + ".");
            }
        }
    }

    /** Deletes class, program id and type library; the last was registered by COM+. */
    void deleteClass() throws SetupException {
        Registry registry = ports.registry();
        registry.deleteTree(PROG_ID_KEY);
        registry.deleteTree(CLASS_KEY);
        registry.deleteTree(LIBRARY_KEY);
    }

    /**
     * Registers the class anew: provider off the list, component out of the application, component in again. Nobody writes the class
     * keys by hand, because COM+ changes them when it installs the component.
     */
    void reinstallComponent(Layout layout) throws SetupException {
        unregisterProvider();
        try (ComPlusCatalog catalog = ports.comPlus().open()) {
            ComPlusCatalog.Collection applications = catalog.collection(ComPlusApplication.APPLICATIONS);
            String key = "";
            for (ComPlusCatalog.Item each : applications.items()) {
                if (ComPlusApplication.isOurs(each)) {
                    key = each.key();
                }
            }
            if (key.isEmpty()) {
                throw SetupException.failed("COM+ has no application '" + ProviderIdentities.PROVIDER_NAME + "'");
            }
            catalog.shutdownApplication(key);
            ComPlusCatalog.Collection components = applications.related(COMPONENTS, key);
            boolean removed = false;
            for (int i = components.items().size() - 1; i >= 0; i--) {
                if (components.items().get(i).text("CLSID").equalsIgnoreCase(CLASS_ID)) {
                    components.remove(i);
                    removed = true;
                }
            }
            if (removed) {
                components.saveChanges();
            }
            deleteClass();
            catalog.installComponent(key, layout.dll().toString(), "", "");
        }
    }

    Machine machine() {
        return ports.machine();
    }

    static String hex(int result) {
        return "0x" + Integer.toHexString(result);
    }
}
