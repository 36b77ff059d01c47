/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.fake;

import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.ComPlusCatalog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The catalog of COM+ in memory. Strict where the real one is: unknown properties and wrong types fail, what was not saved is invisible,
 * and an unsaved object has no key.
 */
final class FakeCatalog implements ComPlusCatalog {
    private static final Map<String, Map<String, Property>> KNOWN = Map.of(
            "Applications",
            Map.of(
                    "Name", new Property.Text("New Application"),
                    "Description", new Property.Text(""),
                    "ApplicationAccessChecksEnabled", new Property.Flag(false),
                    "Authentication", new Property.Int32(4),
                    "AuthenticationCapability", new Property.Int32(0x40),
                    "ImpersonationLevel", new Property.Int32(3)),
            "Components",
            Map.of("CLSID", new Property.Text("")),
            "Roles",
            Map.of("Name", new Property.Text(""), "Description", new Property.Text("")),
            "UsersInRole",
            Map.of("User", new Property.Text("")));

    private final FakeWindows windows;

    FakeCatalog(FakeWindows windows) {
        this.windows = windows;
    }

    /** An object as it was saved. */
    static final class Stored {
        final String key;
        final Map<String, Property> values;
        final Map<String, List<Stored>> related = new TreeMap<>();

        Stored(String key, Map<String, Property> values) {
            this.key = key;
            this.values = new TreeMap<>(values);
        }

        @Override
        public String toString() {
            return values + " " + related;
        }
    }

    @Override
    public Collection collection(String name) throws SetupException {
        windows.call("GetCollection(" + name + ")");
        if (!name.equals("Applications")) {
            throw SetupException.failed("no collection " + name);
        }
        return new FakeCollection(name, windows.applications());
    }

    @Override
    public void createServiceForApplication(ServiceRequest request) throws SetupException {
        windows.call("CreateServiceForApplication(" + request.application() + ", " + request.service() + ", "
                + request.startType() + ", " + request.errorControl() + ", '" + request.dependencies() + "', "
                + request.runAs() + ", '" + request.password() + "', " + request.desktop() + ")");
        application(request.application());
        windows.addComPlusService(request.service());
    }

    @Override
    public void deleteServiceForApplication(String application) throws SetupException {
        windows.call("DeleteServiceForApplication(" + application + ")");
        application(application);
        windows.services().remove(application);
    }

    @Override
    public void shutdownApplication(String application) throws SetupException {
        windows.call("ShutdownApplication");
        application(application);
    }

    @Override
    public void installComponent(String application, String dll, String typeLibrary, String proxyStub)
            throws SetupException {
        windows.call("InstallComponent(" + dll + ", '" + typeLibrary + "', '" + proxyStub + "')");
        Stored owner = application(application);
        windows.registerServer(dll);
        owner.related
                .computeIfAbsent("Components", _ -> new ArrayList<>())
                .add(new Stored("c", Map.of("CLSID", new Property.Text(FakeWindows.CLASS_ID))));
    }

    private Stored application(String keyOrName) throws SetupException {
        return windows.applications().stream()
                .filter(each ->
                        each.key.equals(keyOrName) || new Property.Text(keyOrName).equals(each.values.get("Name")))
                .findFirst()
                .orElseThrow(() -> SetupException.failed("no application " + keyOrName));
    }

    @Override
    public void close() {
        // Nothing is open.
    }

    /** A collection with changes that were not saved. */
    private final class FakeCollection implements Collection {
        private final String name;
        private final List<Stored> saved;
        private final List<FakeItem> items = new ArrayList<>();

        FakeCollection(String name, List<Stored> saved) {
            this.name = name;
            this.saved = saved;
            for (Stored each : saved) {
                items.add(new FakeItem(name, each.key, new TreeMap<>(each.values), each));
            }
        }

        @Override
        public List<Item> items() {
            return List.copyOf(items);
        }

        @Override
        public Item add() throws SetupException {
            windows.call(name + ".Add");
            FakeItem item = new FakeItem(name, "", new TreeMap<>(KNOWN.getOrDefault(name, Map.of())), null);
            items.add(item);
            return item;
        }

        @Override
        public void remove(int index) throws SetupException {
            windows.call(name + ".Remove");
            items.remove(index);
        }

        @Override
        public void saveChanges() throws SetupException {
            windows.call(name + ".SaveChanges");
            saved.removeIf(stored -> items.stream().noneMatch(item -> item.stored == stored));
            for (FakeItem each : items) {
                each.save(saved);
            }
        }

        @Override
        public Collection related(String related, String key) throws SetupException {
            windows.call(name + ".GetCollection(" + related + ")");
            Stored owner = saved.stream()
                    .filter(each -> each.key.equals(key))
                    .findFirst()
                    .orElseThrow(
                            () -> SetupException.failed("no saved object of " + name + " has the key '" + key + "'"));
            return new FakeCollection(related, owner.related.computeIfAbsent(related, _ -> new ArrayList<>()));
        }
    }

    /** An object with values that were not saved. */
    private final class FakeItem implements Item {
        private final String collection;
        private final Map<String, Property> values;
        private String key;
        private @org.jspecify.annotations.Nullable Stored stored;

        FakeItem(
                String collection,
                String key,
                Map<String, Property> values,
                @org.jspecify.annotations.Nullable Stored stored) {
            this.collection = collection;
            this.key = key;
            this.values = values;
            this.stored = stored;
        }

        void save(List<Stored> into) {
            if (stored == null) {
                key = "{key-" + windows.nextKey() + "}";
                stored = new Stored(key, values);
                into.add(stored);
            } else {
                stored.values.putAll(values);
            }
        }

        @Override
        public String key() throws SetupException {
            if (key.isEmpty()) {
                throw SetupException.failed("an object that was not saved has no key");
            }
            return key;
        }

        @Override
        public Property get(String property) throws SetupException {
            return known(property);
        }

        @Override
        public void set(String property, Property value) throws SetupException {
            windows.call(collection + "." + property + " = " + value);
            if (known(property).getClass() != value.getClass()) {
                throw SetupException.failed(property + " is of another type");
            }
            values.put(property, value);
        }

        private Property known(String property) throws SetupException {
            if (!values.containsKey(property)) {
                throw SetupException.failed(collection + " has no property " + property);
            }
            return values.getOrDefault(property, new Property.Text(""));
        }
    }
}
