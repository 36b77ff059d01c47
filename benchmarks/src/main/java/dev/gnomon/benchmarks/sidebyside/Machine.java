/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.benchmarks.sidebyside;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Facts of the machine that a run is to be read with. */
public final class Machine {
    /** How many processors server and load share. */
    static final int PROCESSORS = 2;

    private static final List<String> PROGRAMS = List.of("fio", "nbdkit", "qemu-storage-daemon");

    private Machine() {}

    /** Returns name and value of each fact. */
    public static Map<String, String> facts(Path directory, Children children) throws BenchFailure {
        Map<String, String> facts = new LinkedHashMap<>();
        try {
            facts.put("cpu", field(Files.readString(Path.of("/proc/cpuinfo")), "model name"));
            facts.put(
                    "processorsUsed",
                    String.join(",", processors().stream().map(String::valueOf).toList()));
            facts.put("processors", Integer.toString(allowed().size()));
            facts.put("memory", field(Files.readString(Path.of("/proc/meminfo")), "MemTotal"));
            facts.put("kernel", System.getProperty("os.version", ""));
            facts.put("fileSystem", Files.getFileStore(directory).type());
        } catch (IOException e) {
            throw new BenchFailure("cannot read what this machine is: " + e, e);
        }
        facts.put("java", Runtime.version().toString());
        for (String program : PROGRAMS) {
            if (present(program)) {
                Path output = directory.resolve(program + ".version");
                children.run(List.of(program, "--version"), output);
                facts.put(program, Children.tail(output).lines().findFirst().orElse(""));
            }
        }
        return facts;
    }

    /** Returns whether a program is on the path. */
    public static boolean present(String program) {
        for (String directory : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
            if (!directory.isEmpty() && Files.isExecutable(Path.of(directory, program))) {
                return true;
            }
        }
        return false;
    }

    /** Returns what comes before commands so that all share the same processors; nothing if there are no more. */
    public static List<String> pinning() throws BenchFailure {
        if (allowed().size() <= PROCESSORS) {
            return List.of();
        }
        String list =
                String.join(",", processors().stream().map(String::valueOf).toList());
        return List.of("taskset", "--cpu-list", list);
    }

    private static List<Integer> processors() throws BenchFailure {
        List<Integer> allowed = allowed();
        return allowed.subList(0, Math.min(PROCESSORS, allowed.size()));
    }

    private static List<Integer> allowed() throws BenchFailure {
        try {
            return processorList(field(Files.readString(Path.of("/proc/self/status")), "Cpus_allowed_list"));
        } catch (IOException e) {
            throw new BenchFailure("/proc/self/status: cannot be read: " + e, e);
        }
    }

    /** Parses a list such as {@code 0-3,8}. Source: cpuset(7), "List format". */
    static List<Integer> processorList(String text) throws BenchFailure {
        List<Integer> list = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            Matcher range = Pattern.compile("([0-9]{1,6})(?:-([0-9]{1,6}))?").matcher(part.strip());
            if (!range.matches()) {
                throw new BenchFailure("a list of processors such as 0-3,8 was expected, found '" + text + "'");
            }
            int first = Integer.parseInt(range.group(1));
            String last = range.group(2);
            for (int i = first; i <= (last == null ? first : Integer.parseInt(last)); i++) {
                list.add(i);
            }
        }
        return list;
    }

    /** Returns the value of the first line {@code name: value}, empty if there is none. */
    static String field(String text, String name) {
        return text.lines()
                .filter(line -> line.startsWith(name) && line.indexOf(':') > 0)
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("");
    }
}
