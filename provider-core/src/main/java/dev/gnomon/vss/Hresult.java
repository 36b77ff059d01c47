/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.vss;

import java.util.HexFormat;

/** The HRESULTs that a provider may return, and those that VSS names (provider contract 1.3). */
public final class Hresult {
    /** Success. */
    public static final int S_OK = 0;

    /** OnUnload: do not unload now. Nowhere else. */
    public static final int S_FALSE = 1;

    /** Memory or another resource ran out. */
    public static final int E_OUTOFMEMORY = 0x8007000E;

    /** Bad parameter. */
    public static final int E_INVALIDARG = 0x80070057;

    /** The caller has no right to that. */
    public static final int E_ACCESSDENIED = 0x80070005;

    /** SetContext while the context is frozen. */
    public static final int VSS_E_BAD_STATE = 0x80042301;

    /** Any failure at run time without a better code. */
    public static final int VSS_E_PROVIDER_VETO = 0x80042306;

    /** No such set, snapshot or volume. */
    public static final int VSS_E_OBJECT_NOT_FOUND = 0x80042308;

    /** QueryRevertStatus of a volume that is not ours. */
    public static final int VSS_E_VOLUME_NOT_SUPPORTED = 0x8004230C;

    /** BeginPrepareSnapshot of a volume that is not ours. */
    public static final int VSS_E_VOLUME_NOT_SUPPORTED_BY_PROVIDER = 0x8004230E;

    /** The volume has as many shadow copies as it may have. */
    public static final int VSS_E_MAXIMUM_NUMBER_OF_SNAPSHOTS_REACHED = 0x80042317;

    /** BeginPrepareSnapshot with a context that we do not support. */
    public static final int VSS_E_UNSUPPORTED_CONTEXT = 0x8004231B;

    /** EndPrepareSnapshots without room in the diff area. */
    public static final int VSS_E_INSUFFICIENT_STORAGE = 0x8004231F;

    /** RevertToSnapshot while the volume is being reverted. */
    public static final int VSS_E_REVERT_IN_PROGRESS = 0x80042325;

    /** IVssAsync: it goes on. */
    public static final int VSS_S_ASYNC_PENDING = 0x00042309;

    /** IVssAsync: it has ended. */
    public static final int VSS_S_ASYNC_FINISHED = 0x0004230A;

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private Hresult() {}

    /** Returns it as it is written in messages, {@code 0x80042306}. */
    public static String text(int hresult) {
        return "0x" + HEX.toHexDigits(hresult);
    }
}
