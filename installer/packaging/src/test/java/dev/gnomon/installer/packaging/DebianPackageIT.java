/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Debian package on this machine: it must not be installed here before, and is not afterwards. */
@Tag("packages")
class DebianPackageIT {
    private static final Path STATE = Path.of("/var/lib/gnomon");
    private static final Path UNIT = Path.of("/lib/systemd/system/gnomon.service");
    private static final Path CONFIGURATION = Path.of("/etc/gnomon/gnomon.conf");
    private static final Path RUN = Path.of("/run/gnomon");
    private static final List<String> ACCOUNTS = List.of("/etc/passwd", "/etc/group", "/etc/shadow", "/etc/gshadow");
    private static final String OLD_FILE = "/usr/lib/gnomon/lib/gone-since.jar";

    @TempDir
    @SuppressWarnings("NullAway.Init") // Set before each test.
    private Path folder;

    private boolean ours;

    @BeforeEach
    void lookThatNobodyUsesGnomonHere() throws Exception {
        assumeTrue(System.getProperty("user.name").equals("root"), "SKIPPED: installing a package needs root");
        assertThat(Files.exists(STATE) || Files.exists(Path.of("/usr/bin/gnomon"), LinkOption.NOFOLLOW_LINKS))
                .as("Gnomon is installed on this machine, which this test would remove with all its volumes")
                .isFalse();
        ours = true;
    }

    @AfterEach
    void leaveNothing() throws Exception {
        if (ours) {
            Tool.run(folder, List.of("dpkg", "--purge", "--force-all", "gnomon"));
            Tree.delete(RUN);
        }
    }

    @Test
    void packageIsInstalledUsedUpgradedRemovedAndPurged() throws Exception {
        Map<String, String> before = traces();
        Path old = olderPackage();

        Tool.run(folder, List.of("dpkg", "--install", old.toString()));
        assertThat(gnomon("--version")).startsWith("gnomon " + Products.version() + " (");
        assertThat(Files.getPosixFilePermissions(STATE)).isEqualTo(PosixFilePermissions.fromString("rwx------"));
        assertThat(Files.getOwner(STATE).getName()).isEqualTo("gnomon");
        assertThat(Path.of(OLD_FILE)).exists();
        serveAsItsUser(() -> gnomon("--state", STATE.toString(), "volume", "create", "data", "--size", "16M"));
        Files.writeString(CONFIGURATION, Files.readString(CONFIGURATION) + "# mine\n");

        Tool.run(folder, List.of("dpkg", "--install", Products.deb().toString()));
        assertThat(Path.of(OLD_FILE)).doesNotExist();
        assertThat(Files.readString(CONFIGURATION)).endsWith("# mine\n");
        serveAsItsUser(() -> assertThat(gnomon("--state", STATE.toString(), "volume", "list"))
                .contains("data"));
        assertThat(Tool.run(folder, List.of("systemd-analyze", "verify", "--recursive-errors=one", UNIT.toString())))
                .doesNotContain("gnomon.service:");
        assertThat(enabled()).exists();
        assertThat(Tool.run(folder, List.of("bash", "-c", completing("gnomon volume cr"))))
                .contains("create");
        assertThat(Tool.run(folder, List.of("dpkg", "--verify", "gnomon")))
                .isEqualTo("??5?????? c " + CONFIGURATION + "\n");

        Tool.run(folder, List.of("dpkg", "--remove", "gnomon"));
        assertThat(Path.of("/usr/lib/gnomon")).doesNotExist();
        assertThat(STATE.resolve("service.lock"))
                .as("volumes stay when a package is removed")
                .exists();

        Tool.run(folder, List.of("dpkg", "--purge", "gnomon"));
        Tree.delete(RUN);
        assertThat(traces()).isEqualTo(before);
    }

    @Test
    void demonstrationRunsFromTheInstalledPackage() throws Exception {
        Tool.run(folder, List.of("dpkg", "--install", Products.deb().toString()));

        String told = gnomon(
                "demo", "--dir", Files.createDirectory(folder.resolve("demo")).toString());

        assertThat(told).contains("Everything holds.");
    }

