/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/** The Debian package: the program in /usr/lib/gnomon, a systemd service of its own user, its state in /var/lib/gnomon. */
final class DebPackage {
    private static final String HOME = "usr/lib/gnomon";
    private static final String DOC = "usr/share/doc/gnomon";
    private static final String CONFIGURATION = "etc/gnomon/gnomon.conf";
    private static final int KIBIBYTE = 1024;
    private static final int GZIP_BEST = 9;
    /** Little smaller at higher levels of xz, which take several times as long: most of it is compressed already. */
    private static final int COMPRESSION = 1;

    private final Checkout checkout;
    private final PackageVersion version;
    private final Tree tree;

    /** Prepares to stage into {@code tree}, which is empty. */
    DebPackage(Checkout checkout, PackageVersion version, Tree tree) {
        this.checkout = checkout;
        this.version = version;
        this.tree = tree;
    }

    static String fileName(PackageVersion version) {
        return "gnomon_" + version.debian() + "_amd64.deb";
    }

    /** Makes the package in {@code folder}. */
    void make(Documents documents, Path folder) throws IOException, PackagingException {
        LinuxTree linux = new LinuxTree(checkout, version);
        linux.stage(tree, HOME);
        linux.describe(tree, DOC);
        tree.link("usr/bin/gnomon", "../lib/gnomon/bin/gnomon");
        tree.write("lib/systemd/system/gnomon.service", Checkout.resource("linux/gnomon.service"));
        tree.write(CONFIGURATION, Checkout.resource("linux/gnomon.conf"));
        tree.write("usr/share/bash-completion/completions/gnomon", documents.completion());
        for (Map.Entry<String, String> page : documents.manPages().entrySet()) {
            tree.write("usr/share/man/man1/" + page.getKey() + ".gz", gzip(page.getValue()));
        }
        tree.write("usr/share/lintian/overrides/gnomon", Checkout.resource("debian/lintian-overrides"));
        tree.write(DOC + "/copyright", Checkout.resource("debian/copyright"));
        tree.write(DOC + "/changelog.gz", gzip(changelog()));
        control();
        tree.finish();
        Tool.run(
                folder,
                List.of(
                        "dpkg-deb",
                        "--root-owner-group",
                        "-Zxz",
                        "-z" + COMPRESSION,
                        "--threads-max=1",
                        "--build",
                        tree.root().toString(),
                        fileName(version)),
                Map.of("SOURCE_DATE_EPOCH", Long.toString(tree.time().getEpochSecond())));
    }

    private void control() throws IOException {
        long bytes = 0;
        StringBuilder sums = new StringBuilder();
        for (Path file : tree.files()) {
            bytes += Files.isSymbolicLink(file) ? KIBIBYTE : Files.size(file) + KIBIBYTE - 1;
            if (!Files.isSymbolicLink(file)) {
                sums.append(Manifest.line(md5(file), tree.name(file)));
            }
        }
        tree.write("DEBIAN/md5sums", sums.toString());
        tree.write("DEBIAN/conffiles", "/" + CONFIGURATION + "\n");
        tree.write(
                "DEBIAN/control",
                Checkout.resource("debian/control")
                        .replace("@VERSION@", version.debian())
                        .replace("@SIZE@", Long.toString(bytes / KIBIBYTE)));
        for (String script : List.of("postinst", "prerm", "postrm")) {
            tree.writeProgram("DEBIAN/" + script, Checkout.resource("debian/" + script));
        }
    }

    private String changelog() {
        String date = DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss Z", Locale.ROOT)
                .withZone(ZoneOffset.UTC)
                .format(tree.time());
        return "gnomon (" + version.debian() + ") unstable; urgency=medium\n\n"
                + "  * See CHANGELOG.md of the project.\n\n"
                + " -- The Gnomon Authors <gnomon@gnomon.invalid>  " + date + "\n";
    }

    /** Without the time of compression and the name of a file in it. */
    static byte[] gzip(String text) throws IOException {
        GzipParameters parameters = new GzipParameters();
        parameters.setCompressionLevel(GZIP_BEST);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GzipCompressorOutputStream gzip = new GzipCompressorOutputStream(bytes, parameters)) {
            gzip.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    /** What {@code dpkg --verify} compares with; no protection against anybody. */
    private static String md5(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("MD5").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java has MD5", e);
        }
    }
}
