/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import dev.gnomon.io.os.OsStorage;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** How often files and directories of the machine are forced. Thread-safe. */
final class ForceCount {
    private final Map<Path, Long> counts = new ConcurrentSkipListMap<>();

    /** Returns what was counted so far. */
    Map<Path, Long> byPath() {
        return new TreeMap<>(counts);
    }

    /** Returns the sum over all in a directory whose names begin so. */
    long of(Path directory, String prefix) {
        return counts.entrySet().stream()
                .filter(each -> directory.equals(each.getKey().getParent()))
                .filter(each -> each.getKey().getFileName().toString().startsWith(prefix))
                .mapToLong(Map.Entry::getValue)
                .sum();
    }

    /** Returns the machine's files, counted. */
    Storage countingStorage() {
        return over(new OsStorage());
    }

    /** Returns files that are counted. */
    Storage over(Storage real) {
        return proxy(Storage.class, real, (method, arguments, result) -> {
            if (method.getName().equals("syncDirectory")) {
                count((Path) arguments[0]);
            }
            return result instanceof StorageFile file ? counted(file) : result;
        });
    }

    private StorageFile counted(StorageFile real) {
        return proxy(StorageFile.class, real, (method, arguments, result) -> {
            if (method.getName().startsWith("force")) {
                count(real.path());
            }
            return result;
        });
    }

    private void count(Path path) {
        counts.merge(path, 1L, Long::sum);
    }

    /** Sees a call that has returned. */
    private interface After {
        Object returned(Method method, Object[] arguments, Object result);
    }

    private static <T> T proxy(Class<T> port, T real, After after) {
        InvocationHandler handler = (proxy, method, arguments) -> {
            Object result;
            try {
                result = method.invoke(real, arguments);
            } catch (InvocationTargetException e) {
                throw e.getCause();
            }
            return after.returned(method, arguments, result);
        };
        return port.cast(Proxy.newProxyInstance(port.getClassLoader(), new Class<?>[] {port}, handler));
    }
}
