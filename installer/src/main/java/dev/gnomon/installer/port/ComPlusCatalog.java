/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.port;

import dev.gnomon.installer.plan.SetupException;
import java.util.List;

/**
 * The catalog of COM+ as its administration objects show it (COMAdminCatalog, COMAdminCatalogCollection, COMAdminCatalogObject). Calls
 * and their order are the steps' matter; an implementation translates each to one call. Used by one thread; closing lets go of it.
 */
public interface ComPlusCatalog extends AutoCloseable {
    /** Opens the catalog. */
    @FunctionalInterface
    interface Opener {
        /**
         * Opens it.
         *
         * @throws SetupException if jacob's library cannot be loaded, or this Windows has no COM+
         */
        ComPlusCatalog open() throws SetupException;
    }

    /** What a property of an object may be. */
    sealed interface Property {
        /** A text. */
        record Text(String text) implements Property {}

        /** A truth. */
        record Flag(boolean flag) implements Property {}

        /** A number. */
        record Int32(int number) implements Property {}
    }

    /** A collection of objects, filled when it is got. Changes are invisible to others until they are saved. */
    interface Collection {
        /** Returns what was in it when it was filled, and what was added since. */
        List<Item> items() throws SetupException;

        /** Adds an object. */
        Item add() throws SetupException;

        /** Removes the object of an index. */
        void remove(int index) throws SetupException;

        /** Saves what was changed. */
        void saveChanges() throws SetupException;

        /** Returns a collection that belongs to one object of this one, filled. */
        Collection related(String name, String key) throws SetupException;
    }

    /** An object of a collection. */
    interface Item {
        /** Returns its key; it has one once it was saved. */
        String key() throws SetupException;

        /** Returns the value of a property. */
        Property get(String property) throws SetupException;

        /** Sets a property. */
        void set(String property, Property value) throws SetupException;

        /** Returns a property as text for comparison. */
        default String text(String property) throws SetupException {
            return switch (get(property)) {
                case Property.Text value -> value.text();
                case Property.Flag value -> Boolean.toString(value.flag());
                case Property.Int32 value -> Integer.toString(value.number());
            };
        }
    }

    /** Returns a collection at the top of the catalog, filled. */
    Collection collection(String name) throws SetupException;

    /** Makes a service for an application. */
    void createServiceForApplication(ServiceRequest request) throws SetupException;

    /** Deletes the service of an application. */
    void deleteServiceForApplication(String application) throws SetupException;

    /** Ends the processes of an application. */
    void shutdownApplication(String application) throws SetupException;

    /** Registers a component: COM+ runs the DLL's DllRegisterServer. */
    void installComponent(String application, String dll, String typeLibrary, String proxyStub) throws SetupException;

    @Override
    void close();

    /**
     * Arguments of CreateServiceForApplication.
     *
     * @param startType {@code SERVICE_DEMAND_START}, ...
     * @param errorControl {@code SERVICE_ERROR_NORMAL}, ...
     * @param dependencies names separated by backslashes
     */
    record ServiceRequest(
            String application,
            String service,
            String startType,
            String errorControl,
            String dependencies,
            String runAs,
            String password,
            boolean desktop) {}
}
