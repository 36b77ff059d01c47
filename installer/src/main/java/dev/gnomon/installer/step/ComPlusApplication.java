/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.step;

import dev.gnomon.comshim.ProviderIdentities;
import dev.gnomon.installer.plan.Finding;
import dev.gnomon.installer.plan.Memo;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.SetupLog;
import dev.gnomon.installer.plan.Step;
import dev.gnomon.installer.port.ComPlusCatalog;
import dev.gnomon.installer.port.ComPlusCatalog.Collection;
import dev.gnomon.installer.port.ComPlusCatalog.Item;
import dev.gnomon.installer.port.ComPlusCatalog.Property;
import dev.gnomon.installer.port.Ports;
import dev.gnomon.installer.port.ServiceManager;
import dev.gnomon.installer.port.VssAdmin;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The COM+ application that hosts the provider: every property, the service, the component, the role and its members, in the order of
 * provider contract 6.4. Installing the component makes the DLL write its class keys and register the provider with VSS.
 */
final class ComPlusApplication implements Step {
    static final String APPLICATIONS = "Applications";
    static final String ROLES = "Roles";
    static final String USERS = "UsersInRole";
    static final String NAME = "Name";
    static final String DESCRIPTION = "Description";
    static final String USER = "User";

    static final String SID_SYSTEM = "S-1-5-18";
    static final String SID_ADMINISTRATORS = "S-1-5-32-544";

    static final String DEMAND_START = "SERVICE_DEMAND_START";
    static final String ERROR_NORMAL = "SERVICE_ERROR_NORMAL";
    static final String LOCAL_SYSTEM = ".\\localsystem";

    /** Where COM looks for the service that hosts the classes of an application. */
    static final String APP_IDS = "SOFTWARE\\Classes\\AppID";

    static final String LOCAL_SERVICE = "LocalService";

    private static final String APPLICATION = ProviderIdentities.PROVIDER_NAME;
    private static final String DESCRIBED = "Hosts the VSS provider of Gnomon for the Volume Shadow Copy service.";
    private static final String ROLE_DESCRIBED = "May call the VSS provider.";

    /** The properties of the application in the order of the contract; the values are those of AuthenticationLevel and so on. */
    private static final Map<String, Property> PROPERTIES = properties();

    private static Map<String, Property> properties() {
        Map<String, Property> properties = new LinkedHashMap<>();
        properties.put(NAME, new Property.Text(APPLICATION));
        properties.put(DESCRIPTION, new Property.Text(DESCRIBED));
        properties.put("ApplicationAccessChecksEnabled", new Property.Flag(true));
        properties.put("Authentication", new Property.Int32(6)); // packet privacy
        properties.put("AuthenticationCapability", new Property.Int32(2)); // secure reference
        properties.put("ImpersonationLevel", new Property.Int32(2)); // identify
        return properties;
    }

    private final Layout layout;
    private final Ports ports;
    private final ComPlusRegistration registration;
    private final SetupLog log;

    ComPlusApplication(Layout layout, Ports ports, ComPlusRegistration registration, SetupLog log) {
        this.layout = layout;
        this.ports = ports;
        this.registration = registration;
        this.log = log;
    }

    static boolean isOurs(Item application) throws SetupException {
        return application.text(NAME).equals(APPLICATION);
    }

    @Override
    public String name() {
        return "com-application";
    }

    @Override
    public String describe() {
        return "make the COM+ application '" + APPLICATION + "' and install the provider in it";
    }

    @Override
    public Finding check() throws SetupException {
        try (ComPlusCatalog catalog = ports.comPlus().open()) {
            Collection applications = catalog.collection(APPLICATIONS);
            List<Item> ours = applications.items().stream()
                    .filter(each -> isOursQuietly(each))
                    .toList();
            Optional<ServiceManager.Service> service = ports.services().find(APPLICATION);
            if (ours.isEmpty()) {
                return service.isEmpty()
                        ? Finding.absent("COM+ has no such application")
                        : Finding.broken("the service of the application is there, the application is not");
            }
            if (ours.size() > 1) {
                return Finding.broken("there are " + ours.size() + " applications of that name");
            }
            String wrong = wrong(ours.getFirst(), applications, service);
            return wrong.isEmpty()
                    ? Finding.present("every property, the component, the role and its members are as they should be")
                    : Finding.broken(wrong);
        }
    }

    private static boolean isOursQuietly(Item application) {
        try {
            return isOurs(application);
        } catch (SetupException e) {
            return false; // an application whose name cannot be read is not ours
        }
    }

    /** Returns what is wrong with an application; empty if nothing. */
    private String wrong(Item application, Collection applications, Optional<ServiceManager.Service> service)
            throws SetupException {
        for (Map.Entry<String, Property> each : PROPERTIES.entrySet()) {
            Property actual = application.get(each.getKey());
            if (!actual.equals(each.getValue())) {
                return each.getKey() + " is " + actual + "; expected " + each.getValue();
            }
        }
        if (service.isEmpty()) {
            return "the application has no service";
        }
        String key = application.key();
        boolean component = false;
        for (Item each :
                applications.related(ComPlusRegistration.COMPONENTS, key).items()) {
            component |= each.text("CLSID").equalsIgnoreCase(ComPlusRegistration.CLASS_ID);
        }
        if (!component) {
            return "the application has no component " + ComPlusRegistration.CLASS_ID;
        }
        return wrongRole(applications.related(ROLES, key));
    }

