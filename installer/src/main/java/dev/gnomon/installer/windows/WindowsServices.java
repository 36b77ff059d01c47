/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.windows;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.platform.win32.Advapi32;
import com.sun.jna.platform.win32.W32Service;
import com.sun.jna.platform.win32.Win32Exception;
import com.sun.jna.platform.win32.WinError;
import com.sun.jna.platform.win32.WinNT;
import com.sun.jna.platform.win32.Winsvc;
import com.sun.jna.platform.win32.Winsvc.SC_HANDLE;
import com.sun.jna.ptr.IntByReference;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.ServiceManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The service manager through JNA. Thread-safe: every call opens what it needs. */
final class WindowsServices implements ServiceManager {
    private static final int SERVICE_AUTO_START = 2;
    /** What QueryServiceStatusEx is asked for. */
    private static final int SC_STATUS_PROCESS_INFO = 0;

    private static final int CONFIG_BYTES_MAX = 8_192;

    /** Where a QUERY_SERVICE_CONFIG of a 64-bit process has what is read of it. */
    private static final int START_TYPE = 4;

    private static final int BINARY_PATH = 16;
    private static final int DEPENDENCIES = 40;
    private static final int START_NAME = 48;
    private static final int DISPLAY_NAME = 56;

    private final Advapi32 calls = Advapi32.INSTANCE;

    /** A handle of the service manager. */
    private record Open(SC_HANDLE handle) implements AutoCloseable {
        @Override
        public void close() {
            Advapi32.INSTANCE.CloseServiceHandle(handle);
        }
    }

    private Open manager() throws SetupException {
        SC_HANDLE manager = calls.OpenSCManager(null, null, Winsvc.SC_MANAGER_CONNECT);
        if (manager == null) {
            throw Failures.win32("the service manager", Native.getLastError());
        }
        return new Open(manager);
    }

    private @Nullable Open service(Open manager, String name, int access) throws SetupException {
        SC_HANDLE service = calls.OpenService(manager.handle(), name, access);
        if (service != null) {
            return new Open(service);
        }
        int error = Native.getLastError();
        if (error == Failures.SERVICE_DOES_NOT_EXIST || error == Failures.SERVICE_MARKED_FOR_DELETE) {
            return null;
        }
        throw Failures.win32("service " + name, error);
    }

    @Override
    public Optional<Service> find(String name) throws SetupException {
        int access = Winsvc.SERVICE_QUERY_CONFIG | Winsvc.SERVICE_QUERY_STATUS;
        try (Open manager = manager();
                Open service = service(manager, name, access)) {
            return service == null ? Optional.empty() : Optional.of(describe(service, name));
        }
    }

    private Service describe(Open service, String name) throws SetupException {
        IntByReference needed = new IntByReference();
        Memory config = new Memory(CONFIG_BYTES_MAX);
        if (!ServiceCalls.Advapi.INSTANCE.QueryServiceConfig(service.handle(), config, CONFIG_BYTES_MAX, needed)) {
            throw Failures.win32("configuration of service " + name, Native.getLastError());
        }
        return new Service(
                name,
                text(config.getPointer(DISPLAY_NAME)),
                text(config.getPointer(BINARY_PATH)),
                text(config.getPointer(START_NAME)),
                config.getInt(START_TYPE) == SERVICE_AUTO_START,
                isDelayed(service),
                texts(config.getPointer(DEPENDENCIES)),
                state(service, name));
    }

    private static String text(@Nullable Pointer pointer) {
        return pointer == null ? "" : pointer.getWideString(0);
    }

    private static List<String> texts(@Nullable Pointer pointer) {
        List<String> texts = new ArrayList<>();
        long offset = 0;
        while (pointer != null) {
            String each = pointer.getWideString(offset);
            if (each.isEmpty()) {
                break;
            }
            texts.add(each);
            offset += (each.length() + 1L) * Native.WCHAR_SIZE;
        }
        return texts;
    }

    /** A Windows that does not know delayed services has none. */
    private boolean isDelayed(Open service) {
        Memory delayed = new Memory(Integer.BYTES);
        IntByReference needed = new IntByReference();
        return calls.QueryServiceConfig2(
                        service.handle(), Winsvc.SERVICE_CONFIG_DELAYED_AUTO_START_INFO, delayed, Integer.BYTES, needed)
                && delayed.getInt(0) != 0;
    }

