/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss.channel;

/** A call that is in the language of the channel and yet not legal: answered with an HRESULT, the connection goes on. */
final class RefusedCallException extends Exception {
    private static final long serialVersionUID = 1L;

    private final int hresult;

    RefusedCallException(int hresult, String message) {
        super(message);
        this.hresult = hresult;
    }

    int hresult() {
        return hresult;
    }
}
