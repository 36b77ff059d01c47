/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.mutants;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Loads everything of this project again, main and test classes, some of it patched; all else comes from the parent.
 * What crosses between two such worlds must be of the JDK.
 */
final class MutantLoader extends ClassLoader {
    private static final String OURS = "dev.gnomon.";
    private static final Map<String, byte[]> CLASSES = new ConcurrentHashMap<>();

    private final List<Patch> patches;
    private final Set<Patch> applied = new HashSet<>();
    private final Patcher patcher;

    static {
        registerAsParallelCapable();
    }

    /** Takes the patches; several may change one class. */
    MutantLoader(ClassLoader parent, List<Patch> patches) {
        super(parent);
        this.patches = List.copyOf(patches);
        this.patcher = new Patcher(parent, name -> bytes(parent, name));
    }

    /**
     * Returns each patched class, so that a stale patch shows at once.
     *
     * @throws StaleMutant if a patch does not fit
     */
    void loadPatched() throws ClassNotFoundException {
        for (Patch patch : patches) {
            loadClass(patch.className());
        }
        if (applied.size() < patches.size()) {
            throw new IllegalStateException("patches given twice: " + patches);
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(OURS)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        byte[] bytes = bytes(getParent(), name);
        if (bytes.length == 0) {
            throw new ClassNotFoundException(name);
        }
        for (Patch patch : patches) {
            if (patch.className().equals(name)) {
                bytes = patcher.apply(patch, bytes);
                applied.add(patch);
            }
        }
        return defineClass(name, bytes, 0, bytes.length);
    }

    private static byte[] bytes(ClassLoader parent, String name) {
        return CLASSES.computeIfAbsent(name, key -> {
            try (InputStream in = parent.getResourceAsStream(key.replace('.', '/') + ".class")) {
                return in == null ? new byte[0] : in.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }
}