    private State state(Open service, String name) throws SetupException {
        Winsvc.SERVICE_STATUS_PROCESS status = new Winsvc.SERVICE_STATUS_PROCESS();
        IntByReference needed = new IntByReference();
        if (!calls.QueryServiceStatusEx(service.handle(), SC_STATUS_PROCESS_INFO, status, status.size(), needed)) {
            throw Failures.win32("state of service " + name, Native.getLastError());
        }
        return switch (status.dwCurrentState) {
            case Winsvc.SERVICE_STOPPED -> State.STOPPED;
            // The manager may go on saying so of a process that is gone.
            case Winsvc.SERVICE_RUNNING ->
                status.dwProcessId != 0
                                && ProcessHandle.of(Integer.toUnsignedLong(status.dwProcessId))
                                        .isEmpty()
                        ? State.STOPPED
                        : State.RUNNING;
            default -> State.PENDING;
        };
    }

    @Override
    public void start(String name) throws SetupException {
        try (Open manager = manager();
                Open service = service(manager, name, Winsvc.SERVICE_START)) {
            if (service == null) {
                throw SetupException.failed("there is no service '" + name + "'");
            }
            if (!calls.StartService(service.handle(), 0, null)) {
                int error = Native.getLastError();
                if (error != Failures.SERVICE_ALREADY_RUNNING) {
                    throw Failures.win32("start of service " + name, error);
                }
            }
        }
    }

    @Override
    public void stop(String name) throws SetupException {
        try (Open manager = manager();
                Open service = service(manager, name, Winsvc.SERVICE_STOP)) {
            if (service == null) {
                return;
            }
            Winsvc.SERVICE_STATUS status = new Winsvc.SERVICE_STATUS();
            if (!calls.ControlService(service.handle(), Winsvc.SERVICE_CONTROL_STOP, status)) {
                int error = Native.getLastError();
                // Not running, on its way to that already, or its process is gone: whoever waits for the end sees it.
                if (error != Failures.SERVICE_NOT_ACTIVE
                        && error != Failures.SERVICE_CANNOT_ACCEPT
                        && error != Failures.SERVICE_REQUEST_TIMEOUT) {
                    throw Failures.win32("stop of service " + name, error);
                }
            }
        }
    }

    @Override
    public void delete(String name) throws SetupException {
        try (Open manager = manager();
                Open service = service(manager, name, WinNT.DELETE)) {
            if (service != null && !calls.DeleteService(service.handle())) {
                int error = Native.getLastError();
                if (error != Failures.SERVICE_MARKED_FOR_DELETE) {
                    throw Failures.win32("deletion of service " + name, error);
                }
            }
        }
    }

    @Override
    public void setRecovery(String name, Recovery recovery) throws SetupException {
        try (Open manager = manager();
                Open service = service(manager, name, Winsvc.SERVICE_ALL_ACCESS)) {
            if (service == null) {
                throw SetupException.failed("there is no service '" + name + "'");
            }
            List<Winsvc.SC_ACTION> actions = new ArrayList<>();
            for (Duration pause : recovery.restarts()) {
                Winsvc.SC_ACTION action = new Winsvc.SC_ACTION();
                action.type = Winsvc.SC_ACTION_RESTART;
                action.delay = Math.toIntExact(pause.toMillis());
                actions.add(action);
            }
            // The handle stays ours: closing this object would close it a second time.
            W32Service wrapped = new W32Service(service.handle());
            wrapped.setFailureActions(
                    actions, Math.toIntExact(recovery.forgetAfter().toSeconds()), null, null);
            setNonCrash(wrapped, recovery.nonCrash());
        } catch (Win32Exception e) {
            throw Failures.win32("recovery of service " + name, e.getErrorCode());
        }
    }

    /** Every Windows that setup lets pass knows this setting; Wine does not, and its services are restarted by nobody anyway. */
    private static void setNonCrash(W32Service service, boolean nonCrash) {
        try {
            service.setFailureActionsFlag(nonCrash);
        } catch (Win32Exception e) {
            if (e.getErrorCode() != WinError.ERROR_INVALID_LEVEL) {
                throw e;
            }
        }
    }
}
