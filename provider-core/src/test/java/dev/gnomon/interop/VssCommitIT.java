/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gnomon.control.SetView;
import dev.gnomon.control.client.ControlClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Between CommitSnapshots and its reply Windows holds the writes of all volumes of the set, and of those perhaps that the
 * service itself needs: whatever it wrote or opened then could wait for ever. So a commit touches memory only.
 */
@Tag("interop")
@Timeout(300)
@ExtendWith(WorkspaceExtension.class)
class VssCommitIT {
    private static final int SIZE = 8 << 20;
    private static final List<String> SET =
            IntStream.range(0, 16).mapToObj(i -> "v" + i).toList();
    private static final String OUTSIDER = "outsider";
    private static final int SETS = 4;
    /** Where a log would go is none. */
    private static final Pattern SOCKET =
            Pattern.compile("(?![12]<)\\d+<(TCP(v6)?:|UNIX|socket:|pipe:|anon_inode:).*", Pattern.DOTALL);

    private static final Pattern STAGING = Pattern.compile(".*/staging-\\d+");
    private static final Pattern FILE = Pattern.compile("\\d+<(/[^>]*)>.*", Pattern.DOTALL);

    @Test
    void commitOpensForcesAndWritesNothing(Workspace workspace) {
        Tools.require("strace", "fio");
        ServiceProcess service = service(workspace, workspace.path("state"));
        List<Path> origins = volumes(workspace, service);
        String connection = ":" + channelPort(service) + "->";
        Running fio = load(workspace, service, 300);
        SystemCalls calls;
        try (VssRequester vss = new VssRequester(service.stateDirectory())) {
            vss.make(SET); // Classes are loaded, and from here on writes preserve.
            calls = new SystemCalls(workspace, service.pid());
            for (int i = 0; i < SETS; i++) {
                vss.make(SET);
            }
            calls.detach();
        }
        assertThat(fio.isAlive()).as("load was there all the time: " + fio).isTrue();
        fio.kill();

        List<List<SystemCalls.Call>> commits = calls.during("\\\"CommitSnapshots", connection);
        assertThat(commits).hasSize(SETS);
        for (Path origin : origins) {
            assertThat(calls.writesTo(origin)).as("writes to " + origin).isPositive();
        }
        Path outsider = origins.getLast();
        assertThat(commits.stream()
                        .flatMap(List::stream)
                        .filter(call -> !isAllowed(call, origins, outsider))
                        .map(SystemCalls.Call::toString))
                .as("what the service asked of the kernel while CommitSnapshots was carried out")
                .isEmpty();
        System.out.println(
                "FIGURE interop: CommitSnapshots of 16 volumes at queue depth 32, system calls that write, of "
                        + SETS + " commits: "
                        + commits.stream().map(each -> "" + each.size()).toList());
    }

    /**
     * Sockets that are open; data of requests that were accepted before, into places that are open; and what a volume that
     * is not of the set asks for.
     */
    private static boolean isAllowed(SystemCalls.Call call, List<Path> origins, Path outsider) {
        Matcher file = FILE.matcher(call.rest());
        return switch (call.name()) {
            case "write", "writev", "sendto", "sendmsg" ->
                SOCKET.matcher(call.rest()).matches();
            case "pwrite64", "pwritev", "pwritev2" ->
                file.matches()
                        && (origins.contains(Path.of(file.group(1)))
                                || STAGING.matcher(file.group(1)).matches());
            case "fsync", "fdatasync" -> file.matches() && outsider.equals(Path.of(file.group(1)));
            default -> false;
        };
    }

    @Test
    void commitDoesNotWaitForTheStateDirectory(Workspace workspace) throws IOException {
        Tools.require("fio", "mkfs.ext4", "fsfreeze");
        Tools.requireMounts();
        Path image = workspace.sparseFile("state.img", "1G");
        Tools.run("mkfs.ext4", "-q", "-F", image.toString()).ok();
        Mount disk = workspace.mount(image, "disk", "");
        Path state = Files.createDirectory(disk.path("state"));
        Tools.run("chmod", "700", state.toString()).ok();
        ServiceProcess service = service(workspace, state);
        volumes(workspace, service);
        Running fio = load(workspace, service, 300);
        UUID set;
        try (VssRequester vss = new VssRequester(state)) {
            vss.make(SET);
            set = vss.prepared(SET);
            Tools.run("fsfreeze", "--freeze", disk.at().toString()).ok();
            try {
                vss.commit(set);
            } finally {
                Tools.run("fsfreeze", "--unfreeze", disk.at().toString()).ok();
            }
            vss.finish(set, SET.size());
        }
        fio.kill();
        assertThat(service.ask(ControlClient::sets).stream().map(SetView::id)).contains(set);
        service.stop();
    }

    private static ServiceProcess service(Workspace workspace, Path state) {
        List<String> all = new ArrayList<>(SET);
        all.add(OUTSIDER);
        return workspace.service(
                state, "--vss", VssRequester.config(workspace, all).toString());
    }

    /** Makes the volumes of the set, then the one outside; returns their origins. */
    private static List<Path> volumes(Workspace workspace, ServiceProcess service) {
        List<Path> origins = new ArrayList<>();
        for (String name : SET) {
            origins.add(volume(workspace, service, name));
        }
        origins.add(volume(workspace, service, OUTSIDER));
        return origins;
    }

    private static Path volume(Workspace workspace, ServiceProcess service, String name) {
        Path origin = workspace.path(name + ".raw");
        service.ask(client -> client.createVolume(name, origin.toString(), SIZE, false));
        return origin;
    }

    /** Random writes to all volumes, at queue depth 32 in all of the set; the one outside flushes as well. */
    private static Running load(Workspace workspace, ServiceProcess service, int seconds) {
        List<String> words = new ArrayList<>(List.of(
                "fio", "--ioengine=nbd", "--rw=randwrite", "--bs=4k", "--thread", "--size=" + SIZE, "--time_based"));
        words.add("--runtime=" + seconds);
        for (String name : SET) {
            words.addAll(List.of("--name=" + name, "--uri=" + service.uri(name), "--iodepth=2", "--rate_iops=100"));
        }
        words.addAll(List.of("--name=" + OUTSIDER, "--uri=" + service.uri(OUTSIDER), "--iodepth=2", "--fsync=8"));
        Running fio = workspace.start(words.toArray(String[]::new));
        Tools.await("load on " + OUTSIDER, () -> service.volume(OUTSIDER).clients() > 0 || !fio.isAlive());
        return fio;
    }

    private static int channelPort(ServiceProcess service) {
        try {
            Matcher port = Pattern.compile("\"port\" *: *(\\d+)")
                    .matcher(Files.readString(service.stateDirectory().resolve("vss-channel.json")));
            assertThat(port.find()).isTrue();
            return Integer.parseInt(port.group(1));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
