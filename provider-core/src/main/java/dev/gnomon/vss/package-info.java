/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * The VSS provider without Windows: the set state machine, contexts, properties and HRESULTs of the provider contract, over the engine. Pure
 * Java; the shim asks through {@link dev.gnomon.vss.Provider}, by way of a channel that this package does not know.
 */
@NullMarked
package dev.gnomon.vss;

import org.jspecify.annotations.NullMarked;
