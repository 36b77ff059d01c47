/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.windows;

import com.jacob.com.ComException;
import com.jacob.com.ComThread;
import com.jacob.com.Dispatch;
import com.jacob.com.Variant;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.plan.SetupException.Reason;
import dev.gnomon.installer.port.ComPlusCatalog;
import java.util.ArrayList;
import java.util.List;

/**
 * The catalog of COM+ through jacob, by automation (Microsoft reference, COMAdminCatalog). Used by the thread that opened it; closing
 * releases every object of that thread.
 */
final class JacobCatalog implements ComPlusCatalog {
    private static final String PROG_ID = "COMAdmin.COMAdminCatalog";
    /** COMADMIN_E_OBJECTERRORS: what went wrong stands in the collection ErrorInfo. */
    private static final int OBJECT_ERRORS = 0x80110401;

    private static final String ERROR_INFO = "ErrorInfo";

    private final Dispatch catalog;

    private JacobCatalog(Dispatch catalog) {
        this.catalog = catalog;
    }

    static ComPlusCatalog open() throws SetupException {
        try {
            ComThread.InitMTA();
        } catch (LinkageError e) {
            throw new SetupException(
                    "jacob's library cannot be loaded from " + System.getProperty("jacob.dll.path", "the library path")
                            + ": " + e.getMessage(),
                    "unpack the package again; its lib\\native holds jacob-1.20-x64.dll, which a 64-bit JVM needs",
                    e);
        }
        try {
            return new JacobCatalog(new Dispatch(PROG_ID));
        } catch (ComException e) {
            ComThread.Release();
            SetupException failure = new SetupException(
                    Reason.WRONG_STATE,
                    PROG_ID + ": " + reason(e),
                    "this Windows has no working COM+: see that the services 'COM+ System Application' and 'COM+ Event"
                            + " System' can start (dcomcnfg shows the catalog)");
            failure.initCause(e);
            throw failure;
        }
    }

    @Override
    public Collection collection(String name) throws SetupException {
        return new Filled(call("GetCollection", name).toDispatch(), name);
    }

    @Override
    public void createServiceForApplication(ServiceRequest request) throws SetupException {
        call(
                "CreateServiceForApplication",
                request.application(),
                request.service(),
                request.startType(),
                request.errorControl(),
                request.dependencies(),
                request.runAs(),
                request.password(),
                request.desktop());
    }

    @Override
    public void deleteServiceForApplication(String application) throws SetupException {
        call("DeleteServiceForApplication", application);
    }

    @Override
    public void shutdownApplication(String application) throws SetupException {
        call("ShutdownApplication", application);
    }

    @Override
    public void installComponent(String application, String dll, String typeLibrary, String proxyStub)
            throws SetupException {
        call("InstallComponent", application, dll, typeLibrary, proxyStub);
    }

    @Override
    public void close() {
        ComThread.Release();
    }

    private Variant call(String method, Object... arguments) throws SetupException {
        try {
            return Dispatch.call(catalog, method, arguments);
        } catch (ComException e) {
            throw failure(
                    method,
                    () -> Dispatch.call(catalog, "GetCollection", ERROR_INFO).toDispatch(),
                    e);
        }
    }

    /** Gets the collection ErrorInfo of the object whose method failed. */
    @FunctionalInterface
    private interface Errors {
        Dispatch get();
    }

    private static SetupException failure(String method, Errors errors, ComException e) {
        String text = "COM+, " + method + ": " + reason(e);
        if (hresult(e) == OBJECT_ERRORS) {
            text += errorInfo(errors);
        }
        return new SetupException(text, "", e);
    }

    private static int hresult(ComException e) {
        return e.getHResult();
    }

    private static String reason(ComException e) {
        String message = String.valueOf(e.getMessage()).strip().replaceAll("\\s+", " ");
        return hresult(e) == 0 ? message : Failures.hex(hresult(e)) + " " + message;
    }

    /** Returns what the collection ErrorInfo says (its properties Name, ErrorCode, MajorRef, MinorRef). */
    private static String errorInfo(Errors owner) {
        StringBuilder text = new StringBuilder();
        try {
            Dispatch errors = owner.get();
            Dispatch.call(errors, "Populate");
            int count = Dispatch.get(errors, "Count").getInt();
            for (int i = 0; i < count; i++) {
                Dispatch item = Dispatch.call(errors, "Item", i).toDispatch();
                text.append("; ")
                        .append(value(item, "Name"))
                        .append(": ")
                        .append(value(item, "ErrorCode"))
                        .append(", ")
                        .append(value(item, "MajorRef"))
                        .append(", ")
                        .append(value(item, "MinorRef"));
            }
        } catch (ComException e) {
            text.append("; no more is known");
        }
        return text.toString();
    }

    private static String value(Dispatch item, String property) {
        return Dispatch.call(item, "Value", property).toString();
    }

    /** A collection that was filled when it was got. */
    private static final class Filled implements Collection {
        private final Dispatch collection;
        private final String name;

        Filled(Dispatch collection, String name) throws SetupException {
            this.collection = collection;
            this.name = name;
            call("Populate");
        }

        private Dispatch errors() {
            return Dispatch.call(collection, "GetCollection", ERROR_INFO, "").toDispatch();
        }

        private Variant call(String method, Object... arguments) throws SetupException {
            try {
                return Dispatch.call(collection, method, arguments);
            } catch (ComException e) {
                throw failure(name + "." + method, this::errors, e);
            }
        }

        @Override
        public List<Item> items() throws SetupException {
            int count;
            try {
                count = Dispatch.get(collection, "Count").getInt();
            } catch (ComException e) {
                throw failure(name + ".Count", this::errors, e);
            }
            List<Item> items = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                items.add(new Entry(call("Item", i).toDispatch(), name, this::errors));
            }
            return items;
        }

        @Override
        public Item add() throws SetupException {
            return new Entry(call("Add").toDispatch(), name, this::errors);
        }

        @Override
        public void remove(int index) throws SetupException {
            call("Remove", index);
        }

        @Override
        public void saveChanges() throws SetupException {
            call("SaveChanges");
        }

        @Override
        public Collection related(String related, String key) throws SetupException {
            return new Filled(call("GetCollection", related, key).toDispatch(), related);
        }
    }

    /** An object of a collection. */
    private record Entry(Dispatch object, String collection, Errors errors) implements Item {
        @Override
        public String key() throws SetupException {
            try {
                return Dispatch.get(object, "Key").toString();
            } catch (ComException e) {
                throw failure(collection + ": Key", errors, e);
            }
        }

        @Override
        public Property get(String property) throws SetupException {
            try {
                Variant value = Dispatch.call(object, "Value", property);
                return switch (value.getvt()) {
                    case Variant.VariantBoolean -> new Property.Flag(value.getBoolean());
                    case Variant.VariantInt -> new Property.Int32(value.getInt());
                    case Variant.VariantShort -> new Property.Int32(value.getShort());
                    default -> new Property.Text(value.toString());
                };
            } catch (ComException e) {
                throw failure(collection + ": Value(" + property + ")", errors, e);
            }
        }

        @Override
        public void set(String property, Property value) throws SetupException {
            try {
                Dispatch.invoke(object, "Value", Dispatch.Put, new Object[] {property, plain(value)}, new int[2]);
            } catch (ComException e) {
                throw failure(collection + ": Value(" + property + ") = " + value, errors, e);
            }
        }

        private static Object plain(Property value) {
            return switch (value) {
                case Property.Text text -> text.text();
                case Property.Flag flag -> flag.flag();
                case Property.Int32 number -> number.number();
            };
        }
    }
}
