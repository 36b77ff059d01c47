/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control.server;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.FileSystem;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/**
 * Tells peers that may control the service: its own user and root. The kernel vouches for them (SO_PEERCRED).
 *
 * @param owner the user that the service runs as
 * @param root the superuser
 */
record PeerCheck(UserPrincipal owner, UserPrincipal root) {

    /** Returns the check for the user that owns a file. */
    static PeerCheck ownerOf(Path path) throws IOException {
        FileSystem files = path.getFileSystem();
        // Looked up by number where no user is called root.
        UserPrincipal root = files.getUserPrincipalLookupService().lookupPrincipalByName("root");
        return new PeerCheck(Files.getOwner(path), root);
    }

    /** Returns why the peer may not, or the empty text. */
    String refusal(SocketChannel socket) throws IOException {
        UnixDomainPrincipal peer = socket.getOption(ExtendedSocketOptions.SO_PEERCRED);
        return refusal(peer.user());
    }

    String refusal(UserPrincipal peer) {
        if (peer.equals(owner) || peer.equals(root)) {
            return "";
        }
        return "user " + peer.getName() + " may not control this service; allowed are " + owner.getName() + " and "
                + root.getName();
    }
}
