/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * The MSI: wixl makes it from {@link WixSource}; its tables are taken out as text, completed by {@link MsiActions}, sorted, and put together
 * again by msibuild. wixl alone makes other bytes each time: its strings have the order of a hash table, its package code is drawn by lot,
 * and its summary holds the time.
 */
final class MsiPackage {
    private static final String CABINET = "gnomon.cab";
    private static final String SUMMARY = "_SummaryInformation.idt";
    // Microsoft reference, "Summary Information Stream Property Set".
    private static final String PACKAGE_CODE = "9";
    private static final String CREATED = "12";
    private static final String SAVED = "13";

    private final PackageVersion version;
    private final Tree tree;
    private final Path work;

    /**
     * @param tree the finished program folder
     * @param work a folder for intermediate files
     */
    MsiPackage(PackageVersion version, Tree tree, Path work) {
        this.version = version;
        this.tree = tree;
        this.work = work;
    }

    static String fileName(PackageVersion version) {
        return "gnomon-" + version.text() + "-windows-x64.msi";
    }

    /** Makes the package in {@code target}. */
    void make(Path target) throws IOException, PackagingException {
        Tree.delete(work);
        Path tables = Files.createDirectories(work.resolve("tables"));
        String content = Manifest.sha256(tree.root().resolve(Manifest.NAME));
        Path source = work.resolve("gnomon.wxs");
        Files.writeString(
                source, WixSource.of(version, tree, WixSource.guid("product:" + version.text() + ":" + content)));
        Path raw = work.resolve("wixl.msi");
        Tool.run(tree.root(), List.of("wixl", "--arch", "x64", "--output", raw.toString(), source.toString()));
        Tool.run(tables, List.of("msidump", "-t", "-s", raw.toString()));
        MsiActions.addTo(tables);
        Path cabinet = tables.resolve("_Streams").resolve(CABINET);
        summary(tables, cabinet);
        Path whole = work.resolve("gnomon.msi");
        List<String> command = new ArrayList<>(List.of("msibuild", whole.toString()));
        for (Path table : idts(tables)) {
            MsiTable.read(table).write();
            command.addAll(List.of("-i", table.getFileName().toString()));
        }
        command.addAll(List.of("-a", CABINET, cabinet.toString()));
        Tool.run(tables, command);
        Files.move(whole, target, StandardCopyOption.REPLACE_EXISTING);
    }

    private void summary(Path tables, Path cabinet) throws IOException, PackagingException {
        String time = DateTimeFormatter.ofPattern("yyyy/MM/dd HH:mm:ss", Locale.ROOT)
                .withZone(ZoneOffset.UTC)
                .format(tree.time());
        MsiTable summary = MsiTable.read(tables.resolve(SUMMARY));
        summary.put(CREATED, "Value", time);
        summary.put(SAVED, "Value", time);
        summary.put(PACKAGE_CODE, "Value", "");
        summary.write();
        // Windows takes packages with the same code for the same file, so the code comes from all that is in it.
        StringBuilder everything = new StringBuilder(Manifest.sha256(cabinet));
        for (Path table : idts(tables)) {
            MsiTable.read(table).write();
            everything.append(Manifest.sha256(table));
        }
        summary.put(PACKAGE_CODE, "Value", WixSource.guid("package:" + everything));
        summary.write();
    }

    private static List<Path> idts(Path tables) throws IOException {
        return Tree.files(tables).stream()
                .filter(file -> file.getFileName().toString().endsWith(".idt"))
                .toList();
    }
}
