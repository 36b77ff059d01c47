/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives each test its {@link Workspace}, takes it away afterwards, and keeps the logs of a test that failed. */
final class WorkspaceExtension implements BeforeEachCallback, AfterEachCallback, ParameterResolver {
    private static final ExtensionContext.Namespace SPACE = ExtensionContext.Namespace.create(WorkspaceExtension.class);

    /** Lines of the logs that a failure prints; the rest is in the file. */
    private static final int TAIL_LINES = 60;

    private static final AtomicBoolean SWEPT = new AtomicBoolean();

    /** Bytes that tests have compared with what they must be. */
    static final LongAdder COMPARED = new LongAdder();

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        if (SWEPT.compareAndSet(false, true)) {
            Leftovers.sweep();
            // Closed when the last test of the stage is over.
            String stage = String.join(" ", context.getTags());
            AutoCloseable last = () -> print(stage);
            context.getRoot().getStore(SPACE).put("figures", last);
            System.out.println("FIGURE " + stage + ": "
                    + String.join(
                            ", ",
                            Tools.versions().entrySet().stream()
                                    .map(each -> each.getKey() + " " + each.getValue())
                                    .toList())
                    + ", seed " + Workspace.SEED);
        }
        context.getStore(SPACE).put(Workspace.class, new Workspace());
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        Workspace workspace = context.getStore(SPACE).remove(Workspace.class, Workspace.class);
        if (workspace == null) {
            return;
        }
        String logs = context.getExecutionException().isPresent() ? workspace.logs() : "";
        workspace.close();
        if (!logs.isBlank()) {
            keep(context, logs);
        }
    }

    private static void keep(ExtensionContext context, String logs) throws IOException {
        Path folder = Path.of("target", "interop-logs");
        Files.createDirectories(folder);
        Path file = folder.resolve(context.getRequiredTestClass().getSimpleName() + "."
                + context.getRequiredTestMethod().getName() + ".log");
        Files.writeString(file, logs);
        String[] lines = logs.split("\n", -1);
        System.out.println("The services of this test logged (all of it is in " + file.toAbsolutePath() + "):");
        for (int i = Math.max(0, lines.length - TAIL_LINES); i < lines.length; i++) {
            System.out.println("  | " + lines[i]);
        }
    }

    private static void print(String stage) {
        System.out.printf(
                java.util.Locale.ROOT,
                "FIGURE %s: %.1f MiB compared byte for byte%n",
                stage,
                COMPARED.sum() / 1048576.0);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == Workspace.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return context.getStore(SPACE).getOrDefault(Workspace.class, Workspace.class, null);
    }
}
