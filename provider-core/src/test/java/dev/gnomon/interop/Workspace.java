/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;

/**
 * What one test has on the machine: a private directory, and the processes, mounts and loop devices that it started.
 * {@link #close} takes all of it away, the newest first, as does the end of the JVM. What a killed JVM left is swept by
 * {@link Leftovers}. Used by one thread at a time.
 */
final class Workspace implements AutoCloseable {
    /** What all that is random here follows from; printed with the figures. */
    static final long SEED = Long.getLong("gnomon.seed", 20261125);

    /** Whether the tests run at their full sizes. */
    static final boolean LONG = System.getProperty("gnomon.size", "ci").equals("long");

    /** Of what a program printed, a failure keeps this much. */
    private static final int PROGRAM_TAIL_LINES = 40;

    private final Path root;
    private final Deque<Closing> closings = new ArrayDeque<>();
    private final List<ServiceProcess> services = new ArrayList<>();
    private final List<Running> programs = new ArrayList<>();
    private final Thread trap = Thread.ofPlatform().name("workspace-trap").unstarted(this::closeAll);

    private record Closing(String what, Runnable action) {}

    Workspace() throws IOException {
        this.root = Files.createTempDirectory(
                Leftovers.PARENT,
                Leftovers.PREFIX + ProcessHandle.current().pid() + "-",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Runtime.getRuntime().addShutdownHook(trap);
    }

    /** Returns a path in the directory of this test. */
    Path path(String name) {
        return root.resolve(name);
    }

    /** Makes a directory in the directory of this test. */
    Path directory(String name) {
        try {
            return Files.createDirectory(path(name));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Makes a file of that size that takes no space. */
    Path sparseFile(String name, String size) {
        Tools.run("truncate", "-s", size, path(name).toString()).ok();
        return path(name);
    }

    /** Lets programs of other users reach what is theirs in the directory of this test; they still cannot list it. */
    void letOthersPass() {
        try {
            Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwx--x--x"));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Starts a service on the state directory {@code state} of this test. */
    ServiceProcess service(String... options) {
        return service(path("state"), options);
    }

    /** Starts a service on a state directory. */
    ServiceProcess service(Path stateDirectory, String... options) {
        ServiceProcess service = ServiceProcess.start(stateDirectory, path("nbd" + services.size() + ".sock"), options);
        services.add(service);
        closings.push(new Closing("service", service::close));
        return service;
    }

    /** Starts a program that runs until this test ends. */
    Running start(String... words) {
        Running running = Running.start(List.of(words));
        programs.add(running);
        Leftovers.remember(root, running.pid());
        closings.push(new Closing(words[0], running::close));
        return running;
    }

    /** Mounts a file that holds a file system; returns where. {@code options} may be empty. */
    Mount mount(Path image, String name, String options) {
        Path at = directory(name);
        Tools.run("mount", "-o", options.isEmpty() ? "loop" : "loop," + options, image.toString(), at.toString())
                .ok();
        return tracked(new Mount(at, null));
    }

    /** Mounts a file that holds an NTFS file system, by ntfs-3g; returns where. */
    Mount ntfs(Path image, String name, String options) {
        Path at = directory(name);
        Running driver = start("ntfs-3g", "-o", "no_detach," + options, image.toString(), at.toString());
        Mount mount = tracked(new Mount(at, driver));
        Tools.await("ntfs-3g " + image, () -> Leftovers.mountsBelow(root).contains(at) || !driver.isAlive());
        if (!driver.isAlive()) {
            throw new AssertionError("ntfs-3g did not mount:\n" + driver);
        }
        return mount;
    }

    /** Mounts a file system in memory. */
    Mount memory(String name, String size) {
        Path at = directory(name);
        Tools.run("mount", "-t", "tmpfs", "-o", "size=" + size + ",mode=700", "tmpfs", at.toString())
                .ok();
        return tracked(new Mount(at, null));
    }

    /** Shows an export as a file, by nbdfuse. */
    Mount fuse(String uri, String name, String... options) {
        Path at = directory(name);
        List<String> words = new ArrayList<>(List.of("nbdfuse"));
        words.addAll(List.of(options));
        words.addAll(List.of(at + "/disk", uri));
        Running server = start(words.toArray(String[]::new));
        Mount mount = tracked(new Mount(at, server));
        Tools.await("nbdfuse " + uri, () -> Files.exists(at.resolve("disk")) || !server.isAlive());
        if (!Files.exists(at.resolve("disk"))) {
            throw new AssertionError("nbdfuse did not mount:\n" + server);
        }
        return mount;
    }

    /** Has something done when this test ends, before what was started earlier is taken away. */
    void closeLater(String what, Runnable action) {
        closings.push(new Closing(what, action));
    }

    private Mount tracked(Mount mount) {
        closings.push(new Closing("mount " + mount.at(), mount::close));
        return mount;
    }

    /** Attaches a file to a loop device; returns the device. */
    Path loopDevice(Path file) {
        Path device = Path.of(
                Tools.run("losetup", "--find", "--show", file.toString()).ok().strip());
        closings.push(new Closing(
                "loop device " + device,
                () -> Tools.run("losetup", "-d", device.toString()).ok()));
        return device;
    }

    /** Returns what the programs of this test printed at last, and the logs of all its services. */
    String logs() {
        StringBuilder all = new StringBuilder();
        for (Running program : programs) {
            String[] lines = program.toString().split("\n", -1);
            for (int i = 0; i < lines.length; i++) {
                if (i == 0 || i >= lines.length - PROGRAM_TAIL_LINES) {
                    all.append(lines[i]).append('\n');
                }
            }
        }
        services.forEach(service -> all.append(service.log()).append('\n'));
        return all.toString();
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(trap);
        List<String> failures = closeAll();
        if (!failures.isEmpty()) {
            throw new AssertionError("not everything could be taken away: " + String.join("; ", failures));
        }
    }

    private List<String> closeAll() {
        List<String> failures = new ArrayList<>();
        while (!closings.isEmpty()) {
            Closing closing = closings.pop();
            try {
                closing.action().run();
            } catch (RuntimeException | AssertionError e) {
                failures.add(closing.what() + ": " + e.getMessage());
            }
        }
        if (Leftovers.mountsBelow(root).isEmpty()) {
            deleteTree(root);
        } else {
            failures.add("still mounted below " + root);
        }
        return failures;
    }

    static void deleteTree(Path directory) {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
