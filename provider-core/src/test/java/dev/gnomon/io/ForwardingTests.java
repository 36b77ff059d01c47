/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A method with a default body that is not handed on would silently do less than what lies below. */
class ForwardingTests {
    @Test
    void everyMethodOfThePortsIsHandedOn() {
        assertThat(signatures(ForwardingStorage.class)).containsAll(signatures(Storage.class));
        assertThat(signatures(ForwardingFile.class)).containsAll(signatures(StorageFile.class));
    }

    private static List<String> signatures(Class<?> of) {
        return Arrays.stream(of.getDeclaredMethods())
                .filter(method -> Modifier.isPublic(method.getModifiers()) && !method.isSynthetic())
                .map(ForwardingTests::signature)
                .toList();
    }

    private static String signature(Method method) {
        return method.getName() + Arrays.toString(method.getParameterTypes());
    }
}
