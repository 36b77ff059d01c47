/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd.client;

import dev.gnomon.protocol.nbd.tls.TlsCredentials;

/** Whether a client uses TLS. There is no "if the server has it": whoever is on the way could say that it has not. */
public sealed interface NbdSecurity {
    /** In the clear. */
    NbdSecurity NONE = new Plain();

    /** In the clear; {@link #NONE} is the only one that is needed. */
    record Plain() implements NbdSecurity {}

    /**
     * TLS, or no connection (CVE-2019-14842).
     *
     * @param serverName name or IP address that the server's certificate must be made for
     */
    record Tls(TlsCredentials credentials, String serverName) implements NbdSecurity {}
}
