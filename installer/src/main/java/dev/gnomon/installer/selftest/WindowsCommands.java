/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.selftest;

import dev.gnomon.installer.plan.SetupException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Programs as children of this process, with both streams in one. A child of a child that goes on keeps nobody waiting. */
final class WindowsCommands implements Commands {
    private static final int MAX_OUTPUT = 4 << 20;
    private static final int LAST_BYTES_S = 10;

    @Override
    public Ran run(int limitSeconds, List<String> words) throws SetupException {
        String program = words.getFirst();
        try {
            Process process =
                    new ProcessBuilder(words).redirectErrorStream(true).start();
            process.getOutputStream().close();
            FutureTask<String> output = new FutureTask<>(() -> read(process.getInputStream()));
            Thread.ofPlatform().daemon().name("output-of-" + program).start(output);
            if (!process.waitFor(limitSeconds, TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw SetupException.failed(program + " has not ended after " + limitSeconds + " s");
            }
            return new Ran(process.exitValue(), last(output));
        } catch (IOException | ExecutionException e) {
            throw SetupException.failed(program, e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("Nobody interrupts threads here", e);
        }
    }

    private static String last(FutureTask<String> output) throws ExecutionException, InterruptedException {
        try {
            return output.get(LAST_BYTES_S, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return "(its output is held open by a program that it started)";
        }
    }

    /** Programs of Windows print in the code page of the system. */
    private static String read(InputStream stream) throws IOException {
        String name = System.getProperty("native.encoding", "");
        Charset charset = Charset.isSupported(name) ? Charset.forName(name) : Charset.defaultCharset();
        return new String(stream.readNBytes(MAX_OUTPUT), charset);
    }
}
