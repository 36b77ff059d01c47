/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** The archive for Linux: to be unpacked anywhere. {@code bin/gnomon} finds what it needs beside it. */
final class LinuxArchive {
    private final Checkout checkout;
    private final PackageVersion version;
    private final Tree tree;

    /** Prepares to stage into {@code tree}, which is empty. */
    LinuxArchive(Checkout checkout, PackageVersion version, Tree tree) {
        this.checkout = checkout;
        this.version = version;
        this.tree = tree;
    }

    /** Makes the archive in {@code target}. */
    void make(Documents documents, Path target) throws IOException, PackagingException {
        LinuxTree linux = new LinuxTree(checkout, version);
        linux.stage(tree, "");
        linux.describe(tree, "");
        tree.write("share/bash-completion/completions/gnomon", documents.completion());
        for (Map.Entry<String, String> page : documents.manPages().entrySet()) {
            tree.write("share/man/man1/" + page.getKey(), page.getValue());
        }
        tree.write("share/systemd/gnomon.service", Checkout.resource("linux/gnomon.service"));
        tree.write("share/systemd/gnomon.conf", Checkout.resource("linux/gnomon.conf"));
        Manifest.write(tree);
        tree.finish();
        Archives.tarGz(tree, "gnomon-" + version.text(), target);
    }
}