    @Test
    void lintianFindsNoError() throws Exception {
        String findings = Tool.run(
                folder,
                List.of(
                        "lintian",
                        "--allow-root",
                        "--fail-on",
                        "error",
                        Products.deb().toString()));

        assertThat(findings).doesNotContain("E: ");
        findings.lines().forEach(line -> System.out.println("FIGURE lintian: " + line));
    }

    @Test
    void unitExposesLittle() throws Exception {
        Path unit = folder.resolve("gnomon.service");
        Files.writeString(unit, Checkout.resource("linux/gnomon.service"));

        String report = Tool.run(
                folder,
                List.of(
                        "systemd-analyze",
                        "security",
                        "--offline=true",
                        "--threshold=30",
                        "--no-pager",
                        unit.toString()));

        assertThat(report).contains("Overall exposure level for gnomon.service: ");
        System.out.println("FIGURE " + report.strip().lines().toList().getLast());
    }

    /** Runs the service's command line as the unit has it, but for what only systemd can do, and something while it runs. */
    private void serveAsItsUser(Step step) throws Exception {
        Tool.run(folder, List.of("install", "-d", "-m", "0750", "-o", "gnomon", "-g", "gnomon", RUN.toString()));
        Path log = folder.resolve("service.log");
        String command = "exec runuser -u gnomon -- /usr/bin/gnomon service run --state " + STATE + " --nbd unix:" + RUN
                + "/nbd.sock >" + log + " 2>&1";
        Process service = new ProcessBuilder("sh", "-c", command).start();
        try {
            Path ready = RUN.resolve("nbd.sock");
            long deadline = System.nanoTime() + 60_000_000_000L;
            while (!Files.exists(ready)) {
                assertThat(service.isAlive() && System.nanoTime() < deadline)
                        .as(() -> "the service serves: " + read(log))
                        .isTrue();
                service.waitFor(100, TimeUnit.MILLISECONDS);
            }
            step.run();
        } finally {
            gnomon("--state", STATE.toString(), "service", "stop");
            assertThat(service.waitFor(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    private String gnomon(String... arguments) throws PackagingException {
        return Tool.run(
                folder,
                Stream.concat(Stream.of("/usr/bin/gnomon"), Stream.of(arguments))
                        .toList());
    }

    private static String completing(String line) {
        return "source /usr/share/bash-completion/completions/gnomon; COMP_WORDS=(" + line
                + "); COMP_CWORD=2; COMP_LINE='" + line
                + "'; COMP_POINT=${#COMP_LINE}; _complete_gnomon; echo \"${COMPREPLY[@]}\"";
    }

    /** The link by which systemd starts the service with the machine. */
    private static Path enabled() {
        return Path.of("/etc/systemd/system/multi-user.target.wants/gnomon.service");
    }

    /** Makes the package once more under a lower version and with a file that the newer one lacks. */
    private Path olderPackage() throws IOException, PackagingException {
        Path tree = folder.resolve("older");
        Tool.run(folder, List.of("dpkg-deb", "--raw-extract", Products.deb().toString(), tree.toString()));
        Path control = tree.resolve("DEBIAN/control");
        Files.writeString(control, Files.readString(control).replaceFirst("Version: .*", "Version: 0.0.1"));
        Files.writeString(tree.resolve(OLD_FILE.substring(1)), "old");
        Files.setLastModifiedTime(tree.resolve(OLD_FILE.substring(1)), FileTime.fromMillis(0));
        Tool.run(folder, List.of("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree.toString(), "older.deb"));
        return folder.resolve("older.deb");
    }

    /** Everything on this machine whose name has ours in it, and the accounts. */
    private static Map<String, String> traces() throws IOException, PackagingException {
        Map<String, String> traces = new TreeMap<>();
        // Others come and go meanwhile, which find calls an error.
        String find = "find /etc /usr /lib/systemd /var/lib /run -maxdepth 5 -name '*gnomon*' 2>/dev/null | sort";
        traces.put("files", Tool.run(Path.of("/"), List.of("bash", "-c", find)));
        for (String file : ACCOUNTS) {
            traces.put(file, Files.readString(Path.of(file)));
        }
        return traces;
    }

    private static String read(Path log) {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Something that is done while the service runs. */
    @FunctionalInterface
    private interface Step {
        void run() throws Exception;
    }
}
