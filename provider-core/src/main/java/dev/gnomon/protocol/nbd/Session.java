/*
 * Copyright 2026 The Gnomon Authors
 * SPDX-License-Identifier: Apache-2.0
 */
package dev.gnomon.protocol.nbd;

import dev.gnomon.export.Export;

/**
 * What negotiation agreed on.
 *
 * @param export opened for this client, owned by its connection
 * @param structured whether reads are answered in chunks
 * @param contextChosen whether {@code base:allocation} may be asked for
 */
record Session(Export export, boolean structured, boolean contextChosen) {}
