/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer;

import dev.gnomon.io.Storage;
import dev.gnomon.io.StorageFile;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A storage that ends everything after so many records of the journal, each of which is forced. */
final class HaltingStorage {
    private final Runnable halt;
    private int left;

    private HaltingStorage(int records, Runnable halt) {
        this.left = records;
        this.halt = halt;
    }

    /** Returns one that hands everything on to another. */
    static Storage over(Storage storage, int records, Runnable halt) {
        HaltingStorage halting = new HaltingStorage(records, halt);
        return through(Storage.class, (_, method, arguments) -> {
            Object result = call(storage, method, arguments);
            return result instanceof StorageFile file && isJournal(file.path()) ? halting.counted(file) : result;
        });
    }

    private static boolean isJournal(Path path) {
        return path.endsWith("journal.jsonl");
    }

    /** Returns the file with its forces counted. */
    private StorageFile counted(StorageFile file) {
        return through(StorageFile.class, (_, method, arguments) -> {
            Object result = call(file, method, arguments);
            if (method.getName().equals("force")) {
                left--;
                if (left == 0) {
                    halt.run();
                }
            }
            return result;
        });
    }

    private static <T> T through(Class<T> type, InvocationHandler handler) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler));
    }

    private static @Nullable Object call(Object target, Method method, @Nullable Object @Nullable [] arguments)
            throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException e) {
            throw Objects.requireNonNull(e.getCause());
        }
    }
}
