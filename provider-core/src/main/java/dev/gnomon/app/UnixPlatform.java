/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.app;

import dev.gnomon.control.ControlException;
import dev.gnomon.control.ErrorKind;
import dev.gnomon.control.Protocol;
import dev.gnomon.control.client.ControlClient;
import dev.gnomon.control.server.ControlSocket;
import dev.gnomon.ipc.LinkServer;
import dev.gnomon.vss.DiskVolumes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Linux and other Unixes: permissions of files, sockets in directories. */
final class UnixPlatform implements Platform {
    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rwx------");
    private static final String NBD_SOCKET = "nbd.sock";

    @Override
    public void prepare(Path stateDirectory) {}

    @Override
    public void requirePrivate(Path directory) throws IOException, ControlException {
        Path self = Path.of("/proc/self");
        UserPrincipal owner = Files.getOwner(directory);
        if (Files.exists(self) && !owner.equals(Files.getOwner(self))) {
            throw new ControlException(
                    ErrorKind.REFUSED,
                    directory + ": owned by " + owner + "; allowed is " + Files.getOwner(self)
                            + ", the user that runs the service");
        }
        Set<PosixFilePermission> actual = Files.getPosixFilePermissions(directory);
        Set<PosixFilePermission> extra = EnumSet.noneOf(PosixFilePermission.class);
        extra.addAll(actual);
        extra.removeAll(OWNER_ONLY);
        if (extra.isEmpty()) {
            return;
        }
        if (!Directories.isEmpty(directory)) {
            throw new ControlException(
                    ErrorKind.REFUSED,
                    directory + ": permissions are " + PosixFilePermissions.toString(actual) + "; allowed are "
                            + PosixFilePermissions.toString(OWNER_ONLY) + ": chmod 700 it");
        }
        Files.setPosixFilePermissions(directory, OWNER_ONLY);
    }

    @Override
    public Privacy privacy(Path directory) throws IOException {
        String permissions = PosixFilePermissions.toString(Files.getPosixFilePermissions(directory));
        String found = directory + ", owner " + Files.getOwner(directory) + ", " + permissions;
        Path self = Path.of("/proc/self");
        if (Files.exists(self) && !Files.getOwner(directory).equals(Files.getOwner(self))) {
            return new Privacy(found, "be the owner, " + Files.getOwner(directory) + ", to run this and the service");
        }
        return new Privacy(
                found, permissions.equals("rwx------") ? "" : "chmod 700 " + directory + ": nobody else may enter it");
    }

    @Override
    public LinkServer listenForControl(Path stateDirectory) throws IOException {
        return ControlSocket.open(Protocol.socketPath(stateDirectory));
    }

    @Override
    public ControlClient connect(Path stateDirectory) throws ControlException {
        return ControlClient.connect(stateDirectory);
    }

    @Override
    public String usualNbd(Path stateDirectory) {
        return "unix:" + stateDirectory.resolve(NBD_SOCKET);
    }

    @Override
    public LinkServer listenForShim(String pipeName) throws ControlException {
        throw ControlException.invalid("channel: pipe; allowed is tcp: only Windows has named pipes");
    }

    @Override
    public String systemRoot() {
        return "";
    }

    @Override
    public Optional<DiskVolumes> diskVolumes() {
        return Optional.empty();
    }

    @Override
    public String bootId() {
        return "";
    }
}
