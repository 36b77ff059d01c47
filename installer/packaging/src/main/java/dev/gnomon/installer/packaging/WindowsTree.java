/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.installer.packaging;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The program folder of Windows, as the zip file and the MSI hold it. The native libraries of JNA and jacob are files of it, so that nothing
 * is ever unpacked to a folder that others may write to; conf/java.options says so to every JVM.
 */
final class WindowsTree {
    private static final String SHIM = "bin/gnomon-vss.dll";
    private static final String NATIVE = "lib/native/";
    private static final String JNI_DISPATCH = "jnidispatch.dll";
    private static final String JNI_DISPATCH_IN_JAR = "com/sun/jna/win32-x86-64/" + JNI_DISPATCH;
    private static final String JACOB = "jacob-1.20-x64.dll";
    private static final String SERVICE = "gnomon-engine.exe";
    private static final String PROCRUN_IN_ZIP = "amd64/prunsrv.exe";
    private static final int MACHINE_AMD64 = 0x8664;
    private static final int PE_OFFSET_AT = 0x3c;
    private static final int PE_SIGNATURE_BYTES = 4;
    private static final List<String> RUNTIME_PARTS =
            List.of("bin/java.exe", "bin/javaw.exe", "bin/server/jvm.dll", "lib/modules");

    private final Checkout checkout;
    private final PackageVersion version;
    private final Tree tree;

    /** Prepares to stage into {@code tree}, which is empty. */
    WindowsTree(Checkout checkout, PackageVersion version, Tree tree) {
        this.checkout = checkout;
        this.version = version;
        this.tree = tree;
    }

    /**
     * Puts everything into the tree but what holds hashes, so that programs can still be signed.
     *
     * @param runtime a Windows Java runtime
     */
    void stage(Path runtime) throws IOException, PackagingException {
        List<Path> jars = checkout.windowsJars();
        stageRuntime(runtime);
        Jars.ship(jars, tree, "lib");
        stageNative();
        tree.write("bin/gnomon.cmd", crlf(Checkout.resource("windows/gnomon.cmd")));
        tree.write("conf/java.options", crlf(Checkout.resource("windows/java.options")));
        Licences licences = new Licences(checkout, tree, Licences.FOLDER);
        licences.addJars(jars);
        licences.addProcrun(checkout.program("-bin-windows.zip"));
        licences.addShim();
        tree.write(Licences.FOLDER + "/README.txt", crlf(Checkout.resource("licences/README.txt")));
    }

    /** Signs what is ours: the others keep the signatures of their authors. */
    void sign(Signer signer) throws IOException, PackagingException {
        signer.sign(tree.root().resolve(SHIM));
    }

    /** Writes bill of materials and manifest, gives everything its time, and looks once more for what must never be in it. */
    void finish(Path runtime) throws IOException, PackagingException {
        tree.write("gnomon-" + version.text() + ".cdx.json", sbom(checkout.windowsJars(), runtime));
        Manifest.write(tree);
        tree.finish();
        for (Path file : tree.files()) {
            if (file.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".sys")) {
                throw new PackagingException(tree.name(file) + ": a kernel driver; Gnomon ships none");
            }
        }
    }

    private void stageRuntime(Path runtime) throws IOException, PackagingException {
        for (String part : RUNTIME_PARTS) {
            if (!Files.isRegularFile(runtime.resolve(part))) {
                throw new PackagingException(runtime + ": no Windows runtime of Java: it has no " + part);
            }
        }
        String java = javaVersion(runtime);
        int machine = machine(runtime.resolve(RUNTIME_PARTS.getFirst()));
        if (!java.matches("25(\\..*)?") || machine != MACHINE_AMD64) {
            throw new PackagingException(
                    runtime + ": is Java " + java + " for machine 0x" + Integer.toHexString(machine)
                            + "; needed is Java 25 for 0x" + Integer.toHexString(MACHINE_AMD64) + ", x86-64");
        }
        tree.copyAll(runtime, "runtime");
    }

    private void stageNative() throws IOException, PackagingException {
        Path shim = checkout.shim(version);
        if (!Files.isRegularFile(shim)) {
            throw new PackagingException(shim + ": missing after the build");
        }
        tree.copy(shim, SHIM);
        tree.write(NATIVE + JNI_DISPATCH, pinned(JNI_DISPATCH, entry(checkout.jnaJar(), JNI_DISPATCH_IN_JAR)));
        tree.write(NATIVE + JACOB, pinned(JACOB, Files.readAllBytes(checkout.program("-x64.dll"))));
        tree.write("service/" + SERVICE, pinned(SERVICE, entry(checkout.program("-bin-windows.zip"), PROCRUN_IN_ZIP)));
    }

    private String sbom(List<Path> jars, Path runtime) throws IOException {
        Sbom sbom = new Sbom(checkout.work().resolve("bom.json"), version, jars, tree.time());
        String java = javaVersion(runtime);
        sbom.add(
                "platform",
                "Java runtime",
                java,
                "GPL-2.0-only WITH Classpath-exception-2.0",
                "pkg:generic/openjdk@" + java);
        sbom.add(
                "application",
                "Apache Commons Daemon Procrun",
                "1.5.1",
                "Apache-2.0",
                "pkg:maven/commons-daemon/commons-daemon@1.5.1?classifier=bin-windows&type=zip");
        sbom.addFile(tree, SHIM);
        sbom.addFile(tree, NATIVE + JNI_DISPATCH);
        sbom.addFile(tree, NATIVE + JACOB);
        sbom.addFile(tree, "service/" + SERVICE);
        return sbom.text();
    }

    private static byte[] pinned(String name, byte[] bytes) throws IOException, PackagingException {
        String expected = Checkout.properties("pins.properties").getProperty(name, "nothing");
        String actual = Manifest.sha256(bytes);
        if (!actual.equals(expected)) {
            throw new PackagingException(name + ": SHA-256 is " + actual + "; pins.properties expects " + expected);
        }
        return bytes;
    }

    private static byte[] entry(Path zip, String name) throws IOException, PackagingException {
        try (ZipFile file = new ZipFile(zip.toString())) {
            ZipEntry entry = file.getEntry(name);
            if (entry == null) {
                throw new PackagingException(zip + ": holds no " + name);
            }
            try (InputStream in = file.getInputStream(entry)) {
                return in.readAllBytes();
            }
        }
    }

    /** Returns which processor a program is for: the field Machine of its COFF header (Microsoft reference, "PE Format"). */
    private static int machine(Path program) throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(program)).order(ByteOrder.LITTLE_ENDIAN);
        return Short.toUnsignedInt(file.getShort(file.getInt(PE_OFFSET_AT) + PE_SIGNATURE_BYTES));
    }

    private static String javaVersion(Path runtime) throws IOException {
        Properties release = new Properties();
        Path file = runtime.resolve("release");
        if (Files.exists(file)) {
            try (InputStream in = Files.newInputStream(file)) {
                release.load(in);
            }
        }
        return release.getProperty("JAVA_VERSION", "unknown").replace("\"", "");
    }

    private static String crlf(String text) {
        return text.replace("\n", "\r\n");
    }
}
