/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

/**
 * The answer to one call.
 *
 * @param hresult of the method
 * @param result values of the out-parameters; {@link ProviderResult.None} if the method has none, or failed
 * @param reason one line for the event log; empty unless it failed
 */
public record ProviderAnswer(int hresult, ProviderResult result, String reason) {
    /** Returns success with values. */
    public static ProviderAnswer ok(ProviderResult result) {
        return new ProviderAnswer(Hresult.S_OK, result, "");
    }

    /** Returns success of a method without out-parameters. */
    public static ProviderAnswer ok() {
        return ok(ProviderResult.NONE);
    }

    /** Returns a failure. */
    public static ProviderAnswer failed(int hresult, String reason) {
        return new ProviderAnswer(hresult, ProviderResult.NONE, reason);
    }
}
