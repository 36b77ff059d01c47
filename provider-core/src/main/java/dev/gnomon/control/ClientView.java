/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.control;

import tools.jackson.databind.node.ObjectNode;

/**
 * A client that has an export open.
 *
 * @param protocol that it speaks, such as {@code nbd}
 * @param export {@code VOLUME}, {@code VOLUME@COPY} or {@code VOLUME@COPY+rw}
 * @param peer its address, for people
 * @param local whether it runs on the machine of the service
 */
public record ClientView(String protocol, String export, String peer, boolean local) {
    private static final String WRITABLE = "+rw";

    /**
     * Returns whether this machine uses what can be written to: a volume, or an overlay. A file system may be mounted on it,
     * which would fail if the service stopped; a reader of a copy only reads no further.
     */
    public boolean inUseHere() {
        return local && (export.indexOf('@') < 0 || export.endsWith(WRITABLE));
    }

    /** Returns it in a few words. */
    public String text() {
        return export + " by " + protocol + " " + peer;
    }

    /** Returns this client as JSON. */
    public ObjectNode toJson() {
        return Json.object()
                .put("protocol", protocol)
                .put("export", export)
                .put("peer", peer)
                .put("local", local)
                .put("inUseHere", inUseHere());
    }

    static ClientView from(Fields in) throws ControlException {
        return new ClientView(in.text("protocol"), in.text("export"), in.text("peer"), in.optionalFlag("local"));
    }
}
