/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Collectors;

/**
 * One table of an MSI as a text archive (Microsoft reference, "Text Archive Files"): three lines of names, types and keys, then a row a
 * line, separated by tabs. Rows are written in order, because wixl has them in an order of its own each time.
 */
final class MsiTable {
    private static final String TAB = "\t";
    private static final int HEADER_LINES = 3;

    private final Path file;
    private final List<String> header;
    private final List<List<String>> rows = new ArrayList<>();

    private MsiTable(Path file, List<String> header) {
        this.file = file;
        this.header = header;
    }

    static MsiTable read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        MsiTable table = new MsiTable(file, new ArrayList<>(lines.subList(0, HEADER_LINES)));
        lines.stream()
                .skip(HEADER_LINES)
                // msidump ends the table of the code page with a NUL.
                .filter(line -> !line.isEmpty() && !line.equals("\0"))
                .forEach(line -> table.rows.add(new ArrayList<>(List.of(line.split(TAB, -1)))));
        return table;
    }

    /** Sets columns of the row with this key, which is added if there is none; columns that are not named stay, or are empty. */
    void put(String key, String... namesAndValues) throws PackagingException {
        List<String> row = rows.stream()
                .filter(each -> each.getFirst().equals(key))
                .findFirst()
                .orElseGet(() -> {
                    List<String> added =
                            new ArrayList<>(Collections.nCopies(columns().size(), ""));
                    added.set(0, key);
                    rows.add(added);
                    return added;
                });
        for (int i = 0; i < namesAndValues.length; i += 2) {
            row.set(column(namesAndValues[i]), namesAndValues[i + 1]);
        }
    }

    /** Sets a column of every row in which another column has a value. */
    void setWhere(String column, String value, String changed, String to) throws PackagingException {
        int index = column(column);
        int target = column(changed);
        long hits = rows.stream()
                .filter(row -> row.get(index).equals(value))
                .peek(row -> row.set(target, to))
                .count();
        if (hits == 0) {
            throw new PackagingException(file.getFileName() + ": no row has " + column + " '" + value + "'");
        }
    }

    /** Changes the type of a column, such as {@code S255}, a string of at most 255 characters. */
    void setType(String column, String type) throws PackagingException {
        List<String> types = new ArrayList<>(List.of(header.get(1).split(TAB, -1)));
        types.set(column(column), type);
        header.set(1, String.join(TAB, types));
    }

    void write() throws IOException {
        String body = rows.stream().map(row -> String.join(TAB, row)).sorted().collect(Collectors.joining("\r\n"));
        Files.writeString(file, String.join("\r\n", header) + "\r\n" + body + (body.isEmpty() ? "" : "\r\n"));
    }

    private List<String> columns() {
        return List.of(header.getFirst().split(TAB, -1));
    }

    private int column(String name) throws PackagingException {
        int index = columns().indexOf(name);
        if (index < 0) {
            throw new PackagingException(file.getFileName() + ": no column " + name + " in " + columns());
        }
        return index;
    }
}