    /** Returns who is missing in the role, or may call the provider besides those who are to be in it; empty if nobody. */
    private String wrongRole(Collection roles) throws SetupException {
        String role = ports.machine().accountName(SID_ADMINISTRATORS);
        boolean found = false;
        List<String> missing = new ArrayList<>(members());
        for (Item each : roles.items()) {
            boolean ours = each.text(NAME).equals(role);
            found |= ours;
            for (Item user : roles.related(USERS, each.key()).items()) {
                if (!ours || !missing.remove(user.text(USER))) {
                    return "role '" + each.text(NAME) + "' lets " + user.text(USER) + " call the provider, too";
                }
            }
        }
        if (!found) {
            return "the application has no role '" + role + "'";
        }
        return missing.isEmpty() ? "" : "role '" + role + "' has no member " + String.join(", ", missing);
    }

    /** Names and not identifiers, because COM+ takes names; they are looked up, because Windows translates them. */
    private List<String> members() throws SetupException {
        return List.of(
                ".\\" + ports.machine().accountName(SID_ADMINISTRATORS),
                ports.machine().accountName(SID_SYSTEM));
    }

    @Override
    public void apply() throws SetupException {
        clear();
        try (ComPlusCatalog catalog = ports.comPlus().open()) {
            Collection applications = catalog.collection(APPLICATIONS);
            Item application = applications.add();
            for (Map.Entry<String, Property> each : PROPERTIES.entrySet()) {
                application.set(each.getKey(), each.getValue());
            }
            applications.saveChanges();
            String key = application.key();
            catalog.createServiceForApplication(new ComPlusCatalog.ServiceRequest(
                    APPLICATION, APPLICATION, DEMAND_START, ERROR_NORMAL, "", LOCAL_SYSTEM, "", false));
            catalog.installComponent(key, layout.dll().toString(), "", "");
            addRole(applications.related(ROLES, key));
        }
    }

    private void addRole(Collection roles) throws SetupException {
        Item role = roles.add();
        role.set(NAME, new Property.Text(ports.machine().accountName(SID_ADMINISTRATORS)));
        role.set(DESCRIPTION, new Property.Text(ROLE_DESCRIBED));
        roles.saveChanges();
        Collection users = roles.related(USERS, role.key());
        for (String member : members()) {
            users.add().set(USER, new Property.Text(member));
        }
        users.saveChanges();
    }

    @Override
    public void undo(Memo memo, Undo why) throws SetupException {
        switch (why) {
            // Its own step does that with patience before; what comes here was left by a component that failed
            // half-way.
            case ROLLBACK, LATE_ROLLBACK -> clear();
            case UNINSTALL -> {
                registration.requireProviderGone();
                removeApplications();
            }
        }
    }

    /** Takes away everything that installing the component does; nothing half-registered stays. */
    private void clear() throws SetupException {
        Optional<VssAdmin.Provider> provider = registration.provider();
        if (provider.isPresent()) {
            registration.unregisterProvider();
        }
        removeApplications();
        registration.deleteClass();
    }

    private void removeApplications() throws SetupException {
        try (ComPlusCatalog catalog = ports.comPlus().open()) {
            Collection applications = catalog.collection(APPLICATIONS);
            boolean removed = false;
            for (int i = applications.items().size() - 1; i >= 0; i--) {
                Item each = applications.items().get(i);
                if (isOurs(each)) {
                    stopAndForget(catalog, each.key());
                    applications.remove(i);
                    removed = true;
                }
            }
            if (removed) {
                applications.saveChanges();
            }
        }
        // An application that lost its entry leaves its service behind, and its id.
        if (ports.services().find(APPLICATION).isPresent()) {
            ports.services().stop(APPLICATION);
            ports.services().delete(APPLICATION);
        }
        for (String id : ports.registry().subkeys(APP_IDS)) {
            if (isHostedByOurService(APP_IDS + "\\" + id)) {
                ports.registry().deleteTree(APP_IDS + "\\" + id);
            }
        }
    }

    private boolean isHostedByOurService(String appId) {
        try {
            return ports.registry().text(appId, LOCAL_SERVICE).equals(APPLICATION);
        } catch (SetupException e) {
            return false; // what cannot be read is somebody else's
        }
    }

    /** Neither failure keeps the application from being removed. */
    private void stopAndForget(ComPlusCatalog catalog, String key) {
        try {
            catalog.shutdownApplication(key);
        } catch (SetupException e) {
            log.say("The application could not be shut down: " + e.text() + ".");
        }
        try {
            catalog.deleteServiceForApplication(APPLICATION);
        } catch (SetupException e) {
            log.say("The service of the application could not be deleted through COM+: " + e.text() + ".");
        }
    }
}
