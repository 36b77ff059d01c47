/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The module of the native COM shim: the DLL that Windows loads as a VSS provider.
 *
 * <p>The shim is C++ and translates, nothing more: COM call in, message to the service out, HRESULT back. Every decision
 * about shadow copies is made by the service. This Java package holds what Java must know of the shim: its identities.
 */
@NullMarked
package dev.gnomon.comshim;

import org.jspecify.annotations.NullMarked;
