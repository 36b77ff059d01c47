/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.windows;

import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.platform.win32.Advapi32Util;
import com.sun.jna.platform.win32.Kernel32;
import com.sun.jna.platform.win32.User32;
import com.sun.jna.platform.win32.Win32Exception;
import com.sun.jna.platform.win32.WinDef;
import com.sun.jna.ptr.ShortByReference;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.Machine;
import dev.gnomon.installer.port.Registry;
import dev.gnomon.platform.windows.AccessList;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** This Windows. Thread-safe. */
final class WindowsMachine implements Machine {
    private static final String CURRENT_VERSION = "SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion";
    /** IMAGE_FILE_MACHINE_AMD64 and IMAGE_FILE_MACHINE_ARM64. */
    private static final int MACHINE_AMD64 = 0x8664;

    private static final int MACHINE_ARM64 = 0xAA64;

    private static final int HWND_BROADCAST = 0xFFFF;
    private static final int WM_SETTINGCHANGE = 0x001A;
    private static final int SMTO_ABORTIFHUNG = 2;
    private static final int ANNOUNCE_TIMEOUT_MS = 1_000;

    private final Registry registry;

    WindowsMachine(Registry registry) {
        this.registry = registry;
    }

    @Override
    public String processArchitecture() {
        return System.getProperty("os.arch", "");
    }

    @Override
    public String machineArchitecture() throws SetupException {
        ShortByReference process = new ShortByReference();
        ShortByReference machine = new ShortByReference();
        try {
            if (!ServiceCalls.Kernel.INSTANCE.IsWow64Process2(
                    Kernel32.INSTANCE.GetCurrentProcess(), process, machine)) {
                throw Failures.win32("IsWow64Process2", Native.getLastError());
            }
        } catch (UnsatisfiedLinkError e) {
            // A Windows older than the call runs on nothing but what the process was made for.
            return processArchitecture();
        }
        return switch (Short.toUnsignedInt(machine.getValue())) {
            case MACHINE_AMD64 -> "amd64";
            case MACHINE_ARM64 -> "aarch64";
            default -> "0x" + Integer.toHexString(Short.toUnsignedInt(machine.getValue()));
        };
    }

    @Override
    public boolean administrator() throws SetupException {
        try {
            return AccessList.isElevated();
        } catch (IOException e) {
            throw SetupException.failed("the rights of this process", e);
        }
    }

    @Override
    public Version windowsVersion() throws SetupException {
        return new Version(
                number("CurrentMajorVersionNumber"),
                number("CurrentMinorVersionNumber"),
                Integer.parseInt(
                        "0" + registry.text(CURRENT_VERSION, "CurrentBuild").replaceAll("\\D.*", "")));
    }

    /** A Windows before 10 has no such number; its build number says enough. */
    private int number(String name) throws SetupException {
        return registry.value(CURRENT_VERSION, name).orElse(new Registry.Value.Dword(0))
                        instanceof Registry.Value.Dword number
                ? number.number()
                : 0;
    }

    @Override
    public Path systemRoot() {
        String drive = System.getenv("SystemDrive");
        return Path.of((drive == null ? "C:" : drive) + "\\");
    }

    @Override
    public String accountName(String sid) throws SetupException {
        try {
            return Advapi32Util.getAccountBySid(sid).name;
        } catch (Win32Exception e) {
            throw Failures.win32("the name of " + sid, e.getErrorCode());
        }
    }

    @Override
    public String name() {
        String name = System.getenv("COMPUTERNAME");
        return name == null || name.isEmpty() ? "localhost" : name;
    }

    @Override
    public boolean isPortFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void announceEnvironment() {
        byte[] name = "Environment\0".getBytes(java.nio.charset.StandardCharsets.UTF_16LE);
        try (Memory text = new Memory(name.length)) {
            text.write(0, name, 0, name.length);
            User32.INSTANCE.SendMessageTimeout(
                    new WinDef.HWND(com.sun.jna.Pointer.createConstant(HWND_BROADCAST)),
                    WM_SETTINGCHANGE,
                    new WinDef.WPARAM(0),
                    new WinDef.LPARAM(com.sun.jna.Pointer.nativeValue(text)),
                    SMTO_ABORTIFHUNG,
                    ANNOUNCE_TIMEOUT_MS,
                    new WinDef.DWORDByReference());
        }
    }

    @Override
    public void pause(long milliseconds) {
        try {
            boolean _ = new CountDownLatch(1).await(milliseconds, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException("setup's thread was interrupted", e);
        }
    }

    @Override
    public long uptimeMs() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
