/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.interop;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a process asks of the kernel, by strace, in the order in which the kernel began it. */
final class SystemCalls {
    /** What reads requests and sends replies, and whatever opens, creates, renames, deletes, writes or forces a file. */
    private static final String WATCHED =
            "read,recvfrom,recvmsg,sendto,sendmsg,open,openat,openat2,creat,rename,renameat,"
                    + "renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat,fsync,fdatasync,sync,syncfs,sync_file_range,ftruncate,"
                    + "truncate,fallocate,write,writev,pwrite64,pwritev,pwritev2,msync,execve";

    private static final Pattern CALL = Pattern.compile("\\d+ +(\\w+)\\((.*)");

    private final Running strace;
    private final Path output;

    /**
     * One call.
     *
     * @param name of the call
     * @param rest its arguments as strace shows them, descriptors with what they are open on
     */
    record Call(String name, String rest) {}

    /** Attaches to all threads of a process. */
    SystemCalls(Workspace workspace, long pid) {
        output = workspace.path("calls.strace");
        strace = workspace.start(
                "strace", "-f", "-yy", "-s", "300", "-e", "trace=" + WATCHED, "-o", output.toString(), "-p", "" + pid);
        Tools.await("strace attached", () -> strace.err().contains("attached") || !strace.isAlive());
        if (!strace.isAlive()) {
            throw new AssertionError("strace: " + strace);
        }
    }

    /** Lets go of the process. */
    void detach() {
        strace.terminate();
        strace.result(Tools.DEADLINE);
        Tools.run("cp", output.toString(), "/tmp/calls.strace");
    }

    /**
     * Returns what began between the arrival of each message and the next thing that was sent on the same connection.
     *
     * @param message a text in the message that nothing else has
     * @param connection what the descriptor of the connection contains
     */
    List<List<Call>> during(String message, String connection) {
        List<List<Call>> all = new ArrayList<>();
        List<Call> open = null;
        for (String line : lines()) {
            if (open == null && line.contains(message)) {
                open = new ArrayList<>();
                continue;
            }
            Matcher call = CALL.matcher(line);
            if (open == null || !call.matches()) {
                continue; // The rest of a call that another one came between.
            }
            String name = call.group(1);
            boolean sends = !isRead(name);
            if (sends && descriptor(call.group(2)).contains(connection)) {
                all.add(open);
                open = null;
            } else if (sends) {
                open.add(new Call(name, call.group(2)));
            }
        }
        return all;
    }

    /** Returns how many calls that write to files matching the text were seen in all. */
    long writesTo(Path file) {
        return lines().stream()
                .filter(line -> line.contains("pwrite") && line.contains("<" + file + ">"))
                .count();
    }

    private static String descriptor(String arguments) {
        int end = arguments.indexOf('>', arguments.indexOf("->") + 2);
        return arguments.substring(0, Math.max(0, end));
    }

    private static boolean isRead(String name) {
        return name.equals("read") || name.startsWith("recv");
    }

    private List<String> lines() {
        try {
            return Files.readAllLines(output, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
