/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.client.ControlClient;
import dev.gnomon.ipc.LinkServer;
import dev.gnomon.platform.windows.BootKey;
import dev.gnomon.platform.windows.InstalledFolders;
import dev.gnomon.platform.windows.PipeServer;
import dev.gnomon.platform.windows.Pipes;
import dev.gnomon.platform.windows.PrivateDirectory;
import dev.gnomon.vss.DiskVolumes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.AclEntry;
import java.nio.file.attribute.AclEntryFlag;
import java.nio.file.attribute.AclEntryPermission;
import java.nio.file.attribute.AclEntryType;
import java.nio.file.attribute.AclFileAttributeView;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Windows: access lists, named pipes. */
final class WindowsPlatform implements Platform {
    /** Where JNA puts its library; the usual place is shared with other programs, who could put another there. */
    private static final String NATIVE_DIRECTORY = "native";

    private static final String NATIVE_DIRECTORY_PROPERTY = "jna.tmpdir";

    /** Windows has no sockets in directories that a client of ours could use, so NBD has the port that is registered for it. */
    private static final String NBD = "127.0.0.1:10809";

    private static final String NATIVE_LIBRARY_PROPERTY = "jna.boot.library.path";

    /** Where setup puts the state of the engine, in the folder that it notes. */
    private static final String STATE_OF_SERVICE = "service";

    private static final int NAME_HASH_BYTES = 8;

    @Override
    public void prepare(Path stateDirectory) throws IOException {
        if (Directories.isEmpty(stateDirectory)) {
            closeToAllButOwner(stateDirectory);
        }
        if (System.getProperty(NATIVE_DIRECTORY_PROPERTY) == null) {
            Path directory = stateDirectory.resolve(NATIVE_DIRECTORY);
            Files.createDirectories(directory);
            System.setProperty(NATIVE_DIRECTORY_PROPERTY, directory.toString());
        }
    }

    /** By the class library alone: nothing native may be loaded from a directory that others can write to. */
    private static void closeToAllButOwner(Path directory) throws IOException {
        AclFileAttributeView view = Files.getFileAttributeView(directory, AclFileAttributeView.class);
        view.setAcl(List.of(AclEntry.newBuilder()
                .setType(AclEntryType.ALLOW)
                .setPrincipal(view.getOwner())
                .setPermissions(AclEntryPermission.values())
                .setFlags(AclEntryFlag.FILE_INHERIT, AclEntryFlag.DIRECTORY_INHERIT)
                .build()));
    }

    @Override
    public void requirePrivate(Path directory) throws IOException, ControlException {
        if (isNew(directory)) {
            PrivateDirectory.close(directory);
        }
        List<String> others = PrivateDirectory.others(directory);
        if (!others.isEmpty()) {
            throw new ControlException(
                    ErrorKind.REFUSED,
                    directory + ": its access list lets in " + String.join(", ", others)
                            + "; allowed are SYSTEM, administrators and the user that runs the service");
        }
    }

    /** The native library may be there already. */
    private static boolean isNew(Path directory) throws IOException {
        try (var entries = Files.list(directory)) {
            return entries.allMatch(each -> each.endsWith(NATIVE_DIRECTORY));
        }
    }

    @Override
    public Privacy privacy(Path directory) throws IOException {
        List<String> others = PrivateDirectory.others(directory);
        return new Privacy(
                directory + ", owner " + Files.getOwner(directory),
                others.isEmpty() ? "" : "take " + String.join(", ", others) + " out of its access list: icacls");
    }

    @Override
    public LinkServer listenForControl(Path stateDirectory) throws IOException {
        return PipeServer.open(controlPipe(stateDirectory), PipeServer.Admitted.ADMINISTRATORS);
    }

    @Override
    public ControlClient connect(Path stateDirectory) throws ControlException {
        String pipe = controlPipe(stateDirectory);
        return ControlClient.connect(stateDirectory, "\\\\.\\pipe\\" + pipe, () -> Pipes.connect(pipe));
    }

    /** Returns the name of the pipe of a state directory: like the directory, it is the same whatever case it is written in. */
    private static String controlPipe(Path stateDirectory) {
        try {
            byte[] path = stateDirectory
                    .toAbsolutePath()
                    .normalize()
                    .toString()
                    .toLowerCase(Locale.ROOT)
                    .getBytes(StandardCharsets.UTF_8);
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(path);
            return "Gnomon.Control." + HexFormat.of().formatHex(hash, 0, NAME_HASH_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    @Override
    public String usualNbd(Path stateDirectory) {
        return NBD;
    }

    @Override
    public LinkServer listenForShim(String pipeName) throws IOException {
        return PipeServer.open(pipeName, PipeServer.Admitted.SYSTEM);
    }

    @Override
    public String systemRoot() {
        String drive = System.getenv("SystemDrive");
        return (drive == null ? "C:" : drive) + "\\";
    }

    /** Asks only where the native library is an installed file: nothing is unpacked before it is known to where. */
    @Override
    public String installedState() {
        if (System.getProperty(NATIVE_LIBRARY_PROPERTY) == null) {
            return "";
        }
        String folder = InstalledFolders.state();
        return folder.isEmpty() ? "" : Path.of(folder, STATE_OF_SERVICE).toString();
    }

    @Override
    public Optional<DiskVolumes> diskVolumes() {
        return Optional.of(new WindowsVolumes());
    }

    @Override
    public String bootId() {
        return BootKey.id();
    }
}
