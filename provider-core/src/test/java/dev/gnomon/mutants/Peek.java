/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Private members, for mutant bodies. Methods are found by name and count of arguments. Stateless. */
public final class Peek {
    private Peek() {}

    /** Calls a method, whatever its access. */
    public static @Nullable Object call(Object on, String name, Object... arguments) {
        Method method = Arrays.stream(on.getClass().getDeclaredMethods())
                .filter(each -> each.getName().equals(name) && each.getParameterCount() == arguments.length)
                .findFirst()
                .orElseThrow(() -> new NoSuchMethodError(on.getClass() + "." + name));
        method.setAccessible(true);
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            Peek.<RuntimeException>rethrow(Objects.requireNonNull(e.getCause()));
            throw new IllegalStateException(e);
        } catch (IllegalAccessException e) {
            throw new LinkageError(name, e);
        }
    }

    /** Returns a field that is not null, whatever its access. */
    public static <T> T get(Object of, String name, Class<T> type) {
        return type.cast(Objects.requireNonNull(getOrNull(of, name)));
    }

    /** Returns a field, whatever its access. */
    public static @Nullable Object getOrNull(Object of, String name) {
        try {
            return field(of, name).get(of);
        } catch (IllegalAccessException e) {
            throw new LinkageError(name, e);
        }
    }

    /** Sets a field, whatever its access. */
    public static void set(Object of, String name, Object value) {
        try {
            field(of, name).set(of, value);
        } catch (IllegalAccessException e) {
            throw new LinkageError(name, e);
        }
    }

    private static Field field(Object of, String name) {
        try {
            Field field = of.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field;
        } catch (NoSuchFieldException e) {
            throw new NoSuchFieldError(of.getClass() + "." + name);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"}) // Checked exceptions pass as the original's do.
    private static <E extends Throwable> void rethrow(Throwable thrown) throws E {
        throw (E) thrown;
    }
}
