/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.windows;

import com.sun.jna.platform.win32.Advapi32;
import com.sun.jna.platform.win32.WinNT;
import com.sun.jna.platform.win32.WinReg;
import com.sun.jna.platform.win32.WinReg.HKEYByReference;
import com.sun.jna.ptr.IntByReference;
import dev.gnomon.installer.plan.SetupException;
import dev.gnomon.installer.port.Registry;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The registry through JNA. Thread-safe: every call opens what it needs. */
final class WindowsRegistry implements Registry {
    private static final int MAX_NAME = 16_384;
    private static final int READ = WinNT.KEY_READ | WinNT.KEY_WOW64_64KEY;
    private static final int WRITE = WinNT.KEY_READ | WinNT.KEY_WRITE | WinNT.KEY_WOW64_64KEY;

    private final Advapi32 calls = Advapi32.INSTANCE;

    /** An open key. */
    private record Open(WinReg.HKEY key) implements AutoCloseable {
        @Override
        public void close() {
            Advapi32.INSTANCE.RegCloseKey(key);
        }
    }

    private @Nullable Open open(String key, int access) throws SetupException {
        HKEYByReference opened = new HKEYByReference();
        int error = calls.RegOpenKeyEx(WinReg.HKEY_LOCAL_MACHINE, key, 0, access, opened);
        if (error == Failures.FILE_NOT_FOUND) {
            return null;
        }
        require(error, key);
        return new Open(opened.getValue());
    }

    private static void require(int error, String key) throws SetupException {
        if (error != Failures.SUCCESS) {
            throw Failures.win32("HKLM\\" + key, error);
        }
    }

    @Override
    public boolean exists(String key) throws SetupException {
        try (Open open = open(key, READ)) {
            return open != null;
        }
    }

    @Override
    public Optional<Value> value(String key, String name) throws SetupException {
        try (Open open = open(key, READ)) {
            return open == null ? Optional.empty() : read(open, key, name);
        }
    }

    private Optional<Value> read(Open open, String key, String name) throws SetupException {
        IntByReference type = new IntByReference();
        IntByReference size = new IntByReference();
        int error = calls.RegQueryValueEx(open.key(), name, 0, type, (byte[]) null, size);
        if (error == Failures.FILE_NOT_FOUND) {
            return Optional.empty();
        }
        if (error != Failures.MORE_DATA) {
            require(error, key);
        }
        byte[] content = new byte[size.getValue()];
        if (content.length > 0) {
            require(calls.RegQueryValueEx(open.key(), name, 0, type, content, size), key);
        }
        return Optional.of(decode(type.getValue(), Arrays.copyOf(content, Math.min(content.length, size.getValue()))));
    }

    private static Value decode(int type, byte[] content) {
        return switch (type) {
            case WinNT.REG_SZ, WinNT.REG_EXPAND_SZ -> new Value.Text(text(content), type == WinNT.REG_EXPAND_SZ);
            case WinNT.REG_MULTI_SZ -> new Value.Texts(texts(content));
            case WinNT.REG_DWORD ->
                content.length == Integer.BYTES
                        ? new Value.Dword(ByteBuffer.wrap(content)
                                .order(ByteOrder.LITTLE_ENDIAN)
                                .getInt())
                        : new Value.Other("a number of " + content.length + " bytes");
            default -> new Value.Other("type " + type + ", " + content.length + " bytes");
        };
    }

    private static String text(byte[] content) {
        String text = new String(content, StandardCharsets.UTF_16LE);
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }

    private static List<String> texts(byte[] content) {
        List<String> texts = new ArrayList<>();
        for (String each : new String(content, StandardCharsets.UTF_16LE).split("\0", -1)) {
            if (!each.isEmpty()) {
                texts.add(each);
            }
        }
        return texts;
    }

    @Override
    public Map<String, Value> values(String key) throws SetupException {
        Map<String, Value> values = new TreeMap<>();
        try (Open open = open(key, READ)) {
            if (open == null) {
                return values;
            }
            for (int i = 0; ; i++) {
                char[] name = new char[MAX_NAME];
                IntByReference length = new IntByReference(name.length);
                int error = calls.RegEnumValue(open.key(), i, name, length, null, null, (byte[]) null, null);
                if (error == Failures.NO_MORE_ITEMS) {
                    return values;
                }
                require(error, key);
                String each = new String(name, 0, length.getValue());
                read(open, key, each).ifPresent(value -> values.put(each, value));
            }
        }
    }

    @Override
    public List<String> subkeys(String key) throws SetupException {
        List<String> names = new ArrayList<>();
        try (Open open = open(key, READ)) {
            if (open == null) {
                return names;
            }
            for (int i = 0; ; i++) {
                char[] name = new char[MAX_NAME];
                IntByReference length = new IntByReference(name.length);
                int error = calls.RegEnumKeyEx(open.key(), i, name, length, null, null, null, null);
                if (error == Failures.NO_MORE_ITEMS) {
                    names.sort(String.CASE_INSENSITIVE_ORDER);
                    return names;
                }
                require(error, key);
                names.add(new String(name, 0, length.getValue()));
            }
        }
    }

    @Override
    public void set(String key, String name, Value value) throws SetupException {
        HKEYByReference made = new HKEYByReference();
        require(
                calls.RegCreateKeyEx(
                        WinReg.HKEY_LOCAL_MACHINE, key, 0, null, 0, WRITE, null, made, new IntByReference()),
                key);
        try (Open open = new Open(made.getValue())) {
            byte[] content = encode(value);
            require(calls.RegSetValueEx(open.key(), name, 0, type(value), content, content.length), key);
        }
    }

    private static int type(Value value) {
        return switch (value) {
            case Value.Text text -> text.expandable() ? WinNT.REG_EXPAND_SZ : WinNT.REG_SZ;
            case Value.Dword _ -> WinNT.REG_DWORD;
            case Value.Texts _ -> WinNT.REG_MULTI_SZ;
            case Value.Other other -> throw new IllegalArgumentException("setup writes no " + other.description());
        };
    }

    private static byte[] encode(Value value) {
        return switch (value) {
            case Value.Text text -> (text.text() + "\0").getBytes(StandardCharsets.UTF_16LE);
            case Value.Dword number ->
                ByteBuffer.allocate(Integer.BYTES)
                        .order(ByteOrder.LITTLE_ENDIAN)
                        .putInt(number.number())
                        .array();
            case Value.Texts texts -> (String.join("\0", texts.texts()) + "\0\0").getBytes(StandardCharsets.UTF_16LE);
            case Value.Other other -> throw new IllegalArgumentException("setup writes no " + other.description());
        };
    }

    @Override
    public void deleteValue(String key, String name) throws SetupException {
        try (Open open = open(key, WRITE)) {
            if (open != null) {
                int error = calls.RegDeleteValue(open.key(), name);
                if (error != Failures.FILE_NOT_FOUND) {
                    require(error, key);
                }
            }
        }
    }

    @Override
    public void deleteTree(String key) throws SetupException {
        for (String each : subkeys(key)) {
            deleteTree(key + "\\" + each);
        }
        int error = calls.RegDeleteKey(WinReg.HKEY_LOCAL_MACHINE, key);
        if (error != Failures.FILE_NOT_FOUND) {
            require(error, key);
        }
    }
}
