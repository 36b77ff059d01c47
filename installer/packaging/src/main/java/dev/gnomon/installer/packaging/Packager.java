/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code ./gnomon package}; build/package/package builds what it packs and starts it. */
@Command(
        name = "gnomon package",
        header = "Make the packages: MSI and zip file for Windows, Debian package and tar file for Linux.",
        description = "Two runs for one commit make the same bytes; docs/packages.md says what that depends on.",
        optionListHeading = "%nOptions:%n",
        sortOptions = false)
final class Packager implements Callable<Integer> {
    private static final String SUMS = "SHA256SUMS";
    private static final int FAILED = 1;

    /** What can be asked for. */
    enum Kind {
        msi,
        zip,
        deb,
        tar
    }

    private final Checkout checkout;
    private final Instant time;
    private final PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    private final PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // Picocli acts on it.
    private boolean help;

    @Option(
            names = "--version",
            paramLabel = "VERSION",
            description = "MAJOR.MINOR.PATCH, with -SUFFIX if wanted (default: the project's).")
    private String version = System.getProperty("gnomon.projectVersion", "");

    @Option(
            names = "--only",
            paramLabel = "KIND",
            description = "Make only this: ${COMPLETION-CANDIDATES}; may be repeated.")
    private @Nullable List<Kind> only;

    @Option(
            names = "--runtime",
            paramLabel = "DIR",
            description = "A Windows runtime of Java 25 to ship instead of the pinned one.")
    private Path runtime = Path.of(System.getProperty("gnomon.windowsRuntime", ""));

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the packages go (default: target/packages/VERSION).")
    private @Nullable Path folder;

    @Option(
            names = "--no-build",
            description = "Pack what the last run for this version built, without looking for changes.")
    @SuppressWarnings("UnusedVariable") // The script acts on it.
    private boolean withoutBuild;

    @Option(
            names = "--sign-cert",
            paramLabel = "FILE",
            description =
                    "Sign what is for Windows with this certificate (PEM, with those that lead to its authority).")
    private @Nullable Path certificate;

    @Option(names = "--sign-key", paramLabel = "FILE", description = "The private key of that certificate (PEM).")
    private @Nullable Path key;

    @Option(
            names = "--sign-timestamp",
            paramLabel = "URL",
            description = "A server that states when was signed, so that signatures outlive the certificate.")
    private @Nullable String timestampUrl;

    private Packager(Checkout checkout, Instant time) {
        this.checkout = checkout;
        this.time = time;
    }

    /** Runs it and exits with 0, or 1 if a package could not be made, or 2 for wrong arguments. */
    public static void main(String[] arguments) {
        Path root = Path.of(System.getProperty("gnomon.root", ".")).toAbsolutePath();
        Checkout checkout = new Checkout(root, Path.of(System.getProperty("java.home")));
        Instant time = Instant.ofEpochSecond(Long.parseLong(System.getenv().getOrDefault("SOURCE_DATE_EPOCH", "0")));
        System.exit(new CommandLine(new Packager(checkout, time)).execute(arguments));
    }

    private void make(PackageVersion version) throws IOException, PackagingException {
        Path target = folder == null
                ? checkout.root().resolve("target/packages").resolve(version.text())
                : folder.toAbsolutePath();
        Files.createDirectories(target);
        Set<Kind> kinds = only == null ? EnumSet.allOf(Kind.class) : EnumSet.copyOf(only);
        Path stage = checkout.work().resolve("stage").resolve(version.text());
        List<Path> made = new ArrayList<>();
        if (kinds.contains(Kind.msi) || kinds.contains(Kind.zip)) {
            makeWindows(version, kinds, stage, target, made);
        }
        Documents documents = new Documents(checkout.work().resolve("man-pages"), time);
        if (kinds.contains(Kind.tar)) {
            Tree tree = Tree.empty(stage.resolve("linux"), time);
            made.add(target.resolve("gnomon-" + version.text() + "-linux-x64.tar.gz"));
            new LinuxArchive(checkout, version, tree).make(documents, made.getLast());
        }
        if (kinds.contains(Kind.deb)) {
            Tree tree = Tree.empty(stage.resolve("deb"), time);
            new DebPackage(checkout, version, tree).make(documents, target);
            made.add(target.resolve(DebPackage.fileName(version)));
        }
        sums(target);
        for (Path file : made) {
            out.println(file + "  " + Files.size(file) + " bytes");
        }
    }

    private void makeWindows(PackageVersion version, Set<Kind> kinds, Path stage, Path target, List<Path> made)
            throws IOException, PackagingException {
        String name = "gnomon-" + version.text();
        Optional<Signer> signer = signer();
        Tree tree = Tree.empty(stage.resolve("windows").resolve(name), time);
        WindowsTree windows = new WindowsTree(checkout, version, tree);
        windows.stage(runtime);
        if (signer.isPresent()) {
            windows.sign(signer.get());
        }
        windows.finish(runtime);
        if (kinds.contains(Kind.zip)) {
            made.add(target.resolve(name + "-windows-x64.zip"));
            Archives.zip(tree, name, made.getLast());
        }
        if (kinds.contains(Kind.msi)) {
            made.add(target.resolve(MsiPackage.fileName(version)));
            new MsiPackage(version, tree, stage.resolve("msi")).make(made.getLast());
            if (signer.isPresent()) {
                signer.get().sign(made.getLast());
            }
        }
    }

    private Optional<Signer> signer() throws PackagingException {
        if (certificate == null && key == null) {
            return Optional.empty();
        }
        if (certificate == null || key == null) {
            throw new PackagingException("--sign-cert and --sign-key: one without the other; needed are both, or none");
        }
        return Optional.of(new Signer(certificate, key, Optional.ofNullable(timestampUrl), time));
    }

    /** Writes the sums of all packages in the folder, also of those that an earlier run made. */
    private static void sums(Path folder) throws IOException {
        StringBuilder lines = new StringBuilder();
        for (Path file : Tree.files(folder)) {
            String name = file.getFileName().toString();
            if (name.startsWith("gnomon")) {
                lines.append(Manifest.line(Manifest.sha256(file), name));
            }
        }
        Files.writeString(folder.resolve(SUMS), lines.toString());
    }

    @Override
    public Integer call() {
        try {
            make(PackageVersion.of(version));
            return 0;
        } catch (PackagingException e) {
            err.println("gnomon: package: " + e.getMessage());
        } catch (IOException e) {
            err.println("gnomon: package: " + e);
        }
        return FAILED;
    }
}
